export interface Api {
  moveClock(instant: Date): Promise<unknown>;
}
export function createApi(service: { url: string; key: string }): Api;
