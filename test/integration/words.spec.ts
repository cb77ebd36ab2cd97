import { experimentBody, standardEvidence } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('what people said', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await startTestApp();
  });
  afterEach(() => app.close());

  it('stays with who may read them', async () => {
    const { people, insightId } = await standardEvidence(app);
    const made = await app.ok('post', '/v1/keys', {
      kind: 'secret',
      name: 'importer',
      scopes: ['evidence:write', 'evidence:read'],
    });
    const { secret } = made.body as { secret: string };
    const at = `/v1/interviews/${people[0]?.interviewId}`;
    const marked = await app.ok('post', `${at}/quotes`, { turn: 1, start: 0, end: 60 }, secret);
    expect(marked.body).toMatchObject({ turn: 1, start: 0, end: 60 });
    expect(marked.body.exact).toBeUndefined();
    const missed = await app.send(
      'post',
      `${at}/quotes`,
      { text: 'I opened the page often' },
      secret,
    );
    expect(missed.body.closest?.exact).toBeUndefined();
    const search = await app.ok(
      'post',
      `/v1/insights/${insightId}/negative-searches`,
      { queries: ['clear'] },
      secret,
    );
    expect(search.body.hits.length).toBeGreaterThan(0);
    expect(search.body.hits.some((hit: { text?: string }) => hit.text !== undefined)).toBe(false);
    const denied = await app.send('get', `${at}/transcript`, undefined, secret);
    expect([denied.status, denied.body.scope]).toEqual([403, 'evidence:read-words']);
  });

  it('is sealed on disk and every reading is audited', async () => {
    const { people } = await standardEvidence(app);
    const stored = await app.sql<{ found: number }>(
      `SELECT count(*)::int AS found FROM turn
       WHERE position('pricing' in encode(sealed, 'escape')) > 0`,
    );
    expect(stored[0]?.found).toBe(0);
    const read = await app.ok('get', `/v1/interviews/${people[0]?.interviewId}/transcript`);
    expect(read.body.transcript[1].text).toContain('pricing page');
    const entries = await app.sql<{ count: number }>(
      `SELECT count(*)::int AS count FROM audit_entry WHERE action = 'transcript.read'`,
    );
    expect(entries[0]?.count).toBe(1);
  });

  it('is gone when the person is forgotten, and the gate says so', async () => {
    const { people, insightId } = await standardEvidence(app);
    const receipt = await app.ok('post', `/v1/participants/${people[0]?.participantId}/erasure`);
    expect(receipt.body).toMatchObject({ passages: 8, quotes: 1 });
    const read = await app.ok('get', `/v1/interviews/${people[0]?.interviewId}/transcript`);
    expect(read.body.transcript.every((turn: { text?: string }) => turn.text === undefined)).toBe(
      true,
    );
    const refused = await app.send('post', '/v1/experiments', experimentBody(insightId, people));
    expect((refused.body.unmet as { code: string }[]).map(({ code }) => code)).toEqual(
      expect.arrayContaining(['CONSENT_MISSING', 'QUOTE_NOT_FOUND']),
    );
    expect(
      (await app.ok('post', `/v1/participants/${people[0]?.participantId}/erasure`)).body.erasedAt,
    ).toBe(receipt.body.erasedAt);
  });
});
