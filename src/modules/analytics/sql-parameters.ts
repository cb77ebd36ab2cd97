/** The values of one statement: SQL is put together from fixed pieces, and every value is bound. */
export class SqlParameters {
  readonly values: unknown[] = [];
  private readonly placeOf = new Map<unknown, string>();

  /**
   * Binds a value and answers its place, `$1` and on. Text has a new place each time, because a
   * place has one type and text stands for many.
   */
  bind(value: unknown): string {
    const known = this.placeOf.get(value);
    if (known !== undefined) return known;
    this.values.push(value);
    const place = `$${this.values.length}`;
    if (typeof value !== 'string') this.placeOf.set(value, place);
    return place;
  }
}
