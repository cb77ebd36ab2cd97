import { POPULATIONS, type Population } from '../../evidence/dossier.js';
import type { Audience, FollowUp, PolicyProfile } from '../../experiments/definition.js';
import type { LearningCase } from './learning-case.js';
import type { SurpriseCode } from './surprise.js';

/** Who is asked after a test, what, how many, and by when. */

export const FOLLOW_UP_REASONS = ['surprise', 'lucky_win', 'plan'] as const;
/**
 * `surprise`: somebody answered it with a question when they decided. `lucky_win`: it moved and nobody
 * knows why. `plan`: it was said before the launch.
 */
export type FollowUpReason = (typeof FOLLOW_UP_REASONS)[number];

export const FOLLOW_UP_STATES = ['open', 'answered', 'overdue', 'closed'] as const;
/** `answered`: enough people have been heard. `closed`: a member said why it ends. */
export type FollowUpState = (typeof FOLLOW_UP_STATES)[number];

/** Where nobody names a date. */
const FOLLOW_UP_DAYS = 30;
const DAY_MS = 86_400_000;

export interface FollowUpToOpen {
  openedFor: FollowUpReason;
  /** Place in the frozen plan; null unless it was planned. */
  position: number | null;
  surprise: SurpriseCode | null;
  /** The metric or department it is about. */
  subject: string | null;
  variant: string | null;
  question: string;
  people: number;
  dueAt: Date;
}

export function followUpState(followUp: {
  isClosed: boolean;
  heard: number;
  people: number;
  dueAt: Date;
  now: Date;
}): FollowUpState {
  const { isClosed, heard, people, dueAt, now } = followUp;
  if (isClosed) return 'closed';
  if (heard >= people) return 'answered';
  return dueAt <= now ? 'overdue' : 'open';
}

/** People who met the change and are to be heard before they count. */
export function peopleToHear(profile: PolicyProfile): number {
  return profile === 'rigorous' ? 5 : 3;
}

/** One for each answer that is a question, whatever number of surprises it is the answer to. */
export function followUpsOfSurprises(
  { said, surprises }: Pick<LearningCase, 'said' | 'surprises'>,
  people: number,
): FollowUpToOpen[] {
  return said.surprises.flatMap((answer): FollowUpToOpen[] => {
    const { code, subject, followUp } = answer;
    if (followUp === undefined) return [];
    const answered = surprises.filter((surprise) => surprise.answer === answer);
    return [
      {
        openedFor: 'surprise',
        position: null,
        surprise: code,
        subject: subject ?? onlyOne(answered.map((surprise) => surprise.subject)),
        variant: onlyOne(answered.map(({ variant }) => variant)),
        question: followUp.question,
        people,
        dueAt: followUp.dueAt,
      },
    ];
  });
}

/** Nobody knows why it moved: those who met it may. */
export function followUpOfLuckyWin(win: {
  experimentKey: string;
  variant: string;
  metricKey: string;
  people: number;
  now: Date;
}): FollowUpToOpen {
  const { experimentKey, variant, metricKey, people, now } = win;
  return {
    openedFor: 'lucky_win',
    position: null,
    surprise: null,
    subject: metricKey,
    variant,
    question: `Why did ${metricKey} move with the variant ${variant} of ${experimentKey}, if not for the reason that was given?`,
    people,
    dueAt: new Date(now.getTime() + FOLLOW_UP_DAYS * DAY_MS),
  };
}

/** When a question that was planned before the launch is to be asked. */
function plannedAt(launchedAt: Date, { afterDays }: Pick<FollowUp, 'afterDays'>): Date {
  return new Date(launchedAt.getTime() + afterDays * DAY_MS);
}

/** Those whose time has come and has not passed: nobody asks what was due before anybody looked. */
export function followUpsOfPlan(
  planned: readonly FollowUp[],
  { launchedAt, now }: { launchedAt: Date; now: Date },
): FollowUpToOpen[] {
  return planned.flatMap((followUp, position): FollowUpToOpen[] => {
    const opensAt = plannedAt(launchedAt, followUp);
    const dueAt = new Date(opensAt.getTime() + FOLLOW_UP_DAYS * DAY_MS);
    if (opensAt > now || dueAt <= now || followUp.question.trim() === '') return [];
    return [
      {
        openedFor: 'plan',
        position,
        surprise: null,
        subject: null,
        variant: null,
        question: followUp.question,
        people: Math.max(1, followUp.people),
        dueAt,
      },
    ];
  });
}

/** The first population of an audience that a study can be of. */
export function populationOf({ populations }: Pick<Audience, 'populations'>): Population {
  const known = populations.find((name) => POPULATIONS.includes(name as Population));
  return (known as Population | undefined) ?? 'user';
}

function onlyOne<T>(values: readonly (T | null)[]): T | null {
  const [first, ...others] = new Set(values);
  return first === undefined || others.length > 0 ? null : first;
}
