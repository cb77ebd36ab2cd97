export interface Progress {
  percent: number | null;
  text: string;
}
export function createProgressBar(out?: {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}): { show(progress: Progress): void; end(): void };
