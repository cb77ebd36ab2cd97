import type { FastifyInstance, FastifyRequest } from 'fastify';
import { routePattern } from './route-pattern.js';

/** Marks a route that pages of any origin call. */
export interface BrowserConfig {
  browser?: boolean;
}

/** For `@RouteConfig`, and for the `config` of a route that is registered on Fastify itself. */
export const BROWSER: Readonly<BrowserConfig> = { browser: true };

/** What a page may read of an answer besides its body: what it sends back, and when to ask again. */
const EXPOSED = 'etag, retry-after';
/**
 * What clients in pages send. A preflight names them, and each has to be allowed by name; the last
 * comes with every event of RudderStack's client for browsers.
 */
const ALLOWED = 'content-type, authorization, x-api-key, if-none-match, anonymousid';
/** How long a browser remembers a preflight; two hours is the most that Chromium does. */
const REMEMBERED_SECONDS = 7_200;

/** The headers of every answer of a marked route; for answers that bypass Fastify's reply too. */
export const BROWSER_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': EXPOSED,
};

/**
 * Lets pages of any origin call the routes that are marked `browser`, and read what they answer,
 * errors included: a page must see a 429 to wait. Nothing else in the service has these headers.
 *
 * Any origin, because the only credential is the public key, which stands in the page for everybody
 * to read. There are no cookies, and `*` makes browsers send none, so a foreign page can do nothing
 * that its author could not do without the visitor. The headers do not depend on the origin, so an
 * answer that a cache shares is right for every page.
 *
 * A preflight of a marked route is answered here, before anybody asks for a key: it carries none.
 * OPTIONS is otherwise a method like any other that a route does not have.
 *
 * Source: the Fetch standard, section 3.2 (CORS protocol).
 */
export function answerBrowsers(fastify: FastifyInstance): void {
  const routes: { pattern: RegExp; methods: readonly string[] }[] = [];
  fastify.addHook('onRoute', ({ url, method, config }) => {
    if (!isForBrowsers(config)) return;
    routes.push({ pattern: routePattern(url), methods: [method].flat() });
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isForBrowsers(request.routeOptions.config)) {
      void reply.headers(BROWSER_HEADERS);
    } else if (isPreflight(request)) {
      const path = request.url.split('?', 1)[0] ?? '';
      const methods = routes
        .filter(({ pattern }) => pattern.test(path))
        .flatMap((route) => route.methods);
      if (methods.length > 0) {
        void reply
          .status(204)
          .headers({
            ...BROWSER_HEADERS,
            'access-control-allow-methods': [...new Set(methods)].toSorted().join(', '),
            'access-control-allow-headers': ALLOWED,
            'access-control-max-age': REMEMBERED_SECONDS,
          })
          .send();
        return;
      }
    }
    done();
  });
}

function isForBrowsers(config: unknown): boolean {
  return (config as BrowserConfig | undefined)?.browser === true;
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}
