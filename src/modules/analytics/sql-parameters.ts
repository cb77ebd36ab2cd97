import type { EntityManager } from 'typeorm';

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

/** Runs a statement that is put together with its values; nothing where there is none to run. */
export async function ask<T>(
  manager: EntityManager,
  sql: (parameters: SqlParameters) => string | null,
): Promise<T[]> {
  const parameters = new SqlParameters();
  const text = sql(parameters);
  return text === null ? [] : ((await manager.query(text, parameters.values)) as T[]);
}
