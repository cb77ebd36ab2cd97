import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from '../support/source-files.js';

/** Two minutes alone on two cores; other tests run beside it. */
const TIMEOUT_MS = 400_000;

describe('npm run demo -- --exit', () => {
  it(
    'plays the story to one profit_win and one proxy_trap, as planted',
    async () => {
      const { code, printed } = await run(['--exit', '--port', '0']);
      expect({ code, printed }).toMatchObject({ code: 0 });
      expect(printed.match(/^ {3}total-first: profit_win$/gm)).toHaveLength(1);
      expect(printed.match(/^ {3}one-click-add-on: proxy_trap$/gm)).toHaveLength(1);
      for (const told of [
        'HTTP 422 gate-refused: the create gate (standard) says no.',
        'TOO_FEW_ASKED: Visitor J was asked the same and did not mention the total.',
        'HTTP 422 gate-refused: the launch gate (standard) says no.',
        'IMPACT_UNACKNOWLEDGED: the impact on support is acknowledged',
        'NO_SECOND_READER: the second reader (invented) read 5 passages blind',
        'HTTP 422 gate-refused: the decide gate (standard) says no.',
        'proxy_win_pending_profit',
        '# Show the total first',
        '# Add-on with one click',
        'Where to look',
      ]) {
        expect(printed).toContain(told);
      }
      // Every interval covers what was planted.
      expect(printed.match(/ yes$/gm)).toHaveLength(6);
      expect(printed).not.toMatch(/ NO$/m);
    },
    TIMEOUT_MS,
  );
});

async function run(args: readonly string[]): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'scripts', 'demo.mjs'), ...args], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  const code = await new Promise<number | null>((done) =>
    child.once('exit', (ended) => done(ended)),
  );
  return { code, printed };
}
