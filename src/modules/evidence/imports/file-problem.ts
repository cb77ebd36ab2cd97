import { DomainError, Invalid } from '../../../domain/errors.js';
import type { FileProblemDto } from './import.dto.js';

/** What people may read of a file that failed. Anything but a fault of the file is ours, and thrown. */
export function fileProblem(error: unknown): FileProblemDto {
  if (!(error instanceof DomainError)) throw error;
  const errors = error instanceof Invalid ? error.errors : [];
  return {
    code: error.code,
    detail: error.message,
    ...(errors.length === 0
      ? {}
      : { errors: errors.map(({ pointer, code }) => ({ pointer, code })) }),
  };
}
