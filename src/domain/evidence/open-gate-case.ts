import { citationsOf } from './citations.js';
import { countPeople } from './counted-people.js';
import { distinctPeople } from './distinct-people.js';
import type { CreateGateInput, GateCase } from './gate-case.js';
import { ledgerPeople } from './ledger-people.js';
import { strengthOf } from './measures/strength.js';
import { effectiveProfile } from './policies.js';
import { strengthFactsOf } from './strength-facts.js';
import { observationTestimony, quoteTestimony } from './testimony.js';

/** Works out, once, what all checks share. */
export function openCase(input: CreateGateInput): GateCase {
  const { definition, dossier, now } = input;
  const rationale = definition.rationale ?? {};
  const policy = input.policies[effectiveProfile(definition, input.policies)];
  const citations = citationsOf(rationale, dossier);
  const personOf = distinctPeople(dossier);
  const line = new Set([definition.key, ...(input.parent?.lineage ?? [])]);
  const context = { dossier, audience: definition.audience, policy, line, personOf, now };
  const testimonies = [
    ...citations.quotes.map((cited) => quoteTestimony(cited, context)),
    ...citations.observations.map((cited) => observationTestimony(cited, context)),
  ];
  const people = countPeople(testimonies, personOf);
  const ledger = ledgerPeople(citations, dossier, personOf);
  const interviews = new Set(
    testimonies.flatMap(({ interview }) => (interview === null ? [] : [interview])),
  );
  const facts = {
    ...input,
    rationale,
    policy,
    citations,
    testimonies,
    people,
    personOf,
    ledger,
    interviews: [...interviews],
  };
  return { ...facts, strength: strengthOf(strengthFactsOf(facts), input.lowerings) };
}
