import type { ProjectionReport } from '../evaluation/money-report.js';
import type { BecausePart } from '../experiments/definition.js';
import type { DecisionAction } from '../experiments/decision.js';
import type { ExperimentState } from '../experiments/lifecycle.js';
import type { Directness } from '../evidence/dossier.js';
import type { PlannedRole } from '../experiments/plan.js';
import type {
  ControlFate,
  ProfitClaim,
  RereadKind,
  RereadOutcome,
  RereadState,
} from '../rereads/reread.js';
import type { GuardrailState } from '../verdict/classify.js';
import type { AnswerStanding } from '../verdict/guardrail-answer.js';
import type {
  InsightEffect,
  LearningOutcome,
  MechanismVerdict,
  MetricVerdict,
} from '../verdict/learning/outcome.js';
import type { VerdictState } from '../verdict/verdict.js';

/** The page a stakeholder reads: why we test, who said so, what moved, what it earned, what we decided. */

export interface BriefVoice {
  quoteId: string;
  /** `supports`, `contradicts`, `qualifies`. */
  disposition: string;
  /** The words; null when they were erased at the person's request. */
  words: string | null;
  pseudonym: string;
  /** The method, e.g. interview. */
  how: string;
  /** Against this experiment's audience; computed, never typed in. */
  directness: Directness;
  heardAt: string;
  /** The answer to a contradiction. */
  response?: string;
}

export interface BriefEffect {
  metric: string;
  name: string;
  role: PlannedRole;
  variant: string;
  /** Of units whose window has closed (`matured`), or of everybody so far (`running`). */
  basis: 'matured' | 'running';
  sentence: string;
}

/** One step on the way from nothing to what an arm brought; amounts are signed. */
export interface WaterfallStep {
  /** Of the part of the money, in words. */
  name: string;
  amount: number;
  /** Where the step starts and where it ends: the sum of the steps up to here. */
  from: number;
  to: number;
}

/** What the money of one arm is made of, per unit. */
export interface BriefWaterfall {
  variant: string;
  units: number;
  steps: WaterfallStep[];
  /** Of all steps, as it was computed. */
  perUnit: number;
  /** Of all units of the arm. */
  total: number;
  sentence: string;
}

/** Both estimates of one difference: of values that are cut, and as they came. */
export interface BriefCap {
  variant: string;
  capped: { estimate: number; lower: number; upper: number };
  uncapped: { estimate: number; lower: number; upper: number };
  sentence: string;
}

/** What it earned, arm by arm, and what that would come to; in major units of `currency`. */
export interface BriefMoney {
  metric: string;
  currency: string;
  /** What the sum is called: partial while a kind of cost is unknown. */
  word: 'Profit' | 'Partial profit';
  /** Of the units whose time has come, or of everybody so far. */
  basis?: 'matured' | 'running';
  waterfalls: BriefWaterfall[];
  /** The parts of each difference to the control, in words. */
  differences: { variant: string; sentence: string }[];
  /** Entries that are in no sum, because what their kind costs is declared; in words. */
  leftOut: string[];
  capped: BriefCap[];
  projections: (ProjectionReport & { sentence: string })[];
  /** What waiting for all units would do, while it would do anything. */
  waiting: string[];
}

export interface BriefVerdict {
  variant: string;
  state: VerdictState;
  sentence: string;
  reasons: string[];
  /** The way from the change to the money, link by link. */
  chain: { from: string; to: string; verdict: string; why: string; lagDays?: number }[];
}

export interface BriefGuardrailAnswer {
  variant: string;
  accepted: boolean;
  answer: string;
  by: string;
  at: string;
}

export interface BriefGuardrail {
  metric: string;
  name: string;
  department?: string;
  owner?: string;
  /** Who answers for a breach, in words. */
  answerer: string;
  states: {
    variant: string;
    state: GuardrailState;
    /** What its owner's answer is worth today. */
    standing: AnswerStanding;
    sentence: string;
  }[];
  /** Oldest first; the last one for a variant holds. */
  answers: BriefGuardrailAnswer[];
}

/** What no guardrail watches yet: somebody looks by hand. */
export interface BriefGap {
  department: string;
  expectedEffect: string;
  observationPlan: string;
}

export interface BriefDecision {
  action: DecisionAction;
  variant?: string;
  by: string;
  at: string;
  sentence: string;
  /** Share of units that keep the control. */
  holdBack?: number;
  rereadAt?: string;
  /** Why it was decided against the gate; shown with who did. */
  overrideReason?: string;
  /** Who asked for it first, where it took two. */
  overrideRequestedBy?: string;
  /** What was said to be learned when it was taken, sentence by sentence. */
  learned: string[];
}

export interface BriefReread {
  kind: RereadKind;
  days?: number;
  dueAt: string;
  status: RereadState;
  currency: string;
  doneAt?: string;
  controlFate?: ControlFate;
  stillCausal?: boolean;
  proposal?: 'roll_back';
  /** What was done, and what the rollout did to the control. */
  sentence: string;
  findings: {
    variant: string;
    before: VerdictState;
    now: VerdictState;
    outcome: RereadOutcome;
    claimed?: ProfitClaim;
    realised?: ProfitClaim;
    sentence: string;
  }[];
}

/** Two verdicts side by side: whether the metric moved, and whether the reason was right. */
export interface BriefLearning {
  variant: string;
  metric: MetricVerdict;
  /** Key of the metric it is about. */
  metricKey: string;
  mechanism: MechanismVerdict;
  outcome: LearningOutcome;
  sentence: string;
  reasons: string[];
  /** What it did to each claim the test rested on. */
  insights: { insightId: string; effect: InsightEffect; sentence: string }[];
}

export interface BriefFollowUp {
  question: string;
  dueAt: string;
  sentence: string;
}

export interface BriefAmendment {
  planVersion: number;
  at: string;
  by: string;
  reason: string;
  sentence: string;
}

export interface Brief {
  experimentKey: string;
  name: string;
  kind: 'ab' | 'aa';
  status: ExperimentState;
  /** Said at the top of every form of the brief. */
  labels: string[];
  why: {
    insights: string[];
    because: { part: BecausePart; text: string; assumption: boolean }[];
    betterOff?: string;
    worseOff?: string;
    wrongIf?: string;
    /** What the gate let pass and noted. */
    gateNotes: string[];
  };
  whoSaidSo: { people: number; voices: BriefVoice[] };
  /** Absent before the first evaluation. */
  asOf?: string;
  /** Whether the data can be trusted, sentence by sentence. */
  health: string[];
  whatMoved: BriefEffect[];
  whatItEarned: BriefEffect[];
  profitCoverage: 'full' | 'partial';
  unknownCosts: string[];
  /** Absent where the deciding metric is no money or nothing was evaluated. */
  money?: BriefMoney;
  guardrails: BriefGuardrail[];
  gaps: BriefGap[];
  verdicts: BriefVerdict[];
  winner?: string;
  /** The last one, which holds. */
  decision?: BriefDecision;
  /** All of them, oldest first. */
  decisions: BriefDecision[];
  afterDecision: BriefReread[];
  /** What is known about the reason, whatever the metric did. */
  learned: string[];
  learning: BriefLearning[];
  /** Who will be asked what, by the decisions so far. */
  followUps: BriefFollowUp[];
  /** What was changed in the plan while data was coming in. */
  amendments: BriefAmendment[];
}
