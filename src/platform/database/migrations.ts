import { Foundations1000000000000 } from './migrations/1000-foundations.js';
import { Evidence1001000000000 } from './migrations/1001-evidence.js';
import { Experiments1002000000000 } from './migrations/1002-experiments.js';
import { Events1003000000000 } from './migrations/1003-events.js';
import { PlannedLooks1004000000000 } from './migrations/1004-planned-looks.js';
import { EvidenceInDepth1005000000000 } from './migrations/1005-evidence-in-depth.js';
import { EventsAtScale1006000000000 } from './migrations/1006-events-at-scale.js';
import { Assignment1007000000000 } from './migrations/1007-assignment.js';
import { GuardrailAnswers1008000000000 } from './migrations/1008-guardrail-answers.js';
import { Rereads1009000000000 } from './migrations/1009-rereads.js';
import { Runs1010000000000 } from './migrations/1010-runs.js';
import { Notices1011000000000 } from './migrations/1011-notices.js';
import { Learning1012000000000 } from './migrations/1012-learning.js';
import { IdempotentAnswers1013000000000 } from './migrations/1013-idempotent-answers.js';
import { CountedEntries1014000000000 } from './migrations/1014-counted-entries.js';

/** In order; a landed migration is never edited. */
export const MIGRATIONS = [
  Foundations1000000000000,
  Evidence1001000000000,
  Experiments1002000000000,
  Events1003000000000,
  PlannedLooks1004000000000,
  EvidenceInDepth1005000000000,
  EventsAtScale1006000000000,
  Assignment1007000000000,
  GuardrailAnswers1008000000000,
  Rereads1009000000000,
  Runs1010000000000,
  Notices1011000000000,
  Learning1012000000000,
  IdempotentAnswers1013000000000,
  CountedEntries1014000000000,
];
