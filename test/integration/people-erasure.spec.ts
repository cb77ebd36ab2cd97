import { FREE_TEXT_SQL } from '../../src/modules/evidence/people/free-text.js';
import { anotherProject } from '../support/another-project.js';
import { aConsent, aPerson, aStudy, aTalk, HEARD_NOW, timesDone } from '../support/heard-people.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const SAID = 'I gave up three times because the form wanted my grandmother to call back';
const ECHO = 'gave up three times because the form wanted my grandmother';

/** Tables and columns of text that members write no prose in: keys, codes, names, machine-made facts. */
const NO_PROSE = new Set(
  `
  api_key audit_checkpoint audit_entry audit_head consent dead_letter department erased_unit
  evaluation evaluation_check evaluation_moment evaluation_slot evaluation_state evaluation_unit
  event event_import.error event_import.format event_import.status event_log_origin exchange_rate
  feed identity_link rebuild reread reread_result interview member interview_participant participant planned_look project
  quote transcript insight_reading decision.action decision.variant evidence_entry.disposition
  evidence_gap_answer.replacements evidence_policy.body experiment.create_gate
  experiment.create_outcome experiment.kind experiment.status gate_decision.gate
  gate_decision.input_digest gate_decision.outcome gate_decision.policy_profile
  impact_acknowledgement.department impact_acknowledgement.impact_digest insight.state
  metric.key negative_search_hit.disposition negative_search_hit.found_by
  participant_pair.decision participant_pair.found_by plan.digest question.state study.method
  study.population study.template timeline_entry.what forced_variant holdout.key holdout.seed
  holdout.unit stripe_connection idempotent_answer insight.state_code learned.learned_from learned.mechanism
  notice notice_basis notice_delivery notice_read notification_channel.ending
  notification_channel.host notification_channel.kind notification_channel.kinds
  notification_channel.min_severity notification_channel.stopped_code
  learned.metric learned.outcome learned.variant learned_insight follow_up.opened_for
  follow_up.subject follow_up.surprise follow_up.variant guardrail_answer.metric
  guardrail_answer.variant guardrail_answer.state override_request.action override_request.variant
  `
    .trim()
    .split(/\s+/),
);
const NOBODY = '01a20000-0000-7000-8000-000000000000';

