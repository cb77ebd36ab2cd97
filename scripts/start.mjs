// `npm start`: builds when the sources have changed, then becomes the service: same process, so that
// signals and exit codes are the service's own. The npm script says `exec`: without it a signal to npm ends
// the shell between them and leaves the service running.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ROOT } from './build-state.mjs';

if (!(await ensureBuilt('dist'))) {
  console.error('The build failed; nothing was started.');
  process.exit(1);
}
await import(pathToFileURL(join(ROOT, 'dist', 'src', 'main.js')).href);
