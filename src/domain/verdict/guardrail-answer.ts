import type { GuardrailState } from './classify.js';

/** What the owner of a guardrail says to its breach. */
export interface GuardrailAnswer {
  metric: string;
  /** null: for every variant. */
  variant: string | null;
  /** Whether the owner takes the damage into account and lets the change go on. */
  accepted: boolean;
  answer: string;
  /** The state that was answered. */
  state: GuardrailState;
  answeredBy: string;
  answeredAt: string;
}