/** The right to be forgotten, and the right to see what is held. */
describe('a person who asks', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    await app.moveClock(HEARD_NOW);
  });
  afterAll(() => app.close());

  const erase = (id: string, key?: string) =>
    app.send('post', `/v1/participants/${id}/erasure`, undefined, key);

  const anInsight = async (statement: string): Promise<string> => {
    const body = { statement, audience: { populations: ['lead'] } };
    return (await app.ok('post', '/v1/insights', body)).body.id as string;
  };

  /** Tables of the product that hold this text anywhere, in any column. */
  const tablesWith = async (text: string): Promise<string[]> => {
    const tables = await app.sql<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await app.sql(
        `SELECT 1 FROM ${name} AS whole WHERE strpos(lower(whole::text), lower($1)) > 0 LIMIT 1`,
        [text],
      );
      if (rows.length > 0) found.push(name);
    }
    return found;
  };

  describe('to be forgotten', () => {
    it('B81: gets a receipt that names where their words were pasted, and no words', async () => {
      const id = await aPerson(app);
      await aTalk(app, id, ['Well.', SAID]);
      const question = await app.ok('post', '/v1/questions', { text: `Why? "${ECHO}"` });
      const idea = await app.ok('post', '/v1/ideas', {
        key: 'gave-up-three-times-because-the-form',
        name: 'Short form',
        rationale: { because: { context: { text: `She ${ECHO}.`, assumption: true } } },
      });
      const statement = await anInsight(`People ${ECHO} to answer`);
      await anInsight('People gave up three times because nobody answered');
      const { status, body } = await erase(id);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        participantId: id,
        passages: 4,
        quotes: 0,
        otherPseudonyms: [],
      });
      const places = (body.freeText as { objectType: string; objectId: string; pointer: string }[])
        .map(({ objectType, objectId, pointer }) => `${objectType} ${objectId} ${pointer}`)
        .toSorted();
      expect(places).toEqual(
        [
          `question ${question.body.id} /text`,
          `idea ${idea.body.id} /key`,
          `idea ${idea.body.id} /rationale/because/context/text`,
          `insight ${statement} /statement`,
        ].toSorted(),
      );
      expect(JSON.stringify(body)).not.toContain('grandmother');
    });

    it('every column that members write prose in is looked through', async () => {
      const columns = await app.sql<{ table: string; name: string }>(
        `SELECT table_name AS table, column_name AS name FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'ARRAY')`,
      );
      expect(columns.length).toBeGreaterThan(50);
      // A new column belongs into FREE_TEXT_SQL, or above when it can hold no sentence.
      const forgotten = columns
        .filter(({ table }) => !NO_PROSE.has(table))
        .map(({ table, name }) => `${table}.${name}`)
        .filter((column) => !NO_PROSE.has(column) && !FREE_TEXT_SQL.includes(column));
      expect(forgotten).toEqual([]);
    });

    it('B79: asking twice gives the same receipt, without looking for words that are gone', async () => {
      const id = await aPerson(app, { identity: { email: 'twice@example.com' } });
      await aTalk(app, id, [SAID]);
      const { freeText, ...first } = (await erase(id)).body;
      expect(freeText).toEqual(expect.any(Array));
      const again = await erase(id);
      expect([again.status, again.body]).toEqual([200, first]);
      expect(await timesDone(app, 'participant.erase', id)).toBe(1);
    });

    it('at the same moment is erased once, and one answer names the places', async () => {
      const id = await aPerson(app);
      await aTalk(app, id, [SAID]);
      const answers = await Promise.all([1, 2, 3].map(() => erase(id)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(answers.filter(({ body }) => body.freeText !== undefined)).toHaveLength(1);
      expect(new Set(answers.map(({ body }) => body.erasedAt)).size).toBe(1);
      expect(await timesDone(app, 'participant.erase', id)).toBe(1);
    });

    it('leaves no digest, no sketch and no name, and everything cited reads back without words', async () => {
      const identity = { name: 'Canary Zebrafinch', email: 'zebrafinch@example.com' };
      const id = await aPerson(app, { identity, accountRef: 'account-zebrafinch' });
      const interview = await aTalk(app, id, [`${SAID} and then the zebrafinch sang`]);
      const quote = await app.ok('post', `/v1/interviews/${interview}/quotes`, {
        text: 'gave up three times because the form',
      });
      expect(await tablesWith('zebrafinch')).toEqual(['public.participant']);
      await erase(id);
      expect(await tablesWith('zebrafinch')).toEqual([]);
      for (const table of ['participant_digest', 'participant_sketch']) {
        const rows = await app.sql(`SELECT 1 FROM ${table} WHERE participant_id = $1`, [id]);
        expect(rows).toEqual([]);
      }
      const words = await app.ok('get', `/v1/interviews/${interview}/transcript`);
      const turns = words.body.transcript as { text?: string; speaker?: string }[];
      expect(turns).toHaveLength(2);
      expect(turns.every(({ text, speaker }) => text === undefined && speaker === undefined)).toBe(
        true,
      );
      const quotes = await app.ok('get', `/v1/interviews/${interview}/quotes`);
      expect(quotes.body.data[0].id).toBe(quote.body.id);
      expect(quotes.body.data[0].exact).toBeUndefined();
      const person = await app.ok('get', `/v1/participants/${id}`);
      expect(person.body).toMatchObject({ pseudonym: `erased-${id}`, identityKnown: false });
      expect(person.body.erasedAt).toBeDefined();
    });

    it('is told under which other pseudonyms their words are still kept', async () => {
      const identity = { phone: '+358 50 5550000' };
      const [older, younger] = [await aPerson(app, { identity }), await aPerson(app, { identity })];
      const pairs = await app.ok('get', '/v1/participants/pairs?state=undecided');
      await app.ok('put', `/v1/participants/pairs/${pairs.body.data[0].id}`, {
        decision: 'same_person',
        reason: 'They told us.',
      });
      expect((await erase(younger)).body.otherPseudonyms).toEqual([older]);
      expect((await erase(older)).body.otherPseudonyms).toEqual([]);
    });

    it('is compared with nobody any more: the same address makes no pair', async () => {
      const identity = { email: 'gone@example.com' };
      await erase(await aPerson(app, { identity }));
      const back = await aPerson(app, { identity });
      const { body } = await app.ok('get', `/v1/participants/${back}`);
      expect(body.undecidedPairs).toBeUndefined();
    });

    it('consents to nothing any more', async () => {
      const id = await aPerson(app);
      await erase(id);
      const { status, body } = await app.send(
        'post',
        `/v1/participants/${id}/consents`,
        aConsent(),
      );
      expect([status, body.code]).toEqual([409, 'participant-erased']);
    });

    it('B79: unknown, and of another project', async () => {
      const { secret } = await anotherProject(app, 'erasure-foreign');
      const id = await aPerson(app);
      for (const [whom, key] of [
        [id, secret],
        [NOBODY, undefined],
        ['none', undefined],
      ] as const) {
        const { status, body } = await erase(whom, key);
        expect([status, body.code]).toEqual([404, 'not-found']);
      }
      expect((await app.ok('get', `/v1/participants/${id}`)).body.erasedAt).toBeUndefined();
    });
  });

  describe('what is held', () => {
    const exported = (id: string, key?: string) =>
      app.send('get', `/v1/participants/${id}/export`, undefined, key);

    it('gets everything, and the reading is in the audit log', async () => {
      const identity = { name: 'Visitor E', email: 'export@example.com' };
      const id = await aPerson(app, { identity, consent: aConsent() });
      const twin = await aPerson(app, { identity });
      const studyId = await aStudy(app);
      const said = `${SAID} on a Thursday`;
      const interview = await aTalk(app, id, ['Well.', said], {
        studyId,
        observations: [{ participantId: id, at: '2026-02-10T09:30:00Z', text: 'Closed the page.' }],
      });
      const quote = await app.ok('post', `/v1/interviews/${interview}/quotes`, {
        text: 'gave up three times because the form',
      });
      const insight = await anInsight('People who fear a call leave before they see a price');
      await app.ok('post', `/v1/insights/${insight}/evidence`, {
        quoteId: quote.body.id,
        disposition: 'supports',
      });
      const pasted = await anInsight(`One said: ${ECHO}`);
      await app.sql(
        `INSERT INTO experiment (project_id, id, key, kind, status, definition, version, created_by,
           created_at)
         SELECT participant.project_id, gen_random_uuid(), given.key, 'aa', 'draft',
           jsonb_build_object('rationale', given.rationale), 1, participant.id, becausal_now()
         FROM participant, (VALUES ('by-claim', jsonb_build_object('insightIds', ARRAY[$2])),
             ('by-quote', jsonb_build_object('quoteIds', ARRAY[$3])),
             ('by-nothing', '{}'::jsonb)) AS given (key, rationale)
         WHERE participant.id = $1`,
        [id, insight, quote.body.id],
      );
      const { status, body } = await exported(id);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        participant: { id, undecidedPairs: 1 },
        identity,
        consents: [{ participantId: id, how: 'form' }],
        interviews: [
          {
            id: interview,
            studyId,
            speaksFor: [{ population: 'lead' }],
            turns: [
              { version: 1, index: 1, text: 'Well.' },
              { version: 1, index: 3, text: said },
            ],
            observations: [{ at: '2026-02-10T09:30:00.000Z', text: 'Closed the page.' }],
          },
        ],
        quotes: [{ id: quote.body.id, interviewId: interview }],
        pairs: [{ foundBy: 'identity' }],
        citedBy: { insightIds: [insight], experimentKeys: ['by-claim', 'by-quote'] },
      });
      expect(body.freeText).toContainEqual({
        objectType: 'insight',
        objectId: pasted,
        pointer: '/statement',
      });
      // Their own words only: not the questions.
      expect(JSON.stringify(body)).not.toContain('Tell me more');
      expect(JSON.stringify(body.pairs)).toContain(twin);
      expect(await timesDone(app, 'participant.export', id)).toBe(1);
    });

    it('gets an answer too when little is known', async () => {
      const { body } = await exported(await aPerson(app));
      expect(body).toMatchObject({ consents: [], interviews: [], quotes: [], pairs: [] });
      expect(body.identity).toBeUndefined();
    });

    it('after an erasure nothing is held', async () => {
      const id = await aPerson(app);
      await erase(id);
      const { status, body } = await exported(id);
      expect([status, body.code]).toEqual([410, 'participant-erased']);
      expect(await timesDone(app, 'participant.export', id)).toBe(0);
    });

    it('B79: an erasure during exports ends erased, and no answer is an error of ours', async () => {
      const id = await aPerson(app, { identity: { name: 'Visitor R' } });
      await aTalk(app, id, [SAID]);
      const answers = await Promise.all([exported(id), erase(id), exported(id), exported(id)]);
      expect(answers[1]!.status).toBe(200);
      for (const at of [0, 2, 3]) expect([200, 410]).toContain(answers[at]!.status);
      expect((await exported(id)).status).toBe(410);
    });

    it('is nothing for another project, or without the scope for words', async () => {
      const id = await aPerson(app);
      const { secret } = await anotherProject(app, 'export-foreign');
      expect((await exported(id, secret)).status).toBe(404);
      expect((await exported(NOBODY)).status).toBe(404);
      const key = await app.ok('post', '/v1/keys', {
        kind: 'secret',
        name: 'reader',
        scopes: ['evidence:read', 'evidence:write'],
      });
      expect((await exported(id, key.body.secret as string)).status).toBe(403);
    });
  });
});
