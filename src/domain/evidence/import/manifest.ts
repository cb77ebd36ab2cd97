import type { FieldError } from '../../errors.js';
import { parseInstant } from '../../events/instant.js';
import { WRITTEN_METHODS } from '../directness.js';
import {
  BUYING_ROLES,
  type BuyingRole,
  CONFLICTS,
  type ConflictOfInterest,
  CONSENT_SCOPES,
  CONSENT_WAYS,
  type ConsentScope,
  INTERVIEW_METHODS,
  type InterviewMethod,
  MODALITIES,
  type Modality,
  PARTICIPANT_KINDS,
  type ParticipantKind,
  type Population,
  POPULATIONS,
  type Producer,
  PRODUCERS,
  type SpeaksFor,
} from '../dossier.js';
import { nameFault } from './name-fault.js';

/** A person of a manifest, in one session. */
export interface ManifestPerson {
  pseudonym: string;
  kind: ParticipantKind;
  population: Population;
  accountRef: string | null;
  buyingRoles: readonly BuyingRole[];
  conflict: ConflictOfInterest;
  /** For the vault only. */
  identity: { name?: string; email?: string; phone?: string } | null;
  speaksFor: SpeaksFor;
  consent: {
    scopes: readonly ConsentScope[];
    givenAt: Date;
    how: (typeof CONSENT_WAYS)[number];
    noticeVersion: string;
    retainUntil: Date | null;
  } | null;
}

/** One file of a study: a talk with one or more people, or a table with one answer sheet each. */
export interface ManifestSession {
  file: string;
  method: InterviewMethod;
  modality: Modality;
  interactive: boolean;
  startedAt: Date;
  endedAt: Date;
  interviewer: string;
  anchorEventAt: Date | null;
  exposureTo: string | null;
  language: string;
  producedBy: Producer;
  people: readonly ManifestPerson[];
}

export interface Manifest {
  sessions: readonly ManifestSession[];
  errors: readonly FieldError[];
}

/** What a manifest may leave out because the study says it. */
export interface ManifestDefaults {
  method: InterviewMethod;
  population: Population;
}

/** Every column a manifest may have; what they mean is in docs/evidence-import.md. */
export const MANIFEST_COLUMNS = [
  'file',
  'person',
  'started_at',
  'ended_at',
  'interviewer',
  'kind',
  'population',
  'account',
  'buying_roles',
  'conflict',
  'name',
  'email',
  'phone',
  'stage',
  'from',
  'to',
  'method',
  'modality',
  'interactive',
  'anchor_event_at',
  'exposure_to',
  'language',
  'produced_by',
  'consent_scopes',
  'consent_given_at',
  'consent_how',
  'notice_version',
  'retain_until',
] as const;
type Column = (typeof MANIFEST_COLUMNS)[number];

export const REQUIRED_COLUMNS: readonly Column[] = [
  'file',
  'person',
  'started_at',
  'ended_at',
  'interviewer',
];
/** Rows of one manifest: a larger survey comes in several zips. */
export const MANIFEST_ROWS_MAX = 2_000;
/** People of one session, as over the API. */
export const SESSION_PEOPLE_MAX = 50;
/** As many mistakes as a person would mend before trying again. */
const ERRORS_MAX = 200;
/** What all rows of one session must agree about. */
const SESSION_MEMBERS = [
  'method',
  'modality',
  'interactive',
  'startedAt',
  'endedAt',
  'interviewer',
  'anchorEventAt',
  'exposureTo',
  'language',
  'producedBy',
] as const;
const YES = ['yes', 'true', '1'];
const NO = ['no', 'false', '0'];

/**
 * The list that comes with a zip of transcripts: a header row, then a row per person and file. Column
 * names are read without case, `startedAt` and `Started at` are `started_at`. Rows of one file are one
 * session, so they must agree about it; of a table (`.csv`) each row is a person's own sheet.
 */
