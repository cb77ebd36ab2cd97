/** The keys that were met last, at most so many: what a process that never ends may remember. */
export class RecentKeys {
  private readonly keys = new Set<string>();

  constructor(private readonly max: number) {}

  /** Whether the key is new; it is remembered from now on, and the one met longest ago is not. */
  meet(key: string): boolean {
    const isNew = !this.keys.delete(key);
    this.keys.add(key);
    if (this.keys.size > this.max) {
      const [oldest] = this.keys;
      if (oldest !== undefined) this.keys.delete(oldest);
    }
    return isNew;
  }

  forget(key: string): void {
    this.keys.delete(key);
  }
}
