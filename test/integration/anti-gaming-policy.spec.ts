import { CREATE_GATE_CODES } from '../../src/domain/evidence/create-gate-codes.js';
import { LAUNCH_GATE_CODES } from '../../src/domain/experiments/launch-gate-case.js';
import {
  claimOn,
  codesOf,
  dryRun,
  type GateItem,
  inOtherWords,
  integritySubjects,
  itemOf,
  tell,
} from '../support/gamed-evidence.js';
import { memberKey } from '../support/member-key.js';
import {
  declareMetrics,
  experimentBody,
  type HeardPerson,
  standardEvidence,
} from '../support/story.js';
import { aStudy } from '../support/studied-people.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Each test is a trick with reasons, readers, searches and rules, played as somebody would. */

const everybody = async (
  app: TestApp,
  names: readonly string[],
  interview: object = {},
): Promise<HeardPerson[]> => {
  const people: HeardPerson[] = [];
  for (const pseudonym of names) people.push(await tell(app, { pseudonym, interview }));
  return people;
};

describe('gaming the reason', () => {
  const TESTS = 8;
  let app: TestApp;
  let person: HeardPerson;
  let insightId: string;
  const ids: string[] = [];

  const small = (key: string) =>
    experimentBody(insightId, [person], { key, policy: 'explore', traffic: 0.1 });

  beforeAll(async () => {
    app = await startTestApp();
    await declareMetrics(app);
    person = await tell(app, { pseudonym: 'Everywhere' });
    insightId = await claimOn(app, [person], []);
  });
  afterAll(() => app.close());

  it('copy the rationale: the same words are refused, half of them are pointed out', async () => {
    ids.push((await app.ok('post', '/v1/experiments', small('test-0'))).body.id as string);
    const copy = await app.send('post', '/v1/experiments', small('copy'));
    expect([copy.status, copy.body.code]).toEqual([422, 'gate-refused']);
    expect(copy.body.unmet).toMatchObject([
      { code: 'COPIED_RATIONALE', subjects: ['test-0'], actual: 1, expected: 0.6 },
    ]);
    const reworded = await dryRun(app, inOtherWords(small('copy'), 'reworded'));
    const warning = itemOf(reworded.warnings, 'COPIED_RATIONALE');
    expect(warning.subjects).toEqual(['test-0']);
    expect(warning.actual).toBeGreaterThanOrEqual(0.2);
    expect(warning.actual).toBeLessThan(0.6);
    const { rationale, ...rest } = small('copy');
    const repeated = { ...rest, rationale: { ...(rationale as object), replicationOf: 'test-0' } };
    const declared = await dryRun(app, repeated);
    expect(declared.unmet).toEqual([]);
    expect(codesOf(declared.warnings)).toContain('COPIED_RATIONALE');
  });

  it('use the same quote everywhere: it warns, and nobody new is seen in the report', async () => {
    for (let at = 1; at < TESTS; at += 1) {
      const body = inOtherWords(small(`test-${at}`), `reason ${at}`);
      const { warnings } = await dryRun(app, body);
      const worn = codesOf(warnings).includes('EVIDENCE_OVERUSED');
      expect([at, worn]).toEqual([at, at >= 3]);
      ids.push((await app.ok('post', '/v1/experiments', body)).body.id as string);
    }
    const { body } = await app.ok('get', '/v1/integrity');
    expect(body.newPeople).toEqual({ counted: TESTS, fresh: 1, share: 1 / TESTS });
    const [reused] = await integritySubjects(app, 'QUOTES_REUSED');
    expect(reused?.[0]).toBe(person.quoteId);
    expect(reused?.slice(1).toSorted()).toEqual(ids.toSorted());
    const few = await integritySubjects(app, 'FEW_NEW_PEOPLE');
    expect(few.flat().toSorted()).toEqual(ids.slice(1).toSorted());

    const fresh = await tell(app, { pseudonym: 'Never cited' });
    const other = experimentBody(await claimOn(app, [fresh, person], []), [person], {
      key: 'half-new',
      traffic: 0.1,
    });
    const { warnings } = await dryRun(app, inOtherWords(other, 'half new'));
    expect(codesOf(warnings)).not.toContain('EVIDENCE_OVERUSED');
  });

  it('stop at the smallest number of people that opens the gate: the spike is reported', async () => {
    const { body } = await app.ok('get', '/v1/integrity');
    expect(body.peopleAtMinimum).toMatchObject({
      ok: true,
      counts: [TESTS, 0, 0],
      isSpike: true,
    });
    // Eight heads in eight throws of a fair coin.
    expect(body.peopleAtMinimum.pValue).toBeCloseTo(2 ** -TESTS, 12);
    const [spike] = await integritySubjects(app, 'PEOPLE_AT_THE_MINIMUM');
    expect(spike?.toSorted()).toEqual(ids.toSorted());
    // Who does not count, or came after the gate had opened, hides nothing.
    for (const conflict of ['friend', 'none']) {
      const more = await tell(app, { pseudonym: `One more ${conflict}`, person: { conflict } });
      const evidence = [{ quoteId: more.quoteId, disposition: 'supports' }];
      await app.ok('post', `/v1/insights/${insightId}/evidence`, { evidence });
    }
    expect((await app.ok('get', '/v1/integrity')).body.peopleAtMinimum.isSpike).toBe(true);
  });

  it('call it an A/A test, a rollout without a reason: it is listed as an ungated change', async () => {
    const { rationale: _, policy: _policy, ...plain } = small('silent-rollout');
    const variants = (values: readonly [string, string]) => [
      { key: 'old', name: 'Old', weight: 1, value: values[0] },
      { key: 'new', name: 'New', weight: 99, value: values[1] },
    ];
    const send = (key: string, values: readonly [string, string]) =>
      app.ok('post', '/v1/experiments', {
        ...plain,
        key,
        kind: 'aa',
        variants: variants(values),
      });
    await send('silent-rollout', ['as it was', 'the new page']);
    await send('honest-aa', ['as it was', 'as it was']);
    const { body } = await app.ok('get', '/v1/integrity');
    expect(body.ungatedChanges).toEqual(['silent-rollout']);
    const asAb = { ...plain, kind: 'ab', key: 'as-ab' };
    expect(codesOf((await dryRun(app, asAb)).unmet)).toContain('RATIONALE_MISSING');
  });
});

