import type { NotComputed } from '../../../stats/outcome.js';
import { countOf } from './count-of.js';
import type { IntegrityFinding, RationaleTrace } from './integrity-facts.js';
import { type PeopleAtMinimum, peopleAtMinimum } from './people-at-minimum.js';

/** Other rationales that use the same quote: from here a note, from there worth a look. */
export const REUSE_NOTE = 3;
export const REUSE_LOOK = 5;
/** Of the people a rationale cites, those whom no earlier one cited. */
export const NEW_PEOPLE_SHARE_MIN = 0.5;

export interface NewPeople {
  /** People cited by all rationales, each rationale's on its own. */
  counted: number;
  /** Of them, those no earlier rationale had cited. */
  fresh: number;
  /** null where no rationale cites anybody. */
  share: number | null;
}

export interface RationaleInspection {
  findings: readonly IntegrityFinding[];
  newPeople: NewPeople;
  peopleAtMinimum: PeopleAtMinimum | NotComputed;
}

/** What looks odd in how rationales were built from people and quotes. */
export function inspectRationales(rationales: readonly RationaleTrace[]): RationaleInspection {
  const ordered = rationales.toSorted(
    (a, b) => a.readyAt.getTime() - b.readyAt.getTime() || (a.rationaleId < b.rationaleId ? -1 : 1),
  );
  const spike = peopleAtMinimum(
    ordered.map(({ peopleCounted, peopleMin }) => ({ people: peopleCounted, peopleMin })),
  );
  const fresh = freshPeople(ordered);
  return {
    findings: [
      ...spikeFinding(spike, ordered),
      ...reusedQuotes(ordered),
      ...fresh.findings,
      ...ordered.flatMap(aboutPeople),
    ],
    newPeople: fresh.newPeople,
    peopleAtMinimum: spike,
  };
}

function spikeFinding(
  spike: PeopleAtMinimum | NotComputed,
  rationales: readonly RationaleTrace[],
): IntegrityFinding[] {
  if (!spike.ok || !spike.isSpike) return [];
  return [
    {
      code: 'PEOPLE_AT_THE_MINIMUM',
      severity: 'look',
      subjects: rationales
        .filter(({ peopleCounted, peopleMin }) => peopleCounted === peopleMin)
        .map(({ rationaleId }) => rationaleId),
      sentence:
        `${spike.atMinimum} of ${spike.near} rationales near the minimum count exactly as many ` +
        'people as the gate asks for.',
    },
  ];
}

function reusedQuotes(rationales: readonly RationaleTrace[]): IntegrityFinding[] {
  const users = new Map<string, string[]>();
  for (const { rationaleId, quoteIds } of rationales) {
    for (const quoteId of new Set(quoteIds)) {
      users.set(quoteId, [...(users.get(quoteId) ?? []), rationaleId]);
    }
  }
  return [...users]
    .filter(([, usedBy]) => usedBy.length - 1 >= REUSE_NOTE)
    .map(([quoteId, usedBy]) => ({
      code: 'QUOTES_REUSED',
      severity: usedBy.length - 1 >= REUSE_LOOK ? 'look' : 'note',
      subjects: [quoteId, ...usedBy],
      sentence: `The same quote stands in ${usedBy.length} rationales.`,
    }));
}

function freshPeople(rationales: readonly RationaleTrace[]): {
  findings: IntegrityFinding[];
  newPeople: NewPeople;
} {
  const known = new Set<string>();
  const findings: IntegrityFinding[] = [];
  let counted = 0;
  let freshCount = 0;
  for (const { rationaleId, people } of rationales) {
    const own = new Set(people);
    const fresh = [...own].filter((id) => !known.has(id));
    counted += own.size;
    freshCount += fresh.length;
    if (own.size > 0 && fresh.length < NEW_PEOPLE_SHARE_MIN * own.size) {
      findings.push({
        code: 'FEW_NEW_PEOPLE',
        severity: 'note',
        subjects: [rationaleId],
        sentence: `Of the ${countOf(own.size, 'person', 'people')} it cites, ${fresh.length} had not been cited before.`,
      });
    }
    for (const id of own) known.add(id);
  }
  const share = counted === 0 ? null : freshCount / counted;
  return { findings, newPeople: { counted, fresh: freshCount, share } };
}

function aboutPeople(rationale: RationaleTrace): IntegrityFinding[] {
  const { rationaleId, conflicted, recruitedByAuthor } = rationale;
  const findings: IntegrityFinding[] = [];
  if (isOnePersonsWork(rationale)) {
    findings.push({
      code: 'SELF_INTERVIEW_ONLY',
      severity: 'note',
      subjects: [rationaleId],
      sentence: 'One member held, coded and cited every interview of it.',
    });
  }
  if (conflicted.length > 0) {
    findings.push({
      code: 'CONFLICTED_PEOPLE',
      severity: 'look',
      subjects: [rationaleId, ...conflicted],
      sentence:
        `${countOf(conflicted.length, 'person', 'people')} with a conflict of interest ` +
        `${conflicted.length === 1 ? 'is' : 'are'} cited for it.`,
    });
  }
  if (recruitedByAuthor.length > 0) {
    findings.push({
      code: 'RECRUITED_BY_AUTHOR',
      severity: 'note',
      subjects: [rationaleId, ...recruitedByAuthor],
      sentence: `Its author recruited ${countOf(recruitedByAuthor.length, 'person', 'people')} of those it cites.`,
    });
  }
  return findings;
}

/** Interviewer, coder and author are known and the same. */
function isOnePersonsWork({ authorId, interviewerIds, coderIds }: RationaleTrace): boolean {
  if (interviewerIds.length === 0 || coderIds.length === 0) return false;
  return [...interviewerIds, ...coderIds].every((id) => id === authorId);
}
