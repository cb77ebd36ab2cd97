import { Transactions } from '../../src/platform/database/transactions.js';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import type { Notice } from '../../src/domain/notices/notice.js';
import { NotificationsWriter } from '../../src/modules/notifications/notifications.writer.js';
import { anotherProject } from '../support/another-project.js';
import { behaviour, evaluatedExperiment, log } from '../support/evaluated-experiment.js';
import { at, manyUnits } from '../support/evaluation-views.js';
import { aVariantFound, judgedResult, type JudgedCase } from '../support/judged-result.js';
import { memberKey } from '../support/member-key.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PATH = '/v1/notifications';
const NOBODY = '01a20000-0000-7000-8000-000000000000';

interface Shown {
  id: string;
  kind: string;
  subject: string;
  experimentKey: string;
  read: boolean;
  endedAt?: string;
}

describe('notifications', () => {
  let app: TestApp;
  let replica: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    replica = await startTestApp({}, app.databaseUrl);
    await app.moveClock(at(40));
  });
  afterAll(async () => {
    await replica.close();
    await app.close();
  });

  const feed = async (query = '', key?: string): Promise<Shown[]> =>
    (await app.ok('get', `${PATH}${query}`, undefined, key)).body.data as Shown[];
  const kinds = async (experiment: string) =>
    (await feed(`?experiment=${experiment}`)).map(({ kind, endedAt }) =>
      endedAt === undefined ? kind : `${kind} ended`,
    );
  const subjectOf = (made: { id: string; key: string; projectId: string }) => ({
    projectId: made.projectId,
    experimentId: made.id,
    experimentKey: made.key,
  });
  const anExperiment = async (key: string) =>
    subjectOf(await evaluatedExperiment(app, { key, kind: 'aa' }));
  const tell = async (
    of: ReturnType<typeof subjectOf>,
    given: JudgedCase,
    on: TestApp = app,
  ): Promise<void> => {
    const writer = on.app.get(NotificationsWriter, { strict: false });
    const result: EvaluationResult = judgedResult(given);
    await on.app.get(Transactions).run((manager) => writer.evaluated(manager, of, result));
  };
  const raise = async (of: ReturnType<typeof subjectOf>, notice: Partial<Notice>) => {
    const writer = app.app.get(NotificationsWriter, { strict: false });
    const whole: Notice = {
      kind: 'verdict_revised',
      subject: 'reread-90',
      severity: 'warning',
      sentence: 'The verdict did not last.',
      facts: {},
      ...notice,
    };
    await app.app.get(Transactions).run((manager) => writer.raise(manager, of, whole));
  };
  const day = (number: number) => at(number);
  const collecting = [aVariantFound({ deciding: { matured: false } })];

  it('come from the evaluation itself and say what it says', async () => {
    const made = await evaluatedExperiment(app, { key: 'evaluated' });
    await log(app, made, [
      ...manyUnits({ control: 1000, short: 1000 }),
      ...[...Array(100).keys()].map((n) => behaviour(`control-${n}`, 'clicks', at(1))),
      ...[...Array(200).keys()].map((n) => behaviour(`short-${n}`, 'clicks', at(1))),
    ]);
    const result = (await app.ok('post', '/v1/experiments/evaluated/evaluations')).body;
    expect(result.verdict.perVariant[0].state).toBe('proxy_win_pending_profit');
    const [notice, ...others] = await feed('?experiment=evaluated');
    expect(others).toEqual([]);
    expect(notice).toEqual({
      id: expect.any(String),
      kind: 'proxy_win_pending',
      severity: 'info',
      experimentKey: 'evaluated',
      subject: 'short',
      sentence: expect.stringContaining('The leading metric clicks improved.'),
      facts: expect.objectContaining({ variant: 'short' }),
      evaluationId: result.id,
      at: expect.any(String),
      read: false,
      link: '/v1/experiments/evaluated/brief',
    });
    await app.ok('post', '/v1/experiments/evaluated/evaluations');
    expect(await feed('?experiment=evaluated')).toHaveLength(1);
  });

  it('are told once an episode, over five evaluations and two replicas at once', async () => {
    const of = await anExperiment('once');
    for (let number = 1; number <= 5; number += 1) {
      const broken = { health: { srm: 'failed' }, asOf: day(number) } as const;
      await Promise.all([tell(of, broken), tell(of, broken, replica)]);
    }
    expect(await kinds('once')).toEqual(['srm']);
  });

  it('are told again when what had ended comes back', async () => {
    const of = await anExperiment('back');
    await tell(of, { health: { srm: 'failed' }, asOf: day(1) });
    await tell(of, { variants: collecting, asOf: day(2) });
    expect(await kinds('back')).toEqual(['srm ended']);
    await tell(of, { health: { srm: 'failed' }, asOf: day(3) });
    expect(await kinds('back')).toEqual(['srm', 'srm ended']);
  });

  it('are neither opened nor ended by a result with older data', async () => {
    const of = await anExperiment('late');
    await tell(of, { health: { srm: 'failed' }, asOf: day(5) });
    await tell(of, { variants: collecting, asOf: day(4) });
    expect(await kinds('late')).toEqual(['srm']);
    const fallen = aVariantFound({ deciding: { matured: false, sequentialHarm: true } });
    await tell(of, { variants: [fallen], asOf: day(3) });
    expect(await kinds('late')).toEqual(['srm']);
  });

  it('of others are raised once until they are ended', async () => {
    const of = await anExperiment('raised');
    await raise(of, {});
    await raise(of, {});
    await raise(of, { subject: 'reread-180' });
    expect(await kinds('raised')).toEqual(['verdict_revised', 'verdict_revised']);
    const writer = app.app.get(NotificationsWriter, { strict: false });
    await app.app
      .get(Transactions)
      .run((manager) => writer.end(manager, of, 'verdict_revised', 'reread-90'));
    expect(await kinds('raised')).toEqual(['verdict_revised', 'verdict_revised ended']);
    await raise(of, {});
    expect(await kinds('raised')).toHaveLength(3);
  });

  it('come in pages, the newest first, and can be narrowed', async () => {
    const of = await anExperiment('paged');
    for (const subject of ['a', 'b', 'c', 'd', 'e']) {
      await raise(of, { subject, severity: subject === 'c' ? 'urgent' : 'info' });
    }
    const seen: string[] = [];
    let cursor = '';
    do {
      const answer = await app.ok('get', `${PATH}?experiment=paged&limit=2${cursor}`);
      seen.push(...(answer.body.data as Shown[]).map(({ subject }) => subject));
      const next = answer.body.nextCursor as string | undefined;
      cursor = next === undefined ? '' : `&cursor=${next}`;
    } while (cursor !== '');
    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
    const narrowed = await feed('?experiment=paged&severity=urgent&kind=verdict_revised');
    expect(narrowed.map(({ subject }) => subject)).toEqual(['c']);
    expect(await feed('?experiment=paged&kind=srm')).toEqual([]);
    expect(await feed('?experiment=nobody-has-this')).toEqual([]);
  });

  it.each([
    ['a kind that is none', 'kind=gossip', 'validation-failed'],
    ['a severity that is none', 'severity=mild', 'validation-failed'],
    ['a switch that is none', 'unread=perhaps', 'validation-failed'],
    ['a page of nothing', 'limit=0', 'invalid-query'],
    ['a cursor of somebody else', 'cursor=abc', 'invalid-cursor'],
    ['what nobody knows', 'mood=good', 'validation-failed'],
  ])('refuse %s', async (_name, query, code) => {
    const answer = await app.send('get', `${PATH}?${query}`);
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });

  it('are read by each member for themselves, up to the one they have seen', async () => {
    const { secret } = await memberKey(app, 'Reader');
    const of = await anExperiment('reading');
    for (const subject of ['one', 'two', 'three']) await raise(of, { subject });
    const [newest, middle] = await feed('?experiment=reading', secret);
    const before = (await app.ok('get', PATH, undefined, secret)).body.unread as number;
    expect(before).toBeGreaterThanOrEqual(3);
    const read = await app.ok('post', `${PATH}/read`, { upTo: middle?.id }, secret);
    expect(read.body).toEqual({ unread: 1 });
    const unread = await feed('?unread=true', secret);
    expect(unread.map(({ id, read: isRead }) => [id, isRead])).toEqual([[newest?.id, false]]);
    const already = await feed('?experiment=reading&unread=false', secret);
    expect(already.map(({ subject, read: isRead }) => [subject, isRead])).toEqual([
      ['two', true],
      ['one', true],
    ]);
    expect((await feed('?experiment=reading')).every((one) => !one.read)).toBe(true);
    const again = await app.ok('post', `${PATH}/read`, { upTo: middle?.id }, secret);
    expect(again.body).toEqual({ unread: 1 });
  });

  it('are those of one’s own project, and so is what one has read', async () => {
    const of = await anExperiment('own');
    await raise(of, {});
    const [mine] = await feed('?experiment=own');
    const { secret } = await anotherProject(app, 'neighbours');
    const theirs = await app.ok('get', PATH, undefined, secret);
    expect(theirs.body).toEqual({ data: [], unread: 0 });
    for (const upTo of [mine?.id, NOBODY]) {
      const answer = await app.send('post', `${PATH}/read`, { upTo }, secret);
      expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    }
    const odd = await app.send('post', `${PATH}/read`, { upTo: 'yesterday' });
    expect([odd.status, odd.body.code]).toEqual([422, 'validation-failed']);
  });
});
