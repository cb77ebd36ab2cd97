/**
 * Text of subtitle cues: markup is removed, entities become characters. What looks like a tag and
 * is none of the known ones stays: transcribers write `<inaudible>`, people say "I <3 it".
 */

/**
 * WebVTT's tags and times, and the tags that SRT files borrow from HTML. Only those that carry a
 * name or an attribute may hold a space, so that "a <b and c> d" loses nothing.
 */
const MARKUP = new RegExp(
  [
    String.raw`<\/(?:[vcibus]|ruby|rt|lang|font|span)>`,
    String.raw`<(?:[cibus]|ruby|rt)(?:\.[^\s<>]*)?\s*>`,
    String.raw`<(?:v|lang|font|span)(?:\.[^\s<>]*)?(?:\s[^<>]*)?>`,
    String.raw`<(?:\d{1,4}:)?\d{1,2}:\d{2}\.\d{3}>`,
  ].join('|'),
  'giu',
);
/** Placement as SubStation writes it: {\an8}. */
const OVERRIDE = /\{\\[^{}\n]{0,100}\}/gu;
const ENTITY = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z]{2,8}));/gu;

/** HTML's names for U+00A0 to U+00FF, in order. */
const LATIN_1 = (
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn ' +
  'sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave ' +
  'Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ' +
  'ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN ' +
  'szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave ' +
  'iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ' +
  'ucirc uuml yacute thorn yuml'
).split(' ');

/** The names that occur in what people say; others stay as they are written. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['lrm', '\u200e'],
  ['rlm', '\u200f'],
  ['ndash', '\u2013'],
  ['mdash', '\u2014'],
  ['lsquo', '\u2018'],
  ['rsquo', '\u2019'],
  ['ldquo', '\u201c'],
  ['rdquo', '\u201d'],
  ['hellip', '\u2026'],
  ['euro', '\u20ac'],
  ...LATIN_1.map((name, index): [string, string] => [name, String.fromCodePoint(0xa0 + index)]),
]);

/** A stretch of a cue inside one voice span; `voice` is null outside of any. */
export interface VoicedText {
  voice: string | null;
  text: string;
}

/** The cue's text by voice span, line ends kept. Linear in its length. */
export function readCueText(raw: string): VoicedText[] {
  const text = raw.replace(OVERRIDE, '');
  const parts: VoicedText[] = [];
  const voices: string[] = [];
  const say = (words: string) => {
    const voice = voices.at(-1) ?? null;
    const last = parts.at(-1);
    if (last !== undefined && last.voice === voice) last.text += decodeEntities(words);
    else if (words !== '') parts.push({ voice, text: decodeEntities(words) });
  };
  let from = 0;
  for (const { 0: tag, index } of text.matchAll(MARKUP)) {
    say(text.slice(from, index));
    followVoice(tag, voices);
    from = index + tag.length;
  }
  say(text.slice(from));
  return parts;
}

function followVoice(tag: string, voices: string[]): void {
  if (/^<\/v/i.test(tag)) {
    voices.pop();
  } else if (/^<v[\s.>]/i.test(tag)) {
    // Classes come first (<v.loud Anna>); what follows the first white space is the name.
    const space = tag.search(/\s/u);
    voices.push(space === -1 ? '' : decodeEntities(tag.slice(space, -1)));
  }
}

function decodeEntities(text: string): string {
  return text.replace(
    ENTITY,
    (whole, decimal?: string, hexadecimal?: string, name?: string) =>
      (name === undefined
        ? characterOf(decimal === undefined ? parseInt(hexadecimal ?? '', 16) : Number(decimal))
        : NAMED.get(name)) ?? whole,
  );
}

function characterOf(codePoint: number): string | undefined {
  const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  if (codePoint === 0 || codePoint > 0x10ffff || isSurrogate) return undefined;
  return String.fromCodePoint(codePoint);
}
