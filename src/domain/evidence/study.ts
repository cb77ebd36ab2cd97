import type { BUYING_ROLES, Population } from './dossier.js';

/** Questions and studies: what makes somebody go and ask, and whom. */

export const QUESTION_STATES = ['open', 'asked', 'answered', 'reopened'] as const;
export type QuestionState = (typeof QUESTION_STATES)[number];

export const GUIDE_QUESTION_TYPES = ['story', 'probe', 'open', 'closed', 'leading'] as const;
export type GuideQuestionType = (typeof GUIDE_QUESTION_TYPES)[number];

export interface GuideQuestion {
  type: GuideQuestionType;
  text: string;
}

/** One line of whom a study means to hear. */
export interface PlannedPeople {
  population: Population;
  stage?: string;
  buyingRole?: (typeof BUYING_ROLES)[number];
  count: number;
}
