import { contextOf } from './quote-context.js';
import { type AnchoredQuote, reanchorQuote } from './reanchor-quote.js';

const said = (index: number, text: string, participantId: string | null = 'p') => ({
  index,
  participantId,
  text,
});

/** The quote of `exact` as it stood in `text`. */
function quoteIn(text: string, exact: string, turn = 1): AnchoredQuote {
  const start = Array.from(text.slice(0, text.indexOf(exact))).length;
  const end = start + Array.from(exact).length;
  return { exact, participantId: 'p', turn, start, context: contextOf(text, start, end) };
}

describe('a quote in a new version of its transcript', () => {
  const old = 'I left 😬 because nobody told me the price';
  const quote = quoteIn(old, 'nobody told me the price');

  it.each([
    ['stays where nothing changed', [said(0, 'Why?', null), said(1, old)], { turn: 1, start: 17 }],
    [
      'moves with words put in before it',
      [said(0, 'Why?', null), said(1, `Well, ${old}`)],
      { turn: 1, start: 23 },
    ],
    ['moves to another turn', [said(4, old)], { turn: 4, start: 17 }],
    [
      'counts code points before it, not UTF-16 units',
      [said(1, `😬😬 ${old}`)],
      { turn: 1, start: 20 },
    ],
  ])('%s', (_, turns, place) => {
    expect(reanchorQuote(quote, turns)).toEqual({ ...place, end: place.start + 24 });
  });

  it.each([
    ['a word changed', [said(1, 'I left because nobody told us the price')]],
    ['the words became the interviewer’s', [said(1, old, null)]],
    ['somebody else says them', [said(1, old, 'q')]],
    ['the turn is gone', [said(0, 'Why?', null)]],
    ['nothing is left', []],
    ['a full stop went in between', [said(1, 'nobody told me. the price')]],
  ])('is lost when %s', (_, turns) => {
    expect(reanchorQuote(quote, turns)).toBeNull();
  });

  it('finds the same letters in another composition', () => {
    const composed = quoteIn('Le café était fermé ce jour là', 'café était fermé');
    const turns = [said(1, 'Le café était fermé ce jour là'.normalize('NFD'))];
    expect(reanchorQuote(composed, turns)).toEqual({ turn: 1, start: 3, end: 22 });
  });

  it('takes, of two places, the one with the same words around it', () => {
    const twice = said(
      1,
      'First nobody told me the price. I left because nobody told me the price.',
    );
    expect(
      reanchorQuote(quoteIn('I left because nobody told me the price.', quote.exact), [twice]),
    ).toEqual({ turn: 1, start: 47, end: 71 });
  });

  it('stays in its very place when the words around it do not tell', () => {
    const here = { ...quote, turn: 2, start: 0, context: null };
    const turns = [said(1, quote.exact), said(2, quote.exact)];
    expect(reanchorQuote(here, turns)).toEqual({ turn: 2, start: 0, end: 24 });
    expect(reanchorQuote({ ...here, turn: 3 }, turns)).toBeNull();
  });
});