export function readManifest(
  rows: readonly (readonly string[])[],
  defaults: ManifestDefaults,
): Manifest {
  const [header, ...body] = rows;
  if (header === undefined) return { sessions: [], errors: [fault(0, 'file', 'header-missing')] };
  const columns = header.map(columnOf);
  const errors: FieldError[] = [];
  for (const [at, column] of columns.entries()) {
    if (column === null)
      errors.push({ pointer: `/manifest/columns/${at}`, code: 'unknown-column' });
  }
  for (const column of REQUIRED_COLUMNS) {
    if (!columns.includes(column)) errors.push(fault(0, column, 'missing'));
  }
  for (const column of new Set(columns)) {
    if (column === null || columns.indexOf(column) === columns.lastIndexOf(column)) continue;
    errors.push(fault(0, column, 'listed-twice'));
  }
  if (body.length > MANIFEST_ROWS_MAX) {
    errors.push(fault(MANIFEST_ROWS_MAX + 1, 'file', 'too-many-rows'));
  }
  if (errors.length > 0) return { sessions: [], errors: errors.slice(0, ERRORS_MAX) };
  const sessions = new Map<string, ManifestSession>();
  for (const [at, cells] of body.entries()) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const row = new Row(at + 1, columns, cells);
    const session = sessionOf(row, defaults);
    errors.push(...row.errors);
    if (session === null) continue;
    errors.push(...gather(sessions, session, row.number));
  }
  return { sessions: [...sessions.values()], errors: errors.slice(0, ERRORS_MAX) };
}

/** Adds a row to its file's session; a table has a session per row. */
function gather(
  sessions: Map<string, ManifestSession>,
  session: ManifestSession,
  number: number,
): FieldError[] {
  const { file, people } = session;
  const [person] = people;
  const key = isTable(file) ? `${file}\n${person?.pseudonym ?? ''}` : file;
  const known = sessions.get(key);
  if (known === undefined) {
    sessions.set(key, session);
    return [];
  }
  if (known.people.some(({ pseudonym }) => pseudonym === person?.pseudonym)) {
    return [fault(number, 'person', 'listed-twice')];
  }
  const disagreeing = SESSION_MEMBERS.some(
    (member) => String(known[member]) !== String(session[member]),
  );
  if (disagreeing) return [fault(number, 'file', 'session-disagrees')];
  if (known.people.length === SESSION_PEOPLE_MAX) {
    return [fault(number, 'person', 'too-many-people')];
  }
  sessions.set(key, { ...known, people: [...known.people, ...people] });
  return [];
}

/** A table of answers rather than a talk. */
export function isTable(file: string): boolean {
  return file.toLowerCase().endsWith('.csv');
}

function sessionOf(row: Row, defaults: ManifestDefaults): ManifestSession | null {
  const file = row.required('file');
  const method = row.oneOf('method', INTERVIEW_METHODS) ?? defaultMethod(file, defaults);
  // Nobody can be asked back in writing; elsewhere a talk is live unless the row says otherwise.
  const written = WRITTEN_METHODS.includes(method);
  if (isTable(file) && !written) row.refuse('method', 'not-written');
  const startedAt = row.instant('started_at', true);
  const endedAt = row.instant('ended_at', true);
  if (startedAt !== null && endedAt !== null && endedAt < startedAt) {
    row.refuse('ended_at', 'ends-before-it-starts');
  }
  const interviewer = row.required('interviewer');
  const person = personOf(row, defaults);
  const session = {
    file,
    method,
    modality: row.oneOf('modality', MODALITIES) ?? (written ? 'async' : 'video'),
    interactive: row.flag('interactive') ?? !written,
    interviewer,
    anchorEventAt: row.instant('anchor_event_at', false),
    exposureTo: row.optional('exposure_to'),
    language: row.optional('language') ?? 'und',
    producedBy: row.oneOf('produced_by', PRODUCERS) ?? (written ? 'human' : 'asr'),
    people: [person],
  } as const;
  if (row.errors.length > 0 || startedAt === null || endedAt === null) return null;
  return { ...session, startedAt, endedAt };
}

/** A table holds answers that somebody wrote, whatever the rest of the study is. */
function defaultMethod(file: string, { method }: ManifestDefaults): InterviewMethod {
  return isTable(file) && !WRITTEN_METHODS.includes(method) ? 'open_ended_survey' : method;
}

