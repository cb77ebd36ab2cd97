import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 25;

/**
 * Asks until the answer is the one wanted, and answers it; after the limit, the last one.
 * @param limitMs What is promised of a change: every replica serves it within 5 s.
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  limitMs = 5_000,
): Promise<T> {
  const until = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer) || performance.now() > until) return answer;
    await sleep(PAUSE_MS);
  }
}
