import fc from 'fast-check';
import { wholeBrief } from '../../../test/support/whole-brief.js';
import { BRIEF_CONTENT_POLICY, briefHtml } from './html.js';
import { htmlText } from './html-text.js';
import { briefMarkdown } from './markdown.js';

/** What people could say, or be made to say, to have it run. */
const PAYLOADS = [
  '<script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '</svg><script>alert(1)</script>',
  '</style><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '</td></tr></table><script>alert(1)</script>',
  '</blockquote><iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<link rel="stylesheet" href="https://evil.example/x.css">',
  '<form action="https://evil.example/"><input name="x"></form>',
  '<button formaction="https://evil.example/">x</button>',
  '<object data="https://evil.example/x"></object>',
  '<embed src="https://evil.example/x">',
  '<video src=x onerror=alert(1)></video>',
  '<details open ontoggle=alert(1)>',
  '<body onload=alert(1)>',
  '<input autofocus onfocus=alert(1)>',
  '<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<!--><script>alert(1)</script>-->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<?xml version="1.0"?><script>alert(1)</script>',
  '" onmouseover="alert(1)" x="',
  "' onmouseover='alert(1)' x='",
  '"><script>alert(1)</script>',
  "'><script>alert(1)</script>",
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<ScRiPt>alert(1)</sCrIpT>',
  '<script\u0000>alert(1)</script>',
  '<\u0000script>alert(1)</script>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;alert(1)&#60;/script&#62;',
  '<img src=`x` onerror=alert(1)>',
  '${alert(1)} {{constructor.constructor("alert(1)")()}}',
];

/** Every tag as it stands, attributes and all: text adds none and changes none. */
const tagsOf = (html: string): string[] => html.match(/<[^>]*>/g) ?? [];
/** Labels of pictures and tables are texts too; their quotes are what must hold. */
const bare = (tag: string): string => tag.replaceAll(/aria-label="[^"]*"/g, 'aria-label=""');
const shape = (html: string): string[] =>
  tagsOf(html.replace(/<style>[^]*<\/style>/, '')).map(bare);

describe('the brief as a page', () => {
  const page = briefHtml(wholeBrief());

  it.each(PAYLOADS)('B76: no text becomes an element: %s', (payload) => {
    const html = briefHtml(wholeBrief((words) => `${words} ${payload}`));
    expect(shape(html)).toEqual(shape(page));
    expect(html).toContain(htmlText(payload));
  });

  it('no text becomes an element, whatever it is', () => {
    const marks = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '/',
      '=',
      '`',
      '-',
      'a',
      ' ',
      '\0',
      '\n',
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: marks }), fc.string({ unit: 'binary' })), (text) => {
        expect(shape(briefHtml(wholeBrief((words) => words + text)))).toEqual(shape(page));
      }),
      { numRuns: 50 },
    );
  });

  it('loads nothing and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|\ssrc=|\shref=|url\(|@import/i);
    expect(BRIEF_CONTENT_POLICY).not.toContain('script-src');
    expect(BRIEF_CONTENT_POLICY).toMatch(/^default-src 'none';/);
  });

  it('has one head line, a language, a title, and heads in tables', () => {
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<title>A mail with what is new (e-mails)</title>');
    const tables = page.match(/<table>[^]*?<\/table>/g) ?? [];
    expect(tables).toHaveLength(4);
    for (const table of tables) {
      expect(table).toMatch(/<caption>.+<\/caption>.*<th scope="col".*<th scope="row">/s);
    }
  });

  it('says in a table what each picture shows', () => {
    expect(page.match(/<svg[^>]* role="img" aria-label="[^"]+"/g)).toHaveLength(2);
    const table = /<table><caption>What partial profit is made of[^]*?<\/table>/.exec(page)?.[0];
    for (const amount of ['1.42 USD', '-0.50 USD', '0.92 USD', '19,661.12 USD']) {
      expect(table).toContain(amount);
    }
  });

  it('never shows a number without a voice beside it, nor without whoever contradicts', () => {
    for (const title of ['What moved', 'What it earned (partial profit)']) {
      const section = page.split('<section').find((one) => one.includes(`>${title}</h2>`));
      expect(section).toContain('then it was autumn');
      expect(section).toContain('<strong>contradicts</strong>');
    }
  });

  it('is health only for an A/A test', () => {
    const { winner: _, money: __, ...brief } = wholeBrief();
    const html = briefHtml({ ...brief, kind: 'aa', whatMoved: [], whatItEarned: [] });
    expect(html).toContain('Whether the machinery can be trusted');
    expect(html).not.toMatch(/What it earned|What we learned|Who said so/);
  });
});

describe('every form of the brief', () => {
  it.each([
    ['Markdown', briefMarkdown(wholeBrief()).replaceAll('\\', '')],
    ['a page', briefHtml(wholeBrief())],
  ])('%s says all of it', (_name, form) => {
    for (const words of [
      'asked for by Ben',
      'the season ends before the money is in',
      'they wanted to see what is new',
      'had not opened a mail for a year',
      'count the questions by hand',
      '3 days',
      'Waiting until 3 May 2026',
      'a year of it',
      'a proxy trap now',
      'claimed at the decision, and realised since',
      '-0.10 USD (-0.50 USD to 0.30 USD)',
      'nobody knows whether the reason held',
      'Left as it was by this test',
      'To be asked by 1 April 2026',
      'because the list grew',
      'Entries of email are in no sum',
    ]) {
      expect(form).toContain(words);
    }
  });
});