function personOf(row: Row, defaults: ManifestDefaults): ManifestPerson {
  const population = row.oneOf('population', POPULATIONS) ?? defaults.population;
  const identity = {
    ...member('name', row.optional('name')),
    ...member('email', row.optional('email')),
    ...member('phone', row.optional('phone')),
  };
  return {
    pseudonym: row.required('person'),
    kind: row.oneOf('kind', PARTICIPANT_KINDS) ?? 'human',
    population,
    accountRef: row.optional('account'),
    buyingRoles: row.listOf('buying_roles', BUYING_ROLES),
    conflict: row.oneOf('conflict', CONFLICTS) ?? 'none',
    identity: Object.keys(identity).length === 0 ? null : identity,
    speaksFor: {
      population,
      ...member('stage', row.optional('stage')),
      ...member('from', row.instant('from', false)),
      ...member('to', row.instant('to', false)),
    },
    consent: consentOf(row),
  };
}

function consentOf(row: Row): ManifestPerson['consent'] {
  const scopes = row.listOf('consent_scopes', CONSENT_SCOPES);
  if (scopes.length === 0) return null;
  const givenAt = row.instant('consent_given_at', true);
  const how = row.oneOf('consent_how', CONSENT_WAYS);
  if (how === null) row.refuse('consent_how', 'missing');
  const noticeVersion = row.required('notice_version');
  const retainUntil = row.instant('retain_until', false);
  if (givenAt === null || how === null) return null;
  return { scopes, givenAt, how, noticeVersion, retainUntil };
}

function member<K extends string, V>(name: K, value: V | null): { [P in K]?: V } {
  return value === null ? {} : ({ [name]: value } as { [P in K]?: V });
}

/** One row, read by column; what is wrong with it is gathered, not thrown. */
class Row {
  readonly errors: FieldError[] = [];

  constructor(
    readonly number: number,
    private readonly columns: readonly (Column | null)[],
    private readonly cells: readonly string[],
  ) {}

  refuse(column: Column, code: string): void {
    this.errors.push(fault(this.number, column, code));
  }

  optional(column: Column): string | null {
    const at = this.columns.indexOf(column);
    // As names inside a zip are read, so that a name fits whichever system wrote it.
    const cell = at === -1 ? '' : (this.cells[at] ?? '').trim().normalize('NFC');
    const faulty = nameFault(cell);
    if (faulty !== null) this.refuse(column, faulty);
    return cell === '' ? null : cell;
  }

  required(column: Column): string {
    const cell = this.optional(column);
    if (cell === null) this.refuse(column, 'missing');
    return cell ?? '';
  }

  instant(column: Column, isRequired: boolean): Date | null {
    const cell = isRequired ? this.required(column) : this.optional(column);
    if (cell === null || cell === '') return null;
    const at = parseInstant(cell);
    if (at === null) this.refuse(column, 'invalid-timestamp');
    return at;
  }

  oneOf<T extends string>(column: Column, values: readonly T[]): T | null {
    const cell = this.optional(column);
    if (cell === null) return null;
    const value = values.find((candidate) => candidate === snake(cell)) ?? null;
    if (value === null) this.refuse(column, 'not-in-set');
    return value;
  }

  /** Several values in one cell, divided by white space, `;`, `|` or `,`. */
  listOf<T extends string>(column: Column, values: readonly T[]): T[] {
    const names = (this.optional(column) ?? '').split(/[\s;|,]+/u).filter((name) => name !== '');
    const known = names.flatMap((name) => values.find((value) => value === snake(name)) ?? []);
    if (known.length < names.length) this.refuse(column, 'not-in-set');
    return known;
  }

  flag(column: Column): boolean | null {
    const cell = this.optional(column)?.toLowerCase();
    if (cell === undefined) return null;
    if (YES.includes(cell)) return true;
    if (!NO.includes(cell)) this.refuse(column, 'not-in-set');
    return false;
  }
}

function columnOf(header: string): Column | null {
  return MANIFEST_COLUMNS.find((column) => column === snake(header)) ?? null;
}

function snake(text: string): string {
  return text
    .trim()
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
    .replace(/[\s-]+/gu, '_')
    .toLowerCase();
}

/** Rows count from 1 after the header; 0 is the header. */
function fault(row: number, column: Column, code: string): FieldError {
  return { pointer: `/manifest/rows/${row}/${column}`, code };
}