describe('gaming the readers and the search', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    await declareMetrics(app);
  });
  afterAll(() => app.close());

  it('rubber-stamp as second reader: nothing counts that was not opened and judged blind', async () => {
    const people = await everybody(app, ['Read A', 'Read B', 'Read C']);
    const silent = await everybody(app, ['Quiet A', 'Quiet B']);
    const insightId = await claimOn(app, people, silent);
    const quoteIds = people.map(({ quoteId }) => quoteId);
    const key = 'read-twice';
    await app.ok('post', '/v1/experiments', experimentBody(insightId, people, { key }));
    const { secret } = await memberKey(app, 'Second');
    const launch = () => app.send('post', `/v1/experiments/${key}/launch`);
    const unread = await launch();
    expect([unread.status, codesOf(unread.body.unmet as GateItem[])]).toEqual([
      422,
      ['NO_SECOND_READER'],
    ]);
    expect(unread.body.unmet[0].subjects.toSorted()).toEqual(quoteIds.toSorted());

    const path = `/v1/insights/${insightId}`;
    const readings = quoteIds.map((quoteId) => ({ quoteId, disposition: 'supports' }));
    const stamp = (by?: string) => app.send('post', `${path}/readings`, { readings }, by);
    const unopened = await stamp(secret);
    expect([unopened.status, unopened.body.code]).toEqual([409, 'not-opened']);
    await app.ok('get', `${path}/reading`);
    const own = await stamp();
    expect([own.status, own.body.code]).toEqual([409, 'not-a-second-reader']);
    expect((await launch()).body.unmet).toMatchObject([{ code: 'NO_SECOND_READER' }]);

    const opened = await app.ok('get', `${path}/reading`, undefined, secret);
    expect(opened.body.passages).toHaveLength(3);
    expect(JSON.stringify(opened.body)).not.toContain('supports');
    const blind = await app.ok('get', path, undefined, secret);
    expect(blind.body.blind).toBe(true);
    expect((await stamp(secret)).status).toBe(201);
    expect((await launch()).status).toBe(200);
  });

  it('merge codes until nothing is new: saturation is shown, and no gate asks for it', async () => {
    const studyId = await aStudy(app);
    const people: HeardPerson[] = [];
    for (let at = 0; at < 7; at += 1) {
      people.push(
        await tell(app, {
          pseudonym: `Coded ${at}`,
          endedDaysAgo: 20 - at,
          interview: { studyId },
          quote: { codes: ['money'] },
        }),
      );
    }
    const { body } = await app.ok('get', `/v1/studies/${studyId}/saturation`);
    expect(body).toMatchObject({ interviews: 7, advice: 'stop', fine: { codes: 1 } });
    const insightId = await claimOn(app, people.slice(0, 1), people.slice(1));
    const refused = await dryRun(app, experimentBody(insightId, people.slice(0, 1)));
    expect(codesOf(refused.unmet)).toContain('TOO_FEW_PEOPLE');
    const said = [...refused.unmet, ...refused.warnings, ...refused.met];
    expect(said.length).toBeGreaterThan(CREATE_GATE_CODES.length / 2);
    expect(JSON.stringify(said)).not.toMatch(/saturat/iu);
    expect(
      [...CREATE_GATE_CODES, ...LAUNCH_GATE_CODES].filter((code) => /SATUR/u.test(code)),
    ).toEqual([]);
  });

  it('split the weak interviews off into another study: the search finds them there', async () => {
    const strong = await aStudy(app, { name: 'The good ones' });
    const weak = await aStudy(app, { name: 'The others' });
    const people = await everybody(app, ['Good A', 'Good B', 'Good C', 'Good D', 'Good E'], {
      studyId: strong,
    });
    const against = await tell(app, {
      pseudonym: 'Split off',
      words: 'Nothing was wrong with the sum and I could tell the total they wanted at once',
      interview: { studyId: weak },
      endedDaysAgo: 1,
    });
    const insight = await app.ok('post', '/v1/insights', {
      statement: 'People leave the pricing page because they cannot tell the total they will pay',
      audience: { populations: ['lead'], stages: ['pricing'] },
    });
    const insightId = insight.body.id as string;
    await app.ok('post', `/v1/insights/${insightId}/evidence`, {
      evidence: people.map(({ quoteId }) => ({ quoteId, disposition: 'supports' })),
    });
    const path = `/v1/insights/${insightId}/negative-searches`;
    // Nonsense, so that only what the server looks for by itself is found.
    const search = await app.ok('post', path, { queries: ['xylophone quasar'] });
    const hits = search.body.hits as { interviewId: string; turn: number }[];
    expect(hits.map(({ interviewId }) => interviewId)).toContain(against.interviewId);

    const judge = (ofWeak: object) =>
      app.ok('put', `${path}/${search.body.id}/hits`, {
        hits: hits.map(({ interviewId, turn }) => ({
          interviewId,
          turn,
          ...(interviewId === against.interviewId ? ofWeak : { disposition: 'supports' }),
        })),
      });
    const gate = async () => codesOf((await dryRun(app, otherWords(insightId, people))).unmet);
    await judge({ disposition: 'unread' });
    expect(await gate()).toEqual(['NO_NEGATIVE_SEARCH']);
    await judge({ disposition: 'contradicts' });
    expect(await gate()).toEqual(['NO_NEGATIVE_SEARCH']);
    await judge({ disposition: 'contradicts', response: 'They pay by invoice' });
    expect(await gate()).toEqual([]);
  });

  const otherWords = (insightId: string, people: readonly HeardPerson[]) =>
    inOtherWords(experimentBody(insightId, people, { key: 'split-off' }), 'split off');
});

