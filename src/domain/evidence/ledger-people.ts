import type { Citations } from './citations.js';
import type { PersonOf } from './distinct-people.js';
import type { BuyingRole, Disposition, Dossier, DossierEntry } from './dossier.js';

/** Everybody who was asked about the cited insights, whatever they said. */
export interface LedgerPeople {
  /** Distinct people who were asked. */
  asked: ReadonlySet<string>;
  /** Of them, those who were asked and did not mention it. */
  silent: ReadonlySet<string>;
  accounts: ReadonlySet<string>;
  /** Stages that their interviews say they speak for. */
  stages: ReadonlySet<string>;
  roles: ReadonlySet<BuyingRole>;
  /** What each of them said about the cited insights. */
  said: ReadonlyMap<string, ReadonlySet<Disposition>>;
  /** Of those who contradict, the ones whose every contradiction has a written answer. */
  answered: ReadonlySet<string>;
  /** Their pseudonyms. */
  participantIds: ReadonlySet<string>;
}

/**
 * What shows that somebody was asked. Who was not asked, not read or left out stands in the ledger and
 * is nobody's silence: leaving the awkward question out must make the number of people asked smaller.
 */
const ASKED: readonly Disposition[] = [
  'supports',
  'contradicts',
  'qualifies',
  'asked_not_mentioned',
];

export function ledgerPeople(
  citations: Citations,
  dossier: Dossier,
  personOf: PersonOf,
): LedgerPeople {
  const said = new Map<string, Set<Disposition>>();
  const unanswered = new Set<string>();
  const participantIds = new Set<string>();
  const stages = new Set<string>();
  const participantsOf = participantsByInterview(dossier);
  const synthetic = new Set(
    dossier.participants.filter(({ kind }) => kind === 'synthetic').map(({ id }) => id),
  );
  const entries = citations.insights.flatMap(({ insight }) => insight.entries);
  for (const entry of entries.filter(({ disposition }) => ASKED.includes(disposition))) {
    for (const id of speakersOf(entry, dossier, participantsOf)) {
      if (synthetic.has(id)) continue;
      participantIds.add(id);
      const person = personOf(id);
      said.set(person, (said.get(person) ?? new Set()).add(entry.disposition));
      const isAnswered = (entry.response ?? '').trim() !== '';
      if (entry.disposition === 'contradicts' && !isAnswered) unanswered.add(person);
    }
  }
  for (const { participantId, speaksFor } of dossier.interviews.flatMap(
    (one) => one.participants,
  )) {
    if (!participantIds.has(participantId)) continue;
    for (const { stage } of speaksFor) if (stage !== undefined) stages.add(stage);
  }
  const known = dossier.participants.filter(({ id }) => participantIds.has(id));
  const saying = (isMeant: (what: ReadonlySet<Disposition>, person: string) => boolean) =>
    new Set([...said].filter(([person, what]) => isMeant(what, person)).map(([person]) => person));
  return {
    asked: new Set(said.keys()),
    silent: saying((what) => what.size === 1 && what.has('asked_not_mentioned')),
    said,
    answered: saying((what, person) => what.has('contradicts') && !unanswered.has(person)),
    accounts: new Set(known.flatMap(({ accountRef }) => (accountRef === null ? [] : [accountRef]))),
    stages,
    roles: new Set(known.flatMap(({ buyingRoles }) => buyingRoles)),
    participantIds,
  };
}

/** An entry about a quote is about its speaker; one about an interview is about everybody in it. */
function speakersOf(
  entry: DossierEntry,
  dossier: Dossier,
  participantsOf: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  if (entry.quoteId !== null) {
    const quote = dossier.quotes.find(({ id }) => id === entry.quoteId);
    return quote === undefined ? [] : [quote.participantId];
  }
  return entry.interviewId === null ? [] : (participantsOf.get(entry.interviewId) ?? []);
}

function participantsByInterview(dossier: Dossier): ReadonlyMap<string, readonly string[]> {
  const sessions = dossier.studies.flatMap(({ sessions: all }) => all);
  return new Map([
    ...sessions.map(({ interviewId, participantIds }) => [interviewId, participantIds] as const),
    ...dossier.interviews.map(
      ({ id, participants }) => [id, participants.map((one) => one.participantId)] as const,
    ),
  ]);
}
