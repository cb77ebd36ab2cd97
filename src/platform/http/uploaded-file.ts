import { FrontDoorError } from './problem.js';

/** A body that is a file rather than JSON: its bytes, and what the client says they are. */
export class UploadedFile {
  constructor(
    /** Media type in lower case, without parameters. */
    readonly type: string,
    readonly bytes: Buffer,
  ) {}
}

/** For routes that take nothing but a file. @throws FrontDoorError 415 when it is JSON */
export function requireFile(body: unknown): UploadedFile {
  if (body instanceof UploadedFile) return body;
  throw new FrontDoorError(415, 'unsupported-media-type', 'Send the file itself as the body.');
}
