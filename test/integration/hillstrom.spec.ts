import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as ApiModule from '../../scripts/lib/api.mjs';
import type * as RowsModule from '../../scripts/lib/hillstrom.mjs';
import type * as ImportModule from '../../scripts/lib/hillstrom-import.mjs';
import { describeWith, sharedFile } from '../support/shared-data.js';
import { REPOSITORY } from '../support/source-files.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

/** The importer itself is what is tested, as it stands beside the compiled tests. */
const script = async <T>(name: string): Promise<T> =>
  (await import(pathToFileURL(join(REPOSITORY, 'scripts', 'lib', name)).href)) as T;

const TIMEOUT_MS = 240_000;
const NUMBERS = 92;
const EVENTS = 74_550;

describeWith(
  sharedFile('experiments', 'hillstrom.csv.gz'),
  'a real e-mail test with 64,000 customers, over HTTP',
  (file) => {
    const published: unknown = JSON.parse(
      readFileSync(sharedFile('experiments', 'hillstrom-expected.json') ?? '', 'utf8'),
    );
    let app: TestApp;

    beforeAll(async () => {
      app = await startTestApp();
    });
    afterAll(() => app.close());

    it(
      'gives every published number, and the same file twice changes nothing',
      async () => {
        const { createApi } = await script<typeof ApiModule>('api.mjs');
        const { comparePublished, readRows } = await script<typeof RowsModule>('hillstrom.mjs');
        const { evaluate, playRows, prepareExperiment, resendRows, resultOf } =
          await script<typeof ImportModule>('hillstrom-import.mjs');
        const api = createApi({ url: await app.app.getUrl(), key: ADMIN_KEY });
        const rows = readRows(readFileSync(file));
        expect(rows).toHaveLength(64_000);

        await prepareExperiment(api);
        expect(await playRows(api, rows)).toEqual({ accepted: EVENTS, duplicate: 0 });
        const first = await evaluate(api);
        const compared = comparePublished(first, published);
        expect(compared).toHaveLength(NUMBERS);
        expect(compared.filter(({ agrees }) => !agrees)).toEqual([]);
        expect(first).toMatchObject({
          plannedLook: 1,
          verdict: { profitCoverage: 'partial' },
          health: { crossovers: 0, lateEvents: 0, outsideCohort: 0 },
        });

        expect(await resendRows(api, rows)).toEqual({ accepted: 0, duplicate: EVENTS });
        expect(resultOf(await evaluate(api))).toEqual(resultOf(first));
      },
      TIMEOUT_MS,
    );
  },
);
