import { readFileSync } from 'node:fs';
import { describeWith, sharedFile } from '../../../../test/support/shared-data.js';
import { readPodcastJson } from './read-podcast-json.js';

const segments = (...list: unknown[]) => JSON.stringify({ version: '1.0.0', segments: list });

describe('JSON of the podcast namespace', () => {
  const example = sharedFile('evidence', 'transcripts', 'podcast-namespace-example.json');
  describeWith(example, 'its example', (path) => {
    it('becomes sentences of two speakers', () => {
      expect(readPodcastJson(readFileSync(path, 'utf8')).turns).toEqual([
        { speaker: 'Darth Vader', text: 'I am your father.', startMs: 500 },
        { speaker: 'Luke', text: 'Nooooo', startMs: 2_750 },
      ]);
    });
  });

  it('joins words by spaces and goes on with the speaker before', () => {
    const { turns, notes } = readPodcastJson(
      segments(
        { speaker: 'Anna', startTime: 0.0004, endTime: 1, body: ' I ' },
        { startTime: 1, endTime: 2, body: 'left\n in &amp; May' },
        { startTime: 2, endTime: 3, body: '  ' },
        { speaker: 'Anna', startTime: 62.001, endTime: 63, body: 'gap' },
        { speaker: 'Anna', body: 'no times' },
      ),
    );
    expect(turns).toEqual([
      { speaker: 'Anna', text: 'I left in &amp; May', startMs: 0 },
      { speaker: 'Anna', text: 'gap no times', startMs: 62_001 },
    ]);
    expect(notes).toEqual([
      '1 cue or line had no speaker: taken as the speaker before (at /segments/1).',
    ]);
  });

  it('mends half a character, which cannot be stored', () => {
    expect(readPodcastJson(segments({ speaker: 'A\ud83d', body: 'x\ude42' })).turns).toEqual([
      { speaker: 'A\ufffd', text: 'x\ufffd' },
    ]);
  });

  it.each([
    ['{"segments": [ secret', '', 'not-json'],
    ['[]', '/segments', 'not-a-list'],
    ['{}', '/segments', 'not-a-list'],
    ['{"segments": {"0": 1}}', '/segments', 'not-a-list'],
    [segments('secret'), '/segments/0', 'not-an-object'],
    [segments(null), '/segments/0', 'not-an-object'],
    [segments({ body: 'x' }, {}), '/segments/1/body', 'not-text'],
    [segments({ body: ['secret'] }), '/segments/0/body', 'not-text'],
    [segments({ speaker: 7, body: 'secret' }), '/segments/0/speaker', 'not-text'],
    [segments({ startTime: '1', body: 'secret' }), '/segments/0/startTime', 'not-seconds'],
    [segments({ startTime: -1, body: 'secret' }), '/segments/0/startTime', 'not-seconds'],
    ['{"segments":[{"endTime":1e999,"body":"secret"}]}', '/segments/0/endTime', 'not-seconds'],
  ])('refuses %s at %s', (text, pointer, code) => {
    expect(() => readPodcastJson(text)).toThrow(
      expect.objectContaining({ code: 'transcript-unreadable', errors: [{ pointer, code }] }),
    );
    expect(() => readPodcastJson(text)).not.toThrow(/secret/);
  });

  it('says that nobody says anything', () => {
    expect(() => readPodcastJson(segments({ speaker: 'Anna', body: ' ' }))).toThrow(
      expect.objectContaining({ code: 'transcript-empty' }),
    );
  });
});
