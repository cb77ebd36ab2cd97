import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where a command sends its requests: the service that was named, or the one that runs here, with
 * the key that it printed when it started.
 * @param {{ url?: string, key?: string }} given
 * @returns {{ url: string, key: string | undefined }}
 */
export function givenService({ url, key }) {
  return {
    url: (url ?? `http://127.0.0.1:${process.env.PORT ?? '3000'}`).replace(/\/$/, ''),
    key: key ?? keyOfThisService(),
  };
}

function keyOfThisService() {
  const kept = join(process.env.BECAUSAL_DATA_DIR ?? '.becausal', 'admin.key');
  return (
    process.env.BECAUSAL_ADMIN_KEY ??
    (existsSync(kept) ? readFileSync(kept, 'utf8').trim() : undefined)
  );
}
