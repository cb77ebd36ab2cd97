import { concernsClaim } from './concerns-claim.js';

const guide = [
  'Tell me about the day you first looked at the product.',
  'What did you do next, and who was there?',
  'What was the hardest part of the sign-up?',
  'Did you mind that we ask for a phone number?',
  'What do you use it for today?',
];

describe('concernsClaim', () => {
  it.each([
    ['a question that has its words', 'People leave because of the phone number', undefined, true],
    ['a question about something else', 'Invoices reach the wrong department', undefined, false],
    ['common words alone', 'Their support is slow to answer the mail', undefined, false],
    [
      'the question it answers, in other words than the claim',
      'Strangers would call them at dinner',
      'What was the hardest part of the sign-up form?',
      true,
    ],
    ['its own words in another case', 'PHONE NUMBER', undefined, true],
    ['a claim without words', '...', undefined, false],
  ])('sees %s', (_name, claim, question, expected) => {
    expect(concernsClaim(guide, claim, question)).toBe(expected);
  });

  it('needs no list of words in other languages', () => {
    const fragen = [
      'Wie war der Tag, an dem Sie das Produkt gefunden haben?',
      'Was hat Sie an der Telefonnummer gestört?',
      'Wer war noch dabei, als Sie das entschieden haben?',
    ];
    expect(concernsClaim(fragen, 'Die Telefonnummer schreckt Käufer ab')).toBe(true);
    expect(concernsClaim(fragen, 'Rechnungen kommen zu spät')).toBe(false);
  });

  it('errs towards "asked" where few questions leave common words some weight', () => {
    const fragen = ['Was störte Sie an der Nummer?', 'Wer war noch dabei?', 'Wie ging es weiter?'];
    expect(concernsClaim(fragen, 'Rechnungen kommen bei der falschen Stelle an')).toBe(true);
  });

  it('takes one question with a fifth of the words, and adds up none of different questions', () => {
    const claim = 'pricing page confuses new visitors';
    expect(concernsClaim(['the pricing?', 'how?'], claim)).toBe(true);
    const longer = 'the pricing page confuses new visitors who come from abroad';
    expect(concernsClaim(['my pricing?', 'your page?', 'more visitors?'], longer)).toBe(false);
    expect(concernsClaim(['my pricing page?', 'more visitors?'], longer)).toBe(true);
  });

  it.each([[[]], [['', '...']]])('is never so where nobody asked anything: %j', (turns) => {
    expect(concernsClaim(turns, 'people leave', 'why do people leave?')).toBe(false);
  });
});
