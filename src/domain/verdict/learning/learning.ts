import type { LinkVerdict } from '../chain.js';
import type { LinkJudge } from './judged-links.js';
import type { LearningCase } from './learning-case.js';
import type { ObservedEffect, SaidFalsifier, SaidSurprise, WhyState } from './said.js';
import type { Surprise, SurpriseCode } from './surprise.js';

/** What a decision keeps of what was learned: plain JSON, quotes by their ids only. */

export interface Learning {
  /** Absent when nobody said why. */
  why?: { state: WhyState; text: string; quotes: CitedInWhy[] };
  links: KeptLink[];
  surprises: KeptSurprise[];
  sideEffects: KeptSideEffect[];
  /** Absent when nobody said whether what was to show the reason wrong has happened. */
  wrongIf?: SaidFalsifier;
}

export interface CitedInWhy {
  id: string;
  /** Heard after the launch. */
  postHoc: boolean;
}

export interface KeptLink {
  from: string;
  to: string;
  /** Absent while nobody has judged it. */
  verdict?: LinkVerdict;
  by?: LinkJudge;
  note?: string;
  /** What people said where the numbers say otherwise. */
  saidInstead?: LinkVerdict;
}

export interface KeptSurprise {
  code: SurpriseCode;
  subject?: string;
  variant?: string;
  /** What was computed; absent where people were surprised and the numbers are not. */
  sentence?: string;
  note?: string;
  followUp?: { question: string; dueAt: string };
  closedUnexplained?: string;
}

export interface KeptSideEffect {
  department: string;
  /** Absent: nobody had declared that the department would notice. */
  expectedEffect?: string;
  observed: ObservedEffect;
  note: string;
}

export function learningOf({ said, links, surprises, impacts, quotes }: LearningCase): Learning {
  const { why } = said;
  const answered = new Set(surprises.map(({ answer }) => answer));
  // What does not exist, or may not be cited any more, is not cited.
  const cited = quotes.filter(({ inForce }) => inForce).map(({ id, postHoc }) => ({ id, postHoc }));
  return {
    ...(why === null ? {} : { why: { state: why.state, text: why.text, quotes: cited } }),
    links: links.map(present),
    surprises: [
      ...surprises.map(({ answer, ...surprise }) => keptSurprise(surprise, answer)),
      ...said.surprises
        .filter((answer) => !answered.has(answer))
        .map((answer) => keptSurprise({ code: answer.code }, answer)),
    ],
    sideEffects: said.sideEffects.map(({ department, observed, note }) => ({
      department,
      ...expectedOf(department, impacts),
      observed,
      note,
    })),
    ...(said.wrongIf === undefined ? {} : { wrongIf: said.wrongIf }),
  };
}

/** Without free text: what a history that can never be changed may keep of it. */
export function outlineOf(learning: Learning): object {
  const { why, links, surprises, sideEffects, wrongIf } = learning;
  return {
    ...(why === undefined ? {} : { why: { state: why.state, quotes: why.quotes } }),
    links: links.map(({ note: _note, ...link }) => link),
    surprises: surprises.map(({ code, subject, followUp, closedUnexplained }) => ({
      code,
      ...(subject === undefined ? {} : { subject }),
      ...(followUp === undefined ? {} : { followUpDueAt: followUp.dueAt }),
      closed: closedUnexplained !== undefined,
    })),
    sideEffects: sideEffects.map(({ department, observed }) => ({ department, observed })),
    ...(wrongIf === undefined ? {} : { wrongIf: { met: wrongIf.met } }),
  };
}

function keptSurprise(
  computed: Pick<Surprise, 'code'> & Partial<Surprise>,
  answer: SaidSurprise | null,
): KeptSurprise {
  const { code, subject = answer?.subject, variant, sentence } = computed;
  const { note, followUp, closedUnexplained } = answer ?? {};
  return {
    code,
    ...present({
      subject: subject ?? null,
      variant: variant ?? null,
      sentence: sentence ?? null,
      note: note ?? null,
      followUp:
        followUp === undefined
          ? null
          : { question: followUp.question, dueAt: followUp.dueAt.toISOString() },
      closedUnexplained: closedUnexplained ?? null,
    }),
  };
}

function expectedOf(
  department: string,
  impacts: LearningCase['impacts'],
): Pick<KeptSideEffect, 'expectedEffect'> {
  const impact = impacts.find((one) => one.department === department);
  return impact === undefined ? {} : { expectedEffect: impact.expectedEffect };
}

type Present<T> = {
  [K in keyof T as null extends T[K] ? never : K]: T[K];
} & { [K in keyof T as null extends T[K] ? K : never]?: NonNullable<T[K]> };

/** Members that are null are left out, as everywhere in answers. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== null),
  ) as Present<T>;
}