describe('gaming the policy', () => {
  let app: TestApp;
  let insightId: string;
  let people: HeardPerson[];

  beforeAll(async () => {
    app = await startTestApp();
    ({ people, insightId } = await standardEvidence(app));
  });
  afterAll(() => app.close());

  const STANDARD = '/v1/policies/standard';

  it('ask for an easier profile: what is touched and how many are reached decide', async () => {
    const profileOf = async (changes: object) =>
      (await dryRun(app, experimentBody(insightId, people, { policy: 'explore', ...changes })))
        .policy.profile;
    expect(await profileOf({ traffic: 0.1 })).toBe('explore');
    expect(await profileOf({ traffic: 0.2 })).toBe('standard');
    expect(await profileOf({ traffic: 0.1, touches: ['pricing'] })).toBe('rigorous');
  });

  it.each<[string, object, string]>([
    ['without anybody heard live', { live: 0 }, '/live'],
    ['without the full ledger', { fullLedger: false }, '/fullLedger'],
    ['without a second reader', { secondReader: false }, '/secondReader'],
    ['with interviews of years ago', { ageDays: 2000 }, '/ageDays'],
  ])('set a policy %s: refused below the floor', async (_, policy, pointer) => {
    const refused = await app.send('put', STANDARD, { ...policy, reason: 'Faster' });
    expect([refused.status, refused.body.code]).toEqual([422, 'validation-failed']);
    const pointers = (refused.body.errors as { pointer: string }[]).map((error) => error.pointer);
    expect(pointers).toContain(pointer);
  });

  it('loosen the policy and use it: a second member agrees, forward only, and it is reported', async () => {
    const two = people.slice(0, 2);
    const body = experimentBody(insightId, people, { key: 'before' });
    await app.ok('post', '/v1/experiments', body);
    const silent = await everybody(app, ['Quiet D', 'Quiet E', 'Quiet F']);
    const key = 'after';
    const claim = await claimOn(app, two, silent);
    const easier = inOtherWords(experimentBody(claim, two, { key }), 'two are enough');
    const refused = await app.send('post', '/v1/experiments', easier);
    expect(refused.body.unmet).toMatchObject([{ code: 'TOO_FEW_PEOPLE', actual: 2, expected: 3 }]);

    const { secret } = await memberKey(app, 'Second');
    const loosened = { people: 2, live: 2, accounts: 2, reason: 'Nobody picks up the phone' };
    const proposed = await app.ok('put', STANDARD, loosened);
    expect(proposed.body).toMatchObject({ state: 'waiting', looser: true });
    expect((await dryRun(app, easier)).unmet).toMatchObject([{ code: 'TOO_FEW_PEOPLE' }]);
    const approve = (by?: string) => app.send('post', `${STANDARD}/versions/2/approve`, {}, by);
    const own = await approve();
    expect([own.status, own.body.code]).toEqual([409, 'same-member']);
    expect((await approve(secret)).status).toBe(200);

    const passed = await app.ok('post', '/v1/experiments', easier);
    expect(passed.body.key).toBe(key);
    const decisions = async (of: string) =>
      (await app.ok('get', `/v1/experiments/${of}/gate-decisions`)).body.data.map(
        ({ report }: { report: { outcome: string; policy: { version: number } } }) => [
          report.outcome,
          report.policy.version,
        ],
      );
    expect(await decisions('before')).toEqual([['pass', 1]]);
    expect(await decisions(key)).toEqual([
      ['refused', 1],
      ['pass', 2],
    ]);
    const [used, ...more] = await integritySubjects(app, 'POLICY_LOOSENED_THEN_USED');
    expect([used?.[0], used?.length, more]).toEqual(['standard/2', 2, []]);
  });
});
