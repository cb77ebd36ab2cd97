import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { hasChromium, startChromium } from '../support/chromium.js';
import { type ServiceProcess, startedService } from '../support/service-process.js';

const TIMEOUT_MS = 120_000;

/**
 * The operations that the page draws while it is scrolled to its end, or until one that is looked
 * for is drawn: a long list is drawn only where it is looked at.
 */
async function drawn(page: Page, until?: string): Promise<string[]> {
  const found = new Set<string>();
  for (;;) {
    const some = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.opblock-summary')].map((summary) =>
        summary.querySelector('.opblock-summary-method').textContent + ' ' +
        summary.querySelector('[data-path]').dataset.path)`,
    );
    for (const operation of some) found.add(operation);
    if (until !== undefined && (await page.locator(until).count()) > 0) return [...found];
    // Two frames: one to scroll, one to draw.
    const isEnd = await page.evaluate<boolean>(
      `new Promise((done) => {
        const before = window.scrollY;
        window.scrollBy(0, 600);
        requestAnimationFrame(() => requestAnimationFrame(() => done(window.scrollY === before)));
      })`,
    );
    if (isEnd) return [...found];
  }
}

describe('the API in words, in a browser', () => {
  if (!hasChromium) {
    it.skip('skipped: no system Chromium', () => undefined);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'becausal-docs-'));
  let service: ServiceProcess;
  let browser: BrowserContext;

  beforeAll(async () => {
    service = await startedService({ BECAUSAL_DATA_DIR: join(folder, 'data') });
    browser = await startChromium(join(folder, 'profile'));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await browser.close();
    await service.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'shows every operation, and the page breaks none of its own rules',
    async () => {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
      const answer = await page.goto(`${service.url}/docs`);
      expect(answer?.headers()['content-security-policy']).toContain("script-src 'self'");
      await page.waitForSelector('.opblock-summary');
      const { paths } = (await (await fetch(`${service.url}/openapi.json`)).json()) as {
        paths: Record<string, object>;
      };
      const operations = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      expect(operations.length).toBeGreaterThan(40);
      expect((await drawn(page)).toSorted()).toEqual(operations.toSorted());

      await page.evaluate('window.scrollTo(0, 0)');
      const brief = '[data-path="/v1/experiments/{key}/brief"]';
      await drawn(page, brief);
      await page.locator(brief).first().click();
      await page.waitForSelector('.opblock-body');
      expect(await page.locator('.opblock-body').first().innerText()).toContain(
        'application/problem+json',
      );
      expect(complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
