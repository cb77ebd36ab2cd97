import type { Api } from './api.mjs';
import type { Row } from './hillstrom.mjs';

interface Counts {
  accepted: number;
  duplicate: number;
}
export function prepareExperiment(api: Api): Promise<void>;
export function playRows(api: Api, rows: readonly Row[]): Promise<Counts>;
export function resendRows(api: Api, rows: readonly Row[]): Promise<Counts>;
export function evaluate(api: Api): Promise<Record<string, unknown>>;
export function resultOf(evaluation: Record<string, unknown>): Record<string, unknown>;
