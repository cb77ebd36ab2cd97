import { DueWorkRegistry } from '../../src/platform/scheduling/due-work.js';
import { anotherProject } from '../support/another-project.js';
import {
  aConsent,
  addPerson,
  aPerson,
  aTalk,
  HEARD_NOW,
  timesDone,
} from '../support/heard-people.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY_MS = 86_400_000;

interface Listed {
  participantId: string;
  dueAt: string;
  why: string;
}

/** Words are kept as long as somebody agreed to, and no longer. */
describe('retention', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await startTestApp();
    await app.moveClock(HEARD_NOW);
  });
  afterEach(() => app.close());

  const listed = async () =>
    (await app.ok('get', '/v1/participants/retention')).body.data as Listed[];
  const isErased = async (id: string) =>
    (await app.ok('get', `/v1/participants/${id}`)).body.erasedAt !== undefined;
  const runDue = async (instant: string, of: TestApp = app) => {
    await app.moveClock(instant);
    await of.app.get(DueWorkRegistry).runDue(new Date(instant), 'inline');
  };

  it('lists who falls due within 30 days, why, and nobody else', async () => {
    const soon = await addPerson(app, {
      consent: aConsent({ retainUntil: '2026-03-20T00:00:00Z' }),
    });
    await aPerson(app, { consent: aConsent({ retainUntil: '2026-05-01T00:00:00Z' }) });
    await aPerson(app, { consent: aConsent() });
    await aPerson(app);
    const left = await addPerson(app, { consent: aConsent() });
    const withdrawn = await app.ok('post', `/v1/consents/${left.body.consent.id}/withdraw`);
    await app.moveClock('2026-03-03T12:00:00Z');
    const forgotten = new Date(Date.parse(withdrawn.body.withdrawnAt as string) + 30 * DAY_MS);
    expect(await listed()).toEqual([
      {
        participantId: soon.body.id,
        pseudonym: soon.body.pseudonym,
        dueAt: '2026-03-20T00:00:00.000Z',
        why: 'retention_ended',
      },
      {
        participantId: left.body.id,
        pseudonym: left.body.pseudonym,
        dueAt: forgotten.toISOString(),
        why: 'consent_withdrawn',
      },
    ]);
    const { body } = await app.ok('get', '/v1/participants/retention?limit=1');
    const rest = await app.ok('get', `/v1/participants/retention?cursor=${body.nextCursor}`);
    expect([...body.data, ...rest.body.data]).toEqual(await listed());
    const { secret } = await anotherProject(app, 'retention-foreign');
    const foreign = await app.ok('get', '/v1/participants/retention', undefined, secret);
    expect(foreign.body.data).toEqual([]);
  });

  it('erases when the last consent has ended, by the service, with the words', async () => {
    const id = await aPerson(app, { consent: aConsent({ retainUntil: '2026-03-10T00:00:00Z' }) });
    await app.ok(
      'post',
      `/v1/participants/${id}/consents`,
      aConsent({ retainUntil: '2026-03-20T00:00:00Z' }),
    );
    const interview = await aTalk(app, id, ['What I said']);
    await runDue('2026-03-19T23:59:59Z');
    expect(await isErased(id)).toBe(false);
    await runDue('2026-03-20T00:00:01Z');
    expect(await isErased(id)).toBe(true);
    const words = await app.ok('get', `/v1/interviews/${interview}/transcript`);
    expect(JSON.stringify(words.body)).not.toContain('What I said');
    const audit = await app.sql(
      `SELECT actor, reason FROM audit_entry
       WHERE action = 'participant.erase' AND object_id = $1`,
      [id],
    );
    expect(audit).toEqual([{ actor: 'system', reason: 'retention_ended' }]);
    const receipt = await app.ok('post', `/v1/participants/${id}/erasure`);
    expect(receipt.body).toMatchObject({ participantId: id, passages: 2 });
    expect(receipt.body.freeText).toBeUndefined();
  });

  it('a consent without an end ends with the project’s days', async () => {
    const id = await aPerson(app, { consent: aConsent() });
    await app.sql('UPDATE project SET retention_days = 40');
    expect(await listed()).toMatchObject([
      { participantId: id, dueAt: '2026-03-13T09:00:00.000Z' },
    ]);
    await runDue('2026-03-13T09:00:01Z');
    expect(await isErased(id)).toBe(true);
  });

  it('whoever withdrew every consent is erased 30 days later, unless they consent again', async () => {
    const [gone, back] = [
      await addPerson(app, { consent: aConsent() }),
      await addPerson(app, { consent: aConsent() }),
    ];
    for (const { body } of [gone, back])
      await app.ok('post', `/v1/consents/${body.consent.id}/withdraw`);
    await app.ok('post', `/v1/participants/${back.body.id}/consents`, aConsent());
    await runDue('2026-04-02T12:00:00Z');
    expect(await isErased(gone.body.id as string)).toBe(true);
    expect(await isErased(back.body.id as string)).toBe(false);
  });

  it('the sandbox clock stops where somebody falls due', async () => {
    const id = await aPerson(app, { consent: aConsent({ retainUntil: '2026-03-20T00:00:00Z' }) });
    await app.ok('post', '/v1/sandbox/clock', { now: '2026-06-01T00:00:00Z' });
    const { body } = await app.ok('get', `/v1/participants/${id}`);
    expect(
      Math.abs(Date.parse(body.erasedAt as string) - Date.parse('2026-03-20T00:00:00Z')),
    ).toBeLessThan(60_000);
  });

  it('several replicas at once erase once', async () => {
    const other = await startTestApp({}, app.databaseUrl);
    try {
      const ids: string[] = [];
      for (let at = 0; at < 5; at += 1) {
        ids.push(
          await aPerson(app, { consent: aConsent({ retainUntil: '2026-03-20T00:00:00Z' }) }),
        );
      }
      const instant = '2026-03-21T00:00:00Z';
      await Promise.all([
        runDue(instant),
        runDue(instant, other),
        runDue(instant),
        runDue(instant, other),
      ]);
      for (const id of ids) {
        expect(await isErased(id)).toBe(true);
        expect(await timesDone(app, 'participant.erase', id)).toBe(1);
      }
    } finally {
      await other.close();
    }
  });
});

