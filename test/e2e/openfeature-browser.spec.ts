import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { hasChromium, startChromium } from '../support/chromium.js';
import { ClientStory } from '../support/client-story.js';
import { eventually } from '../support/eventually.js';
import { serveShop } from '../support/shop-page.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const TIMEOUT_MS = 60_000;
/** A change reaches the service within 5 s, and the page right after. */
const CHANGE_MS = 20_000;

describe('a page of another origin, in a browser', () => {
  if (!hasChromium) {
    it.skip('skipped: no system Chromium', () => undefined);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'becausal-shop-'));
  let it_: TestApp;
  let story: ClientStory;
  let browser: BrowserContext;
  let shop: { url: string; server: Server };
  let service: string;
  /** Visitors in the variant `short`, one for each test. */
  let visitors: string[];

  beforeAll(async () => {
    it_ = await startTestApp();
    story = await ClientStory.begin(it_);
    service = await it_.app.getUrl();
    shop = await serveShop();
    browser = await startChromium(folder);
    visitors = Array.from({ length: 100 }, (_, n) => `visitor-${n}`).filter(
      (unit) => story.assigned(unit) === 'short',
    );
  }, TIMEOUT_MS);
  afterAll(async () => {
    await browser.close();
    shop.server.close();
    await it_.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const exposuresOf = async (visitor: string): Promise<string[]> =>
    (await story.storedExposures()).filter((exposure) => exposure.startsWith(`${visitor} `));
  const load = async (page: Page): Promise<void> => {
    await page.goto(shop.url);
    await page.waitForFunction('window.shop !== undefined');
  };
  const open = async (page: Page, visitor: string): Promise<void> => {
    const options = { url: service, key: story.publicKey, visitor };
    await page.evaluate(`shop.open(${JSON.stringify(options)})`);
  };
  const opened = async (visitor: string): Promise<Page> => {
    const page = await browser.newPage();
    await load(page);
    await open(page, visitor);
    return page;
  };
  const checkout = (page: Page) => page.evaluate<[string, string]>('shop.checkout()');

  it(
    'E28: has its variants at the start without an exposure; asking for one is one, once',
    async () => {
      const [visitor = ''] = visitors;
      const page = await opened(visitor);
      await page.evaluate('shop.flush()');
      expect(await story.storedExposures()).toEqual([]);
      expect(await checkout(page)).toEqual(['short', 'SPLIT']);
      expect(await checkout(page)).toEqual(['short', 'SPLIT']);
      await page.evaluate(`shop.client.track('clicks', { value: 3 })`);
      await page.evaluate('shop.flush()');
      expect(await exposuresOf(visitor)).toEqual([`${visitor} short`]);
      const events = await it_.sql(
        `SELECT event.unit_id AS unit, event.name, event.value, event.source FROM event
         WHERE event.type = 'event'`,
      );
      expect(events).toEqual([{ unit: visitor, name: 'clicks', value: 3, source: 'browser' }]);
      expect(await page.evaluate('shop.losses')).toEqual([]);
      await page.close();
    },
    TIMEOUT_MS,
  );

  it(
    'what happened last arrives although the page is gone',
    async () => {
      const visitor = visitors[1] ?? '';
      const page = await opened(visitor);
      await checkout(page);
      await page.goto('about:blank');
      const arrived = await eventually(
        () => exposuresOf(visitor),
        (exposures) => exposures.length > 0,
      );
      expect(arrived).toEqual([`${visitor} short`]);
      await page.close();
    },
    TIMEOUT_MS,
  );

  it(
    'hears by the stream that the test was paused, and shows the control without being loaded again',
    async () => {
      const page = await opened(visitors[2] ?? '');
      expect(await checkout(page)).toEqual(['short', 'SPLIT']);
      const setStatus = (status: string) =>
        it_.sql(`UPDATE experiment SET status = $1 WHERE key = 'checkout'`, [status]);
      await setStatus('paused');
      const paused = await eventually(
        () => checkout(page),
        ([value]) => value === 'control',
        CHANGE_MS,
      );
      expect(paused).toEqual(['control', 'DISABLED']);
      await setStatus('running');
      const resumed = await eventually(
        () => checkout(page),
        ([value]) => value === 'short',
        CHANGE_MS,
      );
      expect(resumed).toEqual(['short', 'SPLIT']);
      await page.close();
    },
    TIMEOUT_MS,
  );

  it(
    'E26: that cannot reach the service shows what it knew, and that counts when it is shown',
    async () => {
      const visitor = visitors[3] ?? '';
      const page = await opened(visitor);
      await page.evaluate('shop.flush()');
      expect(await exposuresOf(visitor)).toEqual([]);
      await page.route('**/ofrep/**', (route) => route.abort());
      await load(page);
      await open(page, visitor);
      expect(await checkout(page)).toEqual(['short', 'CACHED']);
      await page.evaluate('shop.flush()');
      expect(await exposuresOf(visitor)).toEqual([`${visitor} short`]);
      await page.close();
    },
    TIMEOUT_MS,
  );

  it(
    'reads why it was refused, may move no money, and reads nothing else of the service',
    async () => {
      const page = await browser.newPage();
      await load(page);
      const call = (path: string, key: string, body?: object) =>
        page.evaluate<unknown>(
          `fetch(${JSON.stringify(service + path)}, {
            method: ${body === undefined ? "'GET'" : "'POST'"},
            headers: { authorization: 'Bearer ${key}', 'content-type': 'application/json' },
            ${body === undefined ? '' : `body: ${JSON.stringify(JSON.stringify(body))},`}
          }).then(async (answer) => [answer.status, await answer.json()], (error) => error.name)`,
        );
      const sale = {
        id: 'sale-1',
        type: 'money',
        unit: { kind: 'visitor', id: 'v-1' },
        occurredAt: '2026-01-01T00:00:00Z',
        name: 'revenue',
        amountMinor: 100,
        currency: 'USD',
      };
      expect(await call('/v1/events', story.publicKey, { events: [sale] })).toMatchObject([
        200,
        { results: [{ status: 'rejected', code: 'money-not-allowed' }] },
      ]);
      expect(await call('/v1/events', 'pk_wrong', { events: [sale] })).toMatchObject([
        401,
        { code: 'unauthenticated' },
      ]);
      expect(await call('/v1/experiments', story.publicKey)).toBe('TypeError');
      await page.close();
    },
    TIMEOUT_MS,
  );
});
