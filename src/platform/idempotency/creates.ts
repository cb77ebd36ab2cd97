import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

export const CREATES = 'becausal:creates';

export interface Creation {
  /** Members of the answer that are told once and never kept, such as the secret of a new key. */
  toldOnce: readonly string[];
}

const HELP =
  'A name of your own for this request, 1 to 255 printable characters, chosen at random. Sent again ' +
  'with the same name within a day, the request is not done twice: the first answer comes again, with ' +
  '`Idempotency-Replayed: true`. Another request under the name is 422 `idempotency-key-reused`; while ' +
  'the first is still at work, 409 `idempotency-in-progress`. What was refused is not kept.';

/**
 * Declares that a handler makes something that a repeated request would make twice, so that it takes
 * an `Idempotency-Key`. All that it does runs in one transaction then.
 *
 * Source: draft-ietf-httpapi-idempotency-key-header-07.
 */
export function Creates(creation: Partial<Creation> = {}): MethodDecorator {
  const { toldOnce = [] } = creation;
  return applyDecorators(
    SetMetadata(CREATES, { toldOnce } satisfies Creation),
    ApiHeader({ name: 'Idempotency-Key', required: false, description: HELP }),
  );
}
