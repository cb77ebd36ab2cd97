import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describeWith, sharedFile } from '../../../../test/support/shared-data.js';
import { transcriptFixture } from '../../../../test/support/transcript-files.js';
import { readWebVtt } from './read-webvtt.js';
import { foldSpace } from './transcript-text.js';

type Node =
  | { type: 'text'; value: string }
  | { type: 'object'; name: string; value?: string; children: Node[] }
  | { type: 'timestamp' };

/** The W3C's own parser: an independent witness for cues, times and voices. */
const require = createRequire(import.meta.url);
const { WebVTTParser } = require('webvtt-parser') as {
  WebVTTParser: new (entities: Record<string, string>) => {
    parse(text: string): {
      cues: { startTime: number; tree: { children: Node[] } }[];
    };
  };
};
const ENTITIES = require('webvtt-parser/html-entities.json') as Record<string, string>;

function witnessed(text: string) {
  return new WebVTTParser(ENTITIES).parse(text).cues.map(({ startTime, tree }) => ({
    startMs: Math.round(startTime * 1000),
    voice: voiceOf(tree.children),
    text: foldSpace(wordsIn(tree.children)),
  }));
}

function wordsIn(nodes: readonly Node[]): string {
  return nodes
    .map((node) =>
      node.type === 'text' ? node.value : node.type === 'object' ? wordsIn(node.children) : '',
    )
    .join('');
}

function voiceOf(nodes: readonly Node[]): string | null {
  const voice = nodes.find((node) => node.type === 'object' && node.name === 'v');
  return voice?.type === 'object' ? (voice.value ?? null) : null;
}

function cue(text: string, times = '00:00:01.000 --> 00:00:02.000'): string {
  return `WEBVTT\n\n${times}\n${text}\n`;
}

const said = (text: string) => readWebVtt(text).turns;

function agreesWithWitness(file: string): void {
  const ours = readWebVtt(file).turns;
  const theirs = witnessed(file);
  expect(ours.map(({ text }) => text).join(' ')).toBe(theirs.map(({ text }) => text).join(' '));
  for (const turn of ours) {
    const begins = theirs.find(({ startMs }) => startMs === turn.startMs);
    expect(begins?.voice).toBe(turn.speaker);
    expect(turn.text.startsWith(begins?.text ?? 'no cue begins here')).toBe(true);
  }
}

describe('WebVTT with voice spans', () => {
  it.each(['own-teams.vtt', 'teams-aside.vtt'])('reads %s as the W3C parser does', (name) => {
    agreesWithWitness(transcriptFixture(name));
  });

  const podcast = sharedFile('evidence', 'transcripts', 'podcast-namespace-example.vtt');
  describeWith(podcast, 'the example of the podcast namespace', (path) => {
    it('is read as the W3C parser does', () => {
      agreesWithWitness(readFileSync(path, 'utf8'));
    });
  });

  it('joins the cues of one voice and begins anew after more than a minute', () => {
    const { turns, notes } = readWebVtt(transcriptFixture('teams-aside.vtt'));
    expect(turns).toEqual([
      {
        speaker: 'Interviewer',
        startMs: 2_120,
        text: 'Think back to the day you decided to stop.',
      },
      {
        speaker: 'P-014',
        startMs: 7_010,
        text:
          'My finance lead asked & I could not show her: 3 < 5 &lt; 7. ' +
          'That was the moment we wrote `if (a -> b)` ä😬.',
      },
      { speaker: 'P-014', startMs: 3_720_000, text: 'And an hour later I cancelled.' },
    ]);
    expect(notes).toEqual([]);
  });

  it.each([
    ['two voices in one cue', '<v Anna>Hi.\n<v Ben>Yes?</v>', ['Anna|Hi.', 'Ben|Yes?']],
    ['a class before the name', '<v.loud.far Anna  Maria>Hi', ['Anna Maria|Hi']],
    ['an entity in the name', '<v A &amp; B>Hi', ['A & B|Hi']],
    ['a colon in the words', '<v Anna>Ben: he said so', ['Anna|Ben: he said so']],
    ['words outside of a span', '<v Anna>Hi</v> and on', ['Anna|Hi', 'null|and on']],
    ['escaped markup', '<v Anna>&lt;v Ben&gt;Hi&lt;/v&gt;', ['Anna|<v Ben>Hi</v>']],
    ['escaped entities', '<v Anna>&amp;amp; &amp;lt;i&amp;gt;', ['Anna|&amp; &lt;i&gt;']],
    [
      'unknown entities',
      '<v Anna>&bogus; &#0; &#xD800; &#x110000; & &;',
      ['Anna|&bogus; &#0; &#xD800; &#x110000; & &;'],
    ],
    ['numeric and named entities', '<v Anna>&#228;&#xE4;&auml;&nbsp;&hellip;', ['Anna|äää …']],
    [
      'what transcribers put in brackets',
      '<v Anna><inaudible> I <3 it',
      ['Anna|<inaudible> I <3 it'],
    ],
    ['a comparison that looks like a tag', '<v Anna>a <b and c> d', ['Anna|a <b and c> d']],
  ])('reads %s', (_, text, turns) => {
    expect(said(cue(text)).map(({ speaker, text: words }) => `${speaker}|${words}`)).toEqual(turns);
  });

  it('leaves a cue without a voice to nobody', () => {
    const file = `${cue('<v Anna>Hi')}\n00:05.000 --> 00:06.000\nWho says this?\n`;
    const { turns, notes } = readWebVtt(file);
    expect(turns.map(({ speaker }) => speaker)).toEqual(['Anna', null]);
    expect(notes).toEqual(['1 cue or line names no speaker (line 6).']);
  });
});

