import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 25;

/**
 * Asks until the answer is the one wanted, and answers it; after the limit, the last one.
 * @param limitMs Three times the 5 s in which a change reaches every replica: the machine of a test
 *   does other things too, and a change that does not come at all is what is looked for.
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  limitMs = 15_000,
): Promise<T> {
  const until = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer) || performance.now() > until) return answer;
    await sleep(PAUSE_MS);
  }
}