describe('whom to ask again', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    await app.moveClock(HEARD_NOW);
  });
  afterAll(() => app.close());

  it('lists people whose consents in force lack a scope, and the interviews that wait', async () => {
    const both = await addPerson(app, { consent: aConsent() });
    const half = await addPerson(app, { consent: aConsent({ scopes: ['product_decisions'] }) });
    const none = await addPerson(app);
    const ended = await addPerson(app, {
      consent: aConsent({ retainUntil: '2026-03-01T00:00:00Z' }),
    });
    const expired = await addPerson(app, {
      consent: aConsent({ givenAt: '2024-03-01T00:00:00Z' }),
    });
    const withdrawn = await addPerson(app, { consent: aConsent() });
    await app.ok('post', `/v1/consents/${withdrawn.body.consent.id}/withdraw`);
    await addPerson(app, { kind: 'synthetic' });
    const erased = await aPerson(app);
    await app.ok('post', `/v1/participants/${erased}/erasure`);
    const interview = await aTalk(app, half.body.id as string, ['Hello.']);
    const { body } = await app.ok('get', '/v1/participants/reconsents');
    const lacking = (
      who: typeof both,
      missingScopes: string[],
      more: { interviewIds?: string[] } = {},
    ) => ({
      participantId: who.body.id,
      pseudonym: who.body.pseudonym,
      missingScopes,
      ...(who.body.consent === undefined ? {} : { lastConsentId: who.body.consent.id }),
      interviewIds: [],
      ...more,
    });
    const citing = ['product_decisions', 'quote_internal'];
    expect(body.data).toEqual([
      lacking(half, ['quote_internal'], { interviewIds: [interview] }),
      lacking(none, citing),
      lacking(ended, citing),
      lacking(expired, citing),
      lacking(withdrawn, citing),
    ]);
    const page = await app.ok('get', '/v1/participants/reconsents?limit=2');
    const rest = await app.ok('get', `/v1/participants/reconsents?cursor=${page.body.nextCursor}`);
    expect([...page.body.data, ...rest.body.data]).toEqual(body.data);
    const others = await app.ok(
      'get',
      '/v1/participants/reconsents?scopes=take_part,ai_processing',
    );
    expect(others.body.data[0]).toEqual(lacking(both, ['ai_processing']));
    const { secret } = await anotherProject(app, 'reconsents-foreign');
    const foreign = await app.ok('get', '/v1/participants/reconsents', undefined, secret);
    expect(foreign.body.data).toEqual([]);
  });

  it.each(['everything', 'take_part,', ',', 'take_part,everything'])(
    'scopes=%s names what does not exist',
    async (scopes) => {
      const { status, body } = await app.send(
        'get',
        `/v1/participants/reconsents?scopes=${scopes}`,
      );
      expect([status, body.code]).toEqual([422, 'invalid-query']);
    },
  );
});
