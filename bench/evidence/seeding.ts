import type { ParticipantKeys } from '../../src/platform/security/participant-keys.js';

/** Interviews of one study; the first 40 of all are the study that is measured. */
export const STUDY_SIZE = 40;

export interface SeededInterview {
  /** Of all, the newest first: what was said follows from it. */
  number: number;
  id: string;
  participantId: string;
  studyId: string;
}

/** Whose data, recorded by whom and when. */
export interface Seeding {
  projectId: string;
  memberId: string;
  now: Date;
  keys: ParticipantKeys;
}
