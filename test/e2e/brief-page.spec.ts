import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { BRIEF_CONTENT_POLICY, briefHtml } from '../../src/domain/brief/html.js';
import { hasChromium, startChromium } from '../support/chromium.js';
import { wholeBrief } from '../support/whole-brief.js';

const TIMEOUT_MS = 60_000;
/** WCAG 2.2, success criterion 1.4.3. */
const CONTRAST_MIN = 4.5;

/** For every piece of text: its contrast with what is painted behind it (WCAG 2.2, relative luminance). */
const CONTRASTS = `(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).slice(0, 3).map((one) => {
      const share = one / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      const [, , , alpha = 1] = parts(colour);
      if (alpha > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    const element = walker.currentNode.parentElement;
    if (text === '') continue;
    const style = getComputedStyle(element);
    const ink = element.closest('svg') === null ? style.color : style.fill;
    const [one, other] = [light(ink), light(behind(element))].sort((a, b) => b - a);
    found.push({ text, contrast: (one + 0.05) / (other + 0.05) });
  }
  return found;
})()`;

describe('the brief in a browser', () => {
  if (!hasChromium) {
    it.skip('skipped: no system Chromium', () => undefined);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'becausal-brief-'));
  const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  let browser: BrowserContext;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    const page = briefHtml(wholeBrief((words) => `${words} ${hostile}`));
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader('content-security-policy', BRIEF_CONTENT_POLICY);
      response.end(page);
    });
    await new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await startChromium(folder);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const opened = async (): Promise<{ page: Page; heard: string[]; asked: string[] }> => {
    const page = await browser.newPage();
    const [heard, asked]: [string[], string[]] = [[], []];
    page.on('console', (message) => heard.push(message.text()));
    page.on('pageerror', (error) => heard.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    return { page, heard, asked };
  };

  it(
    'asks for nothing else, says nothing to the console, and runs no text',
    async () => {
      const { page, heard, asked } = await opened();
      expect(heard).toEqual([]);
      // A browser asks for the icon of a site by itself; the policy forbids it.
      expect(asked.filter((one) => !one.endsWith('/favicon.ico'))).toEqual([url]);
      expect(await page.title()).toContain('A mail with what is new');
      expect(await page.locator('script, img, iframe, link').count()).toBe(0);
      expect(await page.locator('blockquote').first().innerText()).toContain(hostile);
    },
    TIMEOUT_MS,
  );

  it(
    'has headings in order, names for its parts, and fits a phone',
    async () => {
      const { page } = await opened();
      const levels = await page
        .locator('h1, h2, h3')
        .evaluateAll((all) => all.map((one) => Number(one.tagName.slice(1))));
      expect(levels[0]).toBe(1);
      expect(levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1)).toEqual([]);
      expect(await page.getByRole('region').count()).toBe(await page.locator('section').count());
      expect(await page.getByRole('img').count()).toBe(2);
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    },
    TIMEOUT_MS,
  );

  it.each(['light', 'dark'] as const)(
    'can be read: contrast in %s',
    async (colorScheme) => {
      const { page } = await opened();
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate<{ text: string; contrast: number }[]>(CONTRASTS);
      expect(found.length).toBeGreaterThan(100);
      expect(found.filter(({ contrast }) => contrast < CONTRAST_MIN)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
