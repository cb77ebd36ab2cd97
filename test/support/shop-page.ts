import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { REPOSITORY } from './source-files.js';

const PACKAGES = join(REPOSITORY, 'node_modules', '@openfeature');
/** Compiled with the tests: what a page would load of the package. */
const OWN = resolve(import.meta.dirname, '..', '..', 'packages', 'openfeature-exposures', 'src');

/** Modules of the page: the browser resolves their imports, nothing is bundled. */
const MODULES: Readonly<Record<string, string>> = {
  '@openfeature/core': join(PACKAGES, 'core', 'dist', 'esm', 'index.js'),
  '@openfeature/web-sdk': join(PACKAGES, 'web-sdk', 'dist', 'esm', 'index.js'),
  '@openfeature/ofrep-web-provider': join(PACKAGES, 'ofrep-web-provider', 'index.esm.js'),
  '@openfeature/ofrep-core': join(
    PACKAGES,
    'ofrep-web-provider',
    'node_modules',
    '@openfeature',
    'ofrep-core',
    'index.esm.js',
  ),
};

const IMPORTS = {
  ...Object.fromEntries(Object.keys(MODULES).map((name) => [name, `/modules/${name}`])),
  '@becausal/openfeature': '/own/openfeature.js',
};

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A shop</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>
<script type="module">
  import { exposureHook, ExposureSender, trackingProvider } from '@becausal/openfeature';
  import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
  import { OpenFeature } from '@openfeature/web-sdk';

  const losses = [];
  const client = OpenFeature.getClient();
  let sender;
  window.shop = {
    losses,
    client,
    open: async ({ url, key, visitor }) => {
      sender = new ExposureSender({ url, key, unit: 'visitor', onLoss: (loss) => losses.push(loss) });
      const headers = [['Authorization', 'Bearer ' + key]];
      const provider = new OFREPWebProvider({ baseUrl: url, headers });
      client.addHooks(exposureHook(sender));
      await OpenFeature.setContext({ targetingKey: visitor });
      await OpenFeature.setProviderAndWait(trackingProvider(provider, sender));
    },
    flush: () => sender.flush(),
    checkout: () => {
      const { value, reason } = client.getStringDetails('checkout', '');
      return [value, reason];
    },
  };
</script></head><body><h1>A shop</h1></body></html>`;

/** A shop of somebody else: its own origin, with OpenFeature and our package in the page. */
export async function serveShop(): Promise<{ url: string; server: Server }> {
  const server = createServer(({ url = '/' }, response) => {
    const [, folder, ...rest] = url.split('/');
    const name = rest.join('/');
    const file = folder === 'own' ? join(OWN, name) : MODULES[name];
    if (url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
    } else if (file === undefined) {
      response.writeHead(404).end();
    } else {
      const code = readFileSync(file, 'utf8').replaceAll(/^\/\/# sourceMappingURL=.*$/gm, '');
      response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(code);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // Another name of the same machine is another origin.
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, server };
}
