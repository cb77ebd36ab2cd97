/**
 * The five-character SQLSTATE of a database error, wherever the driver or the ORM has put it;
 * null for anything else. Matched by `code`, since such errors are not always `instanceof Error`.
 */
export function sqlStateOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  return driverError === undefined ? null : sqlStateOf(driverError);
}

/** The constraint a database error names, e.g. `experiment_key_uq`. */
export function constraintOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const { constraint, driverError } = error as { constraint?: unknown; driverError?: unknown };
  if (typeof constraint === 'string') return constraint;
  return driverError === undefined ? null : constraintOf(driverError);
}
