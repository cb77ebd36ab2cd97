export interface Row {
  unit: string;
  variant: string;
  visited: boolean;
  converted: boolean;
  cents: number;
}
export interface PublishedNumber {
  path: string;
  published: number;
  computed: number | undefined;
  agrees: boolean;
}
export const CALENDAR: Readonly<Record<'start' | 'launch' | 'sent' | 'matured', Date>>;
export const EXPERIMENT_KEY: string;
export const METRICS: readonly object[];
export function readRows(file: Uint8Array): Row[];
export function exposuresOf(rows: readonly Row[]): object[];
export function outcomesByDay(rows: readonly Row[]): { until: Date; events: object[] }[];
export function experimentBody(insightId: string, quoteIds: readonly string[]): object;
export function comparePublished(evaluation: unknown, published: unknown): PublishedNumber[];
