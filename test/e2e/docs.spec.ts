import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { hasChromium, startChromium } from '../support/chromium.js';
import { type ServiceProcess, startedService } from '../support/service-process.js';

const TIMEOUT_MS = 120_000;

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
      const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
      expect(operations.length).toBeGreaterThan(40);
      expect(await page.locator('.opblock-summary').count()).toBe(operations.length);

      await page.locator('[data-path="/v1/experiments/{key}/brief"]').first().click();
      await page.waitForSelector('.opblock-body');
      expect(await page.locator('.opblock-body').first().innerText()).toContain(
        'application/problem+json',
      );
      expect(complaints).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
