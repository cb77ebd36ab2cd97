import type { Logger } from '../logging/logger.js';
import {
  type Snapshot,
  type SnapshotIdentity,
  sweepUnfinished,
  writeSnapshot,
} from './snapshot-file.js';

/** Several changes in a row are one file. */
const DEBOUNCE_MS = 250;
/** Without a change the file only gets younger. */
const RENEW_MS = 120_000;

/** Keeps the file on disk as what is served, one write at a time. */
export class SnapshotWriter {
  private latest: Snapshot | null = null;
  private writtenMs: number | null = null;
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> | null = null;
  private failed = false;

  constructor(
    private readonly identity: SnapshotIdentity,
    private readonly logger: Logger,
  ) {}

  /** Takes the newest; where nothing `changed`, the disk is left alone for a while. */
  keep(snapshot: Snapshot, changed: boolean): void {
    this.latest = snapshot;
    const isDue = this.writtenMs === null || performance.now() - this.writtenMs > RENEW_MS;
    if (!changed && !isDue) return;
    this.timer ??= setTimeout(() => void this.flush(), DEBOUNCE_MS).unref();
  }

  /** What waits is written. */
  async close(): Promise<void> {
    if (this.timer !== null) await this.flush();
    await this.writing;
  }

  private async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.writing;
    this.writing = this.write().finally(() => (this.writing = null));
    await this.writing;
  }

  /** A disk that takes nothing hinders nobody; the file that is there only gets older. */
  private async write(): Promise<void> {
    if (this.latest === null) return;
    const isFirst = this.writtenMs === null;
    this.writtenMs = performance.now();
    try {
      if (isFirst) await sweepUnfinished(this.identity);
      await writeSnapshot(this.identity, this.latest);
      this.failed = false;
    } catch (error) {
      if (!this.failed) this.logger.failure('the snapshot cannot be written', error);
      this.failed = true;
    }
  }
}
