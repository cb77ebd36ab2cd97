import { randomBytes, randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import request from 'supertest';
import type { ServiceProcess } from './service-process.js';
import type { TestApp } from './test-app.js';

/** Words that stand nowhere else in the world, and a search for them wherever bytes are kept. */

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** log2(52^n) >= 128 from 23 letters on. */
const WORD_LETTERS = 24;
/** 2^-64 and less for a chance hit at one place. */
const MARKER_LETTERS = 12;
const MARKER_DIGITS = 16;

/**
 * The canaries of one test: each a random word between two copies of one random marker, so that a
 * single search finds all of them, cut off at either end too, and the middle tells which it is.
 */
export class Canaries {
  private readonly marker = letters(MARKER_LETTERS);
  private readonly number = digits(MARKER_DIGITS);
  private readonly channels = new Map<string, string>();

  /** A word for one way in; the same one for the same name. */
  word(channel: string): string {
    return this.known(channel, () => `${this.marker}${letters(WORD_LETTERS)}${this.marker}`);
  }

  /** The same for a telephone number. */
  phone(channel: string): string {
    return this.known(channel, () => `+${this.number}${digits(2)}`);
  }

  /** Which of them stand in these bytes, in any of the forms a program would write them in. */
  in(bytes: Buffer): string[] {
    const found = new Set<string>();
    for (const marker of [this.marker, this.number]) {
      for (const [form, needle] of formsOf(marker)) {
        let at = bytes.indexOf(needle);
        for (; at >= 0; at = bytes.indexOf(needle, at + needle.length)) {
          found.add(`${this.channelAt(bytes, at, needle.length)} as ${form}`);
        }
      }
    }
    return [...found].toSorted();
  }

  /** Which one it is: its own word stands beside the marker, before or after. */
  private channelAt(bytes: Buffer, at: number, size: number): string {
    // Four characters of base64 may belong to a neighbour.
    const before = bytes.subarray(Math.max(0, at - 2 * size - 4), at + 4);
    const after = bytes.subarray(Math.max(0, at - 4), at + 3 * size + 4);
    for (const [channel, word] of this.channels) {
      const isPhone = word.startsWith('+');
      const own = isPhone ? word.slice(1) : word.slice(MARKER_LETTERS, -MARKER_LETTERS);
      const forms = formsOf(own);
      if (forms.some(([, needle]) => before.includes(needle) || after.includes(needle))) {
        return channel;
      }
    }
    return 'a part of a canary';
  }

  private known(channel: string, make: () => string): string {
    const word = this.channels.get(channel) ?? make();
    this.channels.set(channel, word);
    return word;
  }
}

function letters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

function digits(count: number): string {
  return `${1 + randomInt(9)}${Array.from({ length: count - 1 }, () => randomInt(10)).join('')}`;
}

/** As text, in other cases, in UTF-16, in hexadecimal, in base64 wherever it begins, in a URL. */
function formsOf(text: string): (readonly [form: string, needle: Buffer])[] {
  const hex = Buffer.from(text).toString('hex');
  const forms: [string, string | Buffer][] = [
    ['text', text],
    ['lower case', text.toLowerCase()],
    ['upper case', text.toUpperCase()],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['hexadecimal', hex],
    ['hexadecimal', hex.toUpperCase()],
    ['URL-encoded', [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('')],
    ['backwards', [...text].reverse().join('')],
    ...[0, 1, 2].map((before): [string, string] => ['base64', base64Inside(text, before)]),
  ];
  // Digits have no cases: the same bytes are looked for once.
  const needles = new Map<string, readonly [string, Buffer]>();
  for (const [form, needle] of forms) {
    const bytes = Buffer.from(needle);
    const known = bytes.toString('latin1');
    if (!needles.has(known)) needles.set(known, [form, bytes]);
  }
  return [...needles.values()];
}

/** The characters of base64 that depend on the text alone when it begins after so many bytes. */
function base64Inside(text: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
  return whole.toString('base64').slice(Math.ceil((before * 8) / 6));
}

/** Where canaries stand in the files under a folder, by path. */
export function canariesInFiles(canaries: Canaries, folder: string): string[] {
  return filesUnder(folder).flatMap((path) => {
    const where = path.slice(folder.length + 1);
    return [...canaries.in(Buffer.from(where)), ...canaries.in(readFileSync(path))].map(
      (found) => `${where}: ${found}`,
    );
  });
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The embedded database of a running service, behind its back. */
export async function embeddedDatabase(dataDir: string): Promise<Client> {
  const port = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3];
  const password = readFileSync(join(dataDir, 'database.password'), 'utf8').trim();
  const client = new Client(`postgresql://becausal:${password}@127.0.0.1:${port}/postgres`);
  await client.connect();
  return client;
}

/**
 * Writes every table of every schema into a folder that the database may write to, each as text and
 * as binary: what a back-up would hold. Answers the names of the tables.
 */
export async function dumpInto(database: Client, folder: string): Promise<string[]> {
  const { rows } = await database.query<{ schema: string; name: string }>(
    `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
     ORDER BY 1, 2`,
  );
  for (const { schema, name } of rows) {
    for (const format of ['text', 'binary']) {
      const file = join(folder, `${schema}.${name}.${randomBytes(4).toString('hex')}.${format}`);
      await database.query(
        `COPY (SELECT * FROM ${database.escapeIdentifier(schema)}.${database.escapeIdentifier(name)})
         TO ${database.escapeLiteral(file)} (FORMAT ${format})`,
      );
    }
  }
  return rows.map(({ schema, name }) => `${schema}.${name}`);
}

/** A running service, spoken to as the tests speak to one in their own process. */
export function spokenTo(
  { url }: Pick<ServiceProcess, 'url'>,
  key: string,
  database: Client,
): Pick<TestApp, 'send' | 'ok' | 'upload' | 'sql'> {
  const agent = request(url);
  const send: TestApp['send'] = (method, path, body) => {
    const call = agent[method](path).set('authorization', `Bearer ${key}`);
    return body === undefined ? call : call.send(body);
  };
  return {
    send,
    ok: async (method, path, body) => {
      const response = await send(method, path, body);
      if (response.status > 299) {
        throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(response.body)}`);
      }
      return response;
    },
    upload: (path, type, bytes) =>
      agent
        .post(path)
        .set('authorization', `Bearer ${key}`)
        .set('content-type', type)
        .send(typeof bytes === 'string' ? bytes : Buffer.from(bytes)),
    sql: async <T>(text: string, values: unknown[] = []) =>
      (await database.query(text, values)).rows as T[],
  };
}

/** Whoever spoke, and where. */
export interface Heard {
  participantId: string;
  interviewIds: string[];
}

/** What is refused is not stored, and not written down on the way either. Answers the statuses. */
export async function sendWhatIsRefused(
  app: TestApp,
  words: Canaries,
  interviewId: string,
): Promise<Record<string, number>> {
  const interview = `/v1/interviews/${interviewId}`;
  const almost = `I gave up at ${words.word('near miss')} because nobody could tell me the total`;
  const known = {
    pseudonym: 'Visitor A',
    kind: 'human',
    population: 'lead',
    identity: { name: words.word('identity of somebody who is there already') },
  };
  const odd = { [words.word('unknown member')]: words.word('value that is not valid') };
  const broken = `{"transcript": "${words.word('broken JSON')}`;
  const noFile = `NOT WEBVTT ${words.word('unreadable file')}`;
  const sent: [string, ReturnType<TestApp['send']>][] = [
    ['near miss', app.send('post', `${interview}/quotes`, { text: almost })],
    ['identity of somebody who is there already', app.send('post', '/v1/participants', known)],
    ['value that is not valid', app.send('post', '/v1/interviews', odd)],
    ['broken JSON', app.upload('/v1/interviews', 'application/json', broken)],
    ['unreadable file', app.upload(`${interview}/transcripts`, 'text/vtt', noFile)],
    ['query of a list', app.send('get', `/v1/insights?text=${words.word('query of a list')}`)],
    ['id that is none', app.send('get', `/v1/interviews/${words.word('id that is none')}`)],
  ];
  const statuses: Record<string, number> = {};
  for (const [what, answer] of sent) statuses[what] = (await answer).status;
  return statuses;
}

/** Every page on which words of people stand, and what is answered there. */
export async function pagesWithWords(
  app: TestApp,
  people: readonly Heard[],
  made: { insightId: string; searchId: string; studyId: string; experimentKey: string },
): Promise<{ path: string; status: number; text: string }[]> {
  const insight = `/v1/insights/${made.insightId}`;
  const study = `/v1/studies/${made.studyId}`;
  const experiment = `/v1/experiments/${made.experimentKey}`;
  const pages = [
    ...people.flatMap(({ participantId, interviewIds }) => [
      `/v1/participants/${participantId}`,
      `/v1/participants/${participantId}/export`,
      ...interviewIds.flatMap((id) =>
        ['', '/transcript', '/quotes'].map((part) => `/v1/interviews/${id}${part}`),
      ),
    ]),
    '/v1/participants',
    '/v1/participants/pairs',
    '/v1/interviews',
    '/v1/insights',
    ...['', '/strength', '/reading', `/negative-searches/${made.searchId}`].map(
      (part) => `${insight}${part}`,
    ),
    ...['/speakers', '/ledger', '/coverage', '/saturation'].map((part) => `${study}${part}`),
    ...['', '/brief', '/gate-decisions', '/plan', '/timeline'].map(
      (part) => `${experiment}${part}`,
    ),
    '/v1/integrity',
    '/v1/audit',
  ];
  const answers: { path: string; status: number; text: string }[] = [];
  for (const path of pages) {
    const { status, text } = await app.send('get', path);
    answers.push({ path: `GET ${path}`, status, text });
  }
  for (const [path, body] of [
    ['/v1/experiments/check?gate=launch', { iterationOf: made.experimentKey }],
    [`${insight}/negative-searches`, { queries: ['could tell me the total'] }],
  ] as const) {
    const { status, text } = await app.send('post', path, body);
    answers.push({ path: `POST ${path}`, status, text });
  }
  return answers;
}