describe('WebVTT with names in the text', () => {
  it('agrees with the W3C parser about every word and time', () => {
    for (const name of ['own-zoom.vtt', 'zoom-carry.vtt']) {
      const file = transcriptFixture(name);
      const unnamed = witnessed(file).map(({ text }) => text.replace(/^(Interviewer|P-014): /, ''));
      const turns = said(file);
      expect(turns.map(({ text }) => text).join(' ')).toBe(unnamed.join(' '));
      const starts = witnessed(file).map(({ startMs }) => startMs);
      expect(starts).toEqual(expect.arrayContaining(turns.map(({ startMs }) => startMs)));
    }
  });

  it('carries the speaker over and takes no sentence with a colon for a name', () => {
    const { turns, notes } = readWebVtt(transcriptFixture('zoom-carry.vtt'));
    expect(turns.map(({ speaker }) => speaker)).toEqual([
      'Interviewer',
      'P-014',
      'P-014',
      'Interviewer',
    ]);
    expect(turns[1]?.text).toBe(
      'So I told them: we stop on Friday, at 10:30 sharp, see https://example.org/plan ' +
        'So I did it: I called the bank.',
    );
    expect(notes).toEqual([
      '1 name stands before a colon only once: taken as a speaker, check that it is one (line 8).',
      '3 cues or lines had no speaker: taken as the speaker before (the first: line 12).',
    ]);
  });
});

describe('WebVTT that is broken', () => {
  it('leaves out cues without a readable time and says so', () => {
    const { turns, notes } = readWebVtt(
      'WEBVTT\n\n00:01.000 --> 00:99.000\nAnna: lost\n\nstray\n\n00:03.000 --> 00:04.000\nAnna: kept',
    );
    expect(turns).toEqual([{ speaker: 'Anna', text: 'kept', startMs: 3_000 }]);
    expect(notes).toEqual([
      '1 cue left out: the time cannot be read (line 3).',
      '1 block left out: there is no time (line 6).',
    ]);
  });

  it('begins a new cue where the empty line between two is missing', () => {
    const file = 'WEBVTT\n00:01.000 --> 00:02.000\n<v A>one\n00:02.000 --> 00:03.000\n<v B>two';
    expect(said(file).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it.each([
    ['no header', '00:01.000 --> 00:02.000\nHi', 'transcript-unreadable', '/lines/1'],
    [
      'another header',
      'WEBVTTX\n\n00:01.000 --> 00:02.000\nHi',
      'transcript-unreadable',
      '/lines/1',
    ],
    ['no time at all', 'WEBVTT\n\nsecret words', 'transcript-unreadable', '/lines/3'],
    ['only broken times', cue('secret words', '1 --> 2'), 'transcript-unreadable', '/lines/3'],
    ['no cue', 'WEBVTT\n\nNOTE nothing\n', 'transcript-empty', ''],
    ['cues without words', cue('<v Anna> </v>'), 'transcript-empty', ''],
    ['a name of 300 letters', cue(`<v ${'A'.repeat(300)}>Hi`), 'transcript-unreadable', '/lines/3'],
    ['a cue of 50,001 letters', cue('x'.repeat(50_001)), 'transcript-unreadable', '/lines/3'],
  ])('refuses a file with %s', (_, text, code, pointer) => {
    expect(() => readWebVtt(text)).toThrow(
      expect.objectContaining({ code, errors: [expect.objectContaining({ pointer })] }),
    );
    expect(() => readWebVtt(text)).not.toThrow(/secret|A{9}|x{9}/);
  });
});
