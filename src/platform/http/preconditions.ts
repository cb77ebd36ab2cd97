import { FrontDoorError } from './problem.js';

/** Strong entity tag of a version (RFC 9110, section 8.8.3). */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * The version the caller has read. An edit without it would overwrite what somebody else did.
 * @throws FrontDoorError 428 when `If-Match` is missing (RFC 6585)
 */
export function requiredVersion(ifMatch: string | undefined): number {
  if (ifMatch === undefined) {
    throw new FrontDoorError(428, 'precondition-required', 'Send If-Match with the ETag you read.');
  }
  const version = /^"(\d{1,9})"$/.exec(ifMatch)?.[1];
  // Any other tag is well formed and simply not the current one.
  return version === undefined ? -1 : Number(version);
}

/** Whether the caller has this answer already (RFC 9110, section 13.1.2: tags are compared weakly). */
export function isKnownTag(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
