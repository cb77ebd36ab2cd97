import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { recordInterview } from '../remedies.js';

/** Where companies buy, people of one company repeat each other: other companies must be heard too. */
export function tooFewAccounts({ people, policy, project }: GateCase): Finding {
  const found = people.accounts.size;
  const isB2b = project.market === 'b2b';
  const isMet = !isB2b || found >= policy.accounts;
  const heard = countOf(found, 'account');
  const met = isB2b
    ? `The people who count belong to ${heard}.`
    : 'People buy for themselves here, so accounts are not counted.';
  return finding(isMet ? 'met' : 'unmet', {
    code: 'TOO_FEW_ACCOUNTS',
    pointer: '/rationale/insightIds',
    expected: isB2b ? policy.accounts : 0,
    actual: found,
    subjects: [],
    why: isMet
      ? met
      : `The people who count belong to ${heard} of the ${policy.accounts} this profile asks for: one company's people often say the same.`,
    remedies: [
      recordInterview('a person of another company, a participant with an accountRef of their own'),
    ],
  });
}
