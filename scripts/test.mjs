// `npm test [-- --project NAME ...] [-- jest's own options]`: compiles with the Swagger plugin, runs
// Jest on the output, and ends with one line: `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ROOT } from './build-state.mjs';

/** Needs the service as it is shipped, beside the tests' own build. */
const NEEDS_DIST = new Set(['e2e']);
const PROJECTS = ['unit', 'calibration', 'contract', 'integration', 'e2e'];

function readArguments(given) {
  const projects = [];
  const rest = [];
  for (let at = 0; at < given.length; at += 1) {
    const [name, inline] = given[at].split('=', 2);
    if (name !== '--project') {
      rest.push(given[at]);
      continue;
    }
    const value = inline ?? given[(at += 1)];
    if (!PROJECTS.includes(value)) {
      console.error(`--project is one of ${PROJECTS.join(', ')}`);
      process.exit(2);
    }
    projects.push(value);
  }
  return { projects: projects.length > 0 ? projects : PROJECTS, rest };
}

function finish({ passed = 0, failed = 0, skipped = 0 }) {
  const line = [`${passed} passed`, `${failed} failed`];
  if (skipped > 0) line.push(`${skipped} skipped`);
  // Jest reports on stderr; the closing line comes after all of it.
  console.log(line.join(', '));
  process.exitCode = failed > 0 ? 1 : 0;
}

const { projects, rest } = readArguments(process.argv.slice(2));
const built =
  (await ensureBuilt('dist-test')) &&
  (!projects.some((name) => NEEDS_DIST.has(name)) || (await ensureBuilt('dist')));
if (!built) {
  console.error('The build failed, no test was run.');
  finish({ failed: 1 });
} else {
  finish(runJest());
}

function runJest() {
  // Whatever tests leave behind goes with it. A database that root starts runs as somebody else.
  const folder = mkdtempSync(join(tmpdir(), 'becausal-jest-'));
  chmodSync(folder, 0o755);
  const report = join(folder, 'report.json');
  try {
    const { status } = spawnSync(
      process.execPath,
      [
        join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
        '--maxWorkers=2',
        // A test may start several applications, on a machine that does other things too.
        '--testTimeout=30000',
        '--passWithNoTests',
        '--json',
        `--outputFile=${report}`,
        '--selectProjects',
        ...projects,
        ...rest,
      ],
      {
        cwd: ROOT,
        stdio: ['ignore', process.stderr, process.stderr],
        env: {
          ...process.env,
          TMPDIR: folder,
          // Jest loads ES modules only with this on Node 20.
          NODE_OPTIONS: [
            process.env.NODE_OPTIONS,
            '--experimental-vm-modules',
            '--disable-warning=ExperimentalWarning',
          ]
            .filter(Boolean)
            .join(' '),
        },
      },
    );
    return countsOf(report, status);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A spec file that could not even be loaded, or a run that broke, is a failure like any other. */
function countsOf(report, status) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { failed: 1 };
  }
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}
