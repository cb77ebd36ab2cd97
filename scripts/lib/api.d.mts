export interface Api {
  get(path: string): Promise<Record<string, unknown>>;
  /** Reads, changes, and writes back unless somebody else has written in between. */
  edit(path: string, changes: object): Promise<Record<string, unknown>>;
  moveClock(instant: Date): Promise<unknown>;
}
export function createApi(service: { url: string; key: string }): Api;
export function postEvents(
  api: Api,
  events: readonly object[],
): Promise<{ accepted: number; duplicate: number }>;
