import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  askForTwo,
  racingBody,
  racingEvidence,
  type RacingEvidence,
  seededRandom,
  STRIKES,
} from '../support/races.js';
import { declareMetrics } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ROUNDS = 500;
/** Teams at work at once, each on evidence of its own. */
const LANES = 6;
/** How much earlier or later than the launch the evidence is taken back, at most, in usual launches. */
const APART = 1.2;
const SEED = 20_260_302;
const TIMEOUT_MS = 240_000;

interface Round {
  kind: string;
  launched: boolean;
  /** Both were on their way at the same moment. */
  overlapped: boolean;
}

/**
 * The audit chain is written under one lock that is held until the commit, so the order of its entries
 * is the order of the commits. A launch that passed therefore stands before whatever would have
 * forbidden it; one that stands behind it passed a gate that had not looked.
 */
describe('launches against what takes their evidence back', () => {
  let replicas: [TestApp, TestApp];

  beforeAll(async () => {
    const first = await startTestApp();
    replicas = [first, await startTestApp({}, first.databaseUrl)];
    await askForTwo(first);
    await declareMetrics(first);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await replicas[1].close();
    await replicas[0].close();
  });

  /** What the database says in the end, in the order of the commits. */
  const ends = async (key: string, action: string, objectId: string) => {
    const [row] = await replicas[0].sql<{
      status: string;
      launch_seq: number | null;
      strike_seq: number | null;
      outcome: string;
      struck_after: boolean | null;
    }>(
      `SELECT experiment.status, launch.seq::int AS launch_seq, strike.seq::int AS strike_seq,
         gate.outcome, coalesce(consent.withdrawn_at, participant.erased_at) > gate.decided_at
           AS struck_after
       FROM experiment
       CROSS JOIN LATERAL (SELECT gate_decision.outcome, gate_decision.decided_at
         FROM gate_decision WHERE gate_decision.project_id = experiment.project_id
           AND gate_decision.subject_key = experiment.key AND gate_decision.gate = 'launch'
         ORDER BY gate_decision.decided_at DESC, gate_decision.id DESC LIMIT 1) AS gate
       LEFT JOIN audit_entry AS launch ON launch.action = 'experiment.launch'
         AND launch.object_id = experiment.id::text
       LEFT JOIN LATERAL (SELECT max(audit_entry.seq) AS seq FROM audit_entry
         WHERE audit_entry.action = $2 AND audit_entry.object_id = $3) AS strike ON true
       LEFT JOIN consent ON consent.id::text = $3
       LEFT JOIN participant ON participant.id::text = $3
       WHERE experiment.key = $1`,
      [key, action, objectId],
    );
    if (row === undefined) throw new Error(`${key} is not there`);
    return row;
  };

  it(
    'P16: in 500 interleavings none runs that its gate forbade when it was committed',
    async () => {
      const random = seededRandom(SEED);
      // Evenly apart within each kind, so that each has both ends on any machine.
      const rounds = Object.entries(STRIKES)
        .flatMap(([kind, { share }]) => {
          const times = (share * ROUNDS) / 100;
          return Array.from({ length: times }, (_, at) => ({
            kind,
            apart: (((at + 0.5) / times) * 2 - 1) * APART,
            order: random(),
          }));
        })
        .toSorted((one, other) => one.order - other.order);
      expect(rounds).toHaveLength(ROUNDS);
      let usualMs = 100;
      const violations: string[] = [];
      const done: Round[] = [];

      const race = async (
        evidence: RacingEvidence,
        key: string,
        { kind, apart }: { kind: string; apart: number },
        [launching, striking]: readonly TestApp[],
      ) => {
        const strike = STRIKES[kind];
        if (strike === undefined || launching === undefined || striking === undefined) {
          throw new Error('a round has a kind and two replicas');
        }
        const timed = async <T>(waitMs: number, send: () => PromiseLike<T>) => {
          await sleep(Math.max(0, waitMs));
          const sentAt = performance.now();
          return { answer: await send(), sentAt, answeredAt: performance.now() };
        };
        const apartMs = apart * usualMs;
        const [launch, struck] = await Promise.all([
          timed(-apartMs, () => launching.send('post', `/v1/experiments/${key}/launch`)),
          timed(apartMs, () => strike.send(striking, evidence)),
        ]);
        usualMs = 0.9 * usualMs + 0.1 * (launch.answeredAt - launch.sentAt);
        const said = `${kind}, ${apartMs.toFixed(0)} ms apart, ${key}`;
        const require = (holds: boolean, what: string): void => {
          if (!holds) violations.push(`${said}: ${what}`);
        };
        const launched = launch.answer.status === 200;
        const unmet = (launch.answer.body.unmet ?? []) as { code: string }[];
        const codes = unmet.map(({ code }) => code);
        require(struck.answer.status < 300, `the other was answered ${struck.answer.status}`);
        require(launched ||
          (launch.answer.status === 422 &&
            codes.includes(
              strike.code,
            )), `answered ${launch.answer.status} ${launch.answer.body.code} ${codes.join()}`);
        const end = await ends(key, strike.action, strike.objectId(evidence, struck.answer));
        require(end.status === (launched ? 'running' : 'draft'), `it is ${end.status}`);
        require(end.outcome === (launched ? 'pass' : 'refused'), `its gate said ${end.outcome}`);
        if (launched) {
          const [launchSeq, strikeSeq] = [end.launch_seq, end.strike_seq];
          require(launchSeq !== null && strikeSeq !== null, 'the audit log does not know of both');
          require((launchSeq ?? 0) < (strikeSeq ?? 0), 'launched afterwards');
          require(end.struck_after !== false, 'launched with what was withdrawn before');
          require(struck.answeredAt > launch.sentAt, 'launched although it was answered before');
        } else {
          require(launch.answeredAt > struck.sentAt, 'refused for what was to come');
        }
        done.push({
          kind,
          launched,
          overlapped: struck.answeredAt > launch.sentAt && launch.answeredAt > struck.sentAt,
        });
        await strike.restore?.(replicas[0], evidence, struck.answer);
        return { launched, isSpent: strike.restore === null };
      };

      /** One team after the other draft; each takes the next round that nobody has run yet. */
      const work = async (lane: number): Promise<void> => {
        let drafts = 0;
        let heard = 0;
        let evidence: RacingEvidence | null = null;
        let key: string | null = null;
        for (let next = rounds.shift(); next !== undefined; next = rounds.shift()) {
          evidence ??= await racingEvidence(replicas[0], `Lane ${lane} study ${(heard += 1)}`);
          if (key === null) {
            key = `race-${lane}-${(drafts += 1)}`;
            await replicas[0].ok('post', '/v1/experiments', racingBody(key, evidence));
          }
          const sides = next.apart > 0 === lane % 2 > 0 ? replicas : replicas.toReversed();
          const { launched, isSpent } = await race(evidence, key, next, sides);
          if (launched || isSpent) key = null;
          if (isSpent) evidence = null;
        }
      };
      await Promise.all(Array.from({ length: LANES }, (_, lane) => work(lane)));

      expect(violations).toEqual([]);
      expect(done).toHaveLength(ROUNDS);
      // Without both ends of each kind, and real overlap, nothing was proved.
      for (const kind of Object.keys(STRIKES)) {
        const ofKind = done.filter((round) => round.kind === kind);
        const answers = new Set(ofKind.map(({ launched }) => launched));
        expect([kind, answers]).toEqual([kind, new Set([true, false])]);
      }
      expect(done.filter(({ overlapped }) => overlapped).length).toBeGreaterThan(ROUNDS / 4);
      const chain = await replicas[0].ok('get', '/v1/audit/verification');
      expect(chain.body.intact).toBe(true);
    },
    TIMEOUT_MS,
  );
});
