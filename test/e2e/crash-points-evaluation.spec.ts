import { type Crash, CRASHES } from '../support/crashes.js';
import { CrashWorld } from '../support/crash-world.js';
import { EventLedger } from '../support/event-ledger.js';
import { evaluatedExperiment } from '../support/evaluated-experiment.js';
import { isCommit, type ProxiedStatement, type Stage } from '../support/postgres-proxy.js';
import { ADMIN_KEY } from '../support/test-config.js';

const BATCH = 50;
const BEFORE = 4;
const DAY_MS = 86_400_000;
const TIMEOUT_MS = 20_000;

const isWriting = ({ text }: ProxiedStatement): boolean =>
  /\binsert into evaluation_unit\b/i.test(text);
/** The COMMIT of what brings accumulators up to date, not the one that stores a result. */
const isCommitOfState = ({ text, earlier }: ProxiedStatement): boolean =>
  isCommit(text) && earlier.some((before) => isWriting({ text: before, earlier: [] }));

interface Point {
  stage: Stage;
  of: (statement: ProxiedStatement) => boolean;
  /** Whether accumulators are there and are brought up to date, or are made anew. */
  work: 'refresh' | 'build';
}

const POINTS: Readonly<Record<string, Point>> = {
  'before units are brought up to date': { stage: 'asked', of: isWriting, work: 'refresh' },
  'when units were brought up to date': { stage: 'answered', of: isWriting, work: 'refresh' },
  'before COMMIT of a refresh': { stage: 'asked', of: isCommitOfState, work: 'refresh' },
  'when COMMIT of a refresh was answered': {
    stage: 'answered',
    of: isCommitOfState,
    work: 'refresh',
  },
  'when units were counted for the first time': { stage: 'answered', of: isWriting, work: 'build' },
};

const KILLS = {
  'kill -9 of the service': CRASHES['kill -9 of the service'],
  'kill -9 of its server process': CRASHES['kill -9 of its server process'],
  'kill -9 of the database': CRASHES['kill -9 of the database'],
  'the connection cut': CRASHES['the connection cut'],
};

const CASES = Object.entries(POINTS).flatMap(([at, point]) =>
  Object.entries<Crash>(KILLS).map(([what, crash]) => ({ what, at, point, crash })),
);

interface Evaluated {
  units: { variant: string; n: number }[];
  metrics: { key: string; arms: { n: number; mean: number }[] }[];
}

describe('whatever ends in the middle of an evaluation', () => {
  let world: CrashWorld;
  let ledger: EventLedger;
  let experiment: string;
  let variants: readonly string[];

  beforeAll(async () => {
    world = await CrashWorld.start();
    // Long enough ago for all units to have matured.
    const launchedAt = new Date(Date.now() - 60 * DAY_MS);
    const created = await evaluatedExperiment(world, { launchedAt: launchedAt.toISOString() });
    experiment = created.key;
    variants = created.plan.variants.map(({ key }) => key);
    ledger = new EventLedger(ADMIN_KEY, {
      experiment,
      variants,
      at: new Date(launchedAt.getTime() + DAY_MS),
    });
    for (let batch = 0; batch < BEFORE; batch += 1) await sendMore();
  }, TIMEOUT_MS);
  afterAll(() => world.close(), TIMEOUT_MS);

  it.each(CASES)(
    '$what $at: the next evaluation is that of the ledger, and equal to a rebuild',
    async ({ point, crash }) => {
      await evaluate();
      await sendMore();
      if (point.work === 'build') await forgetState();

      const caught = world.proxy.hold(point.stage, point.of);
      const asked = post();
      const held = await Promise.race([caught, asked.then(wasNotCaught)]);
      await crash.strike(world, held, new AbortController());
      const answer = await asked;
      if (crash.isAnswered) expect(answer).toMatchObject({ status: 503 });
      else expect(answer).toBeNull();
      await world.recover();

      const next = await evaluate();
      expectLedger(next);
      const moments = await lastMoments();
      await forgetState();
      expect(await evaluate()).toMatchObject({ units: next.units, metrics: next.metrics });
      expect(await lastMoments()).toEqual(moments);
    },
    TIMEOUT_MS,
  );

  it(
    'kill -9 of the database empties the accumulators, and the same evaluation comes out again',
    async () => {
      await evaluate();
      const moments = await lastMoments();
      expect(await states()).toBe(1);
      await world.killDatabase();
      await world.recover();
      expect(await states()).toBe(0);
      expectLedger(await evaluate());
      expect(await lastMoments()).toEqual(moments);
      expect(await states()).toBe(1);
    },
    TIMEOUT_MS,
  );

  async function sendMore(): Promise<void> {
    const answer = await ledger.settle(() => world.service, ledger.nextBatch(BATCH));
    expect(new Set(answer.results.map(({ status }) => status))).toEqual(new Set(['accepted']));
  }

  async function post(): Promise<{ status: number; body: Evaluated } | null> {
    try {
      const response = await fetch(
        `${world.service.url}/v1/experiments/${experiment}/evaluations`,
        {
          method: 'POST',
          headers: { authorization: `Bearer ${ADMIN_KEY}` },
        },
      );
      return { status: response.status, body: (await response.json()) as Evaluated };
    } catch {
      return null;
    }
  }

  async function evaluate(): Promise<Evaluated> {
    const answer = await post();
    expect(answer).toMatchObject({ status: 201 });
    return answer?.body as Evaluated;
  }

  /** Each visitor of the ledger in its arm, and all of their money. */
  function expectLedger({ units, metrics }: Evaluated): void {
    const sent = [...ledger.sent.values()];
    const met = variants.map((variant) => ({
      variant,
      n: sent.filter((event) => event['variant'] === variant).length,
    }));
    expect(units).toMatchObject(met);
    const arms = metrics.find(({ key }) => key === 'profit')?.arms ?? [];
    const cents = arms.reduce((sum, { n, mean }) => sum + n * mean * 100, 0);
    expect(cents).toBeCloseTo(ledger.money(), 6);
  }

  /** What the newest evaluation was computed from, but for the instant and the cut-off. */
  async function lastMoments(): Promise<unknown> {
    const rows = await world.sql<{ moments: unknown }>(
      `SELECT evaluation.moments - 'asOf' - 'cutoff' AS moments FROM evaluation
       ORDER BY evaluation.as_of DESC LIMIT 1`,
    );
    expect(rows).toHaveLength(1);
    return rows[0]?.moments;
  }

  async function forgetState(): Promise<void> {
    await world.sql(
      'TRUNCATE evaluation_state, evaluation_unit, evaluation_occurrence, evaluation_moment',
    );
  }

  async function states(): Promise<number> {
    const [row] = await world.sql<{ states: number }>(
      'SELECT count(*)::int AS states FROM evaluation_state',
    );
    return row?.states ?? 0;
  }
});

function wasNotCaught(answer: unknown): never {
  throw new Error(`answered without passing the point: ${JSON.stringify(answer)}`);
}
