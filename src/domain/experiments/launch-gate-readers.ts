import { citationsOf, type CitedInsight } from '../evidence/citations.js';
import { missingScopes } from '../evidence/consent.js';
import { distinctPeople } from '../evidence/distinct-people.js';
import { countOf } from '../evidence/finding.js';
import { readerAgreement } from '../evidence/reader-agreement.js';
import { completeDraft, readBlind, recordConsent } from '../evidence/remedies.js';
import { launchFinding, type LaunchCase, type LaunchFinding } from './launch-gate-case.js';

/** Fewer people cannot tell an accident from a rule. */
const FOLLOW_UP_PEOPLE_MIN = 3;

/** Another member has read each supporting passage without knowing what the first thought of it. */
export function noSecondReader(gate: LaunchCase): LaunchFinding {
  const { insights } = citationsOf(gate.rationale, gate.dossier);
  const passages = insights.flatMap(({ insight }) => passagesOf(insight));
  const unread = passages.filter(({ isRead }) => !isRead);
  const isAsked = gate.policy.secondReader && !hasOneMember(gate);
  const isMet = !isAsked || unread.length === 0;
  const open = new Set(unread.map(({ insightId }) => insightId));
  return launchFinding(isMet ? 'met' : 'unmet', {
    code: 'NO_SECOND_READER',
    pointer:
      insights.find(({ insight }) => open.has(insight.id))?.pointer ?? '/rationale/insightIds',
    expected: isAsked ? passages.length : 0,
    actual: passages.length - unread.length,
    subjects: isMet ? [] : unread.map(({ quoteId }) => quoteId),
    why: isMet
      ? metWhy(gate, insights)
      : `${countOf(unread.length, 'supporting passage was', 'supporting passages were')} read by one member only: who looks for something finds it.${agreementNote(gate, insights)}`,
    remedies: [...open].map((id) => readBlind(id)),
  });
}

function metWhy(gate: LaunchCase, insights: readonly CitedInsight[]): string {
  if (!gate.policy.secondReader) return 'This profile does not ask for a second reader.';
  if (hasOneMember(gate)) return 'The project has one member, so nobody else could read.';
  return `A second member read every supporting passage.${agreementNote(gate, insights)}`;
}

/** The strictest profile says how far the readers agree, whatever the figure is. */
function agreementNote({ policy }: LaunchCase, insights: readonly CitedInsight[]): string {
  if (policy.profile !== 'rigorous') return '';
  const { alpha } = readerAgreement(insights);
  return alpha.ok
    ? ` Krippendorff's alpha of the readers is ${alpha.alpha.toFixed(2)} (${alpha.label}).`
    : ` Krippendorff's alpha of the readers: ${alpha.detail}`;
}

function passagesOf({ id, entries, readings }: CitedInsight['insight']) {
  return entries.flatMap(({ quoteId, disposition, readerId }) =>
    quoteId === null || disposition !== 'supports'
      ? []
      : [
          {
            quoteId,
            insightId: id,
            isRead: readings.some((one) => one.quoteId === quoteId && one.readerId !== readerId),
          },
        ],
  );
}

/** In a project of one nobody else can read, and that is said. */
export function readAlone(gate: LaunchCase): LaunchFinding {
  const isAlone = gate.policy.secondReader && hasOneMember(gate);
  return launchFinding(isAlone ? 'warning' : 'met', {
    code: 'READ_ALONE',
    pointer: '/rationale/insightIds',
    expected: 2,
    actual: gate.project.memberIds.length,
    why: isAlone
      ? 'The evidence was read by one member alone: the project has nobody else.'
      : 'Nobody had to read alone.',
    remedies: [
      {
        action: 'Add a member who reads',
        method: 'POST',
        path: '/v1/members',
        needs: 'name; then a key of that member',
      },
    ],
  });
}

function hasOneMember({ project }: LaunchCase): boolean {
  return project.memberIds.length <= 1;
}

/** When the numbers surprise, somebody can be asked why. */
export function followUpUnprepared({
  dossier,
  rationale,
  definition,
  now,
}: LaunchCase): LaunchFinding {
  const personOf = distinctPeople(dossier);
  const askable = dossier.participants.filter(
    (person) => person.kind === 'human' && missingScopes(person, ['recontact'], now).length === 0,
  );
  const people = new Set(askable.map(({ id }) => personOf(id))).size;
  const isPlanned = (rationale.followUps ?? []).some(({ question }) => question.trim() !== '');
  const isMet = isPlanned || people >= FOLLOW_UP_PEOPLE_MIN;
  const silent = dossier.participants.filter(
    (person) => !askable.includes(person) && !person.erased,
  );
  return launchFinding(isMet ? 'met' : 'warning', {
    code: 'FOLLOW_UP_UNPREPARED',
    pointer: '/rationale/followUps',
    expected: FOLLOW_UP_PEOPLE_MIN,
    actual: people,
    why: isMet
      ? 'When the numbers surprise, people can be asked why.'
      : `When the numbers surprise, nobody can be asked why: ${countOf(people, 'person', 'people')} may be contacted again, and no question to people is planned.`,
    remedies: [
      completeDraft(definition.key, 'rationale.followUps: question, afterDays, people'),
      ...silent
        .slice(0, FOLLOW_UP_PEOPLE_MIN)
        .map(({ id }) => recordConsent(id, 'scopes with recontact, givenAt, how, noticeVersion')),
    ],
  });
}
