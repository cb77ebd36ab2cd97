import { DomainError } from '../../domain/errors.js';

/** Why work in the background failed, as its record says it; `internal` where it is our fault. */
export function codeOfError(error: unknown): string {
  return error instanceof DomainError ? error.code : 'internal';
}
