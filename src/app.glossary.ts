import type { OpenAPIObject } from '@nestjs/swagger';

/**
 * Members that mean the same wherever they appear in the API, in plain words. A DTO that has more to
 * say about a member says it itself and wins; `Schema.member` is for a word with two meanings.
 */
const WORDS: Readonly<Record<string, string>> = {
  accountRef: 'The account the person belongs to, as your own systems name it.',
  actual: 'What there is now.',
  agree: 'Whether both engines point to the same conclusion.',
  amountMinor: 'Whole number of minor units, such as cents.',
  anchorEvent: 'The recent event that people are asked about.',
  anchorEventAt: 'When the event that was talked about happened.',
  arms: 'One entry for each variant.',
  at: 'When it happened.',
  because: 'The reasons, part by part.',
  betterOff: 'Who gains, and how.',
  buyingRoles: 'Parts the person plays in a purchase, such as user, decider or payer.',
  change: 'The other change that was thought of.',
  chain: 'The links from the change to the money, each with what was found.',
  chanceToWin: 'Probability that the variant is better than the control, 0 to 1.',
  class: 'What sort of quantity it is; the gate asks for guardrails by class.',
  code: 'Stable name: programs may rely on it.',
  comparisons: 'One entry for each variant against the control.',
  conflict: 'An interest that may colour what the person says.',
  control: 'The variant that the others are compared with.',
  controlStillHeldOut: 'Whether some units still get the control, so that a difference is causal.',
  createdAt: 'When it was stored.',
  currency: 'ISO 4217 code.',
  data: 'The entries of this answer.',
  decidedAt: 'When it was decided.',
  delayHours: 'Hours after the exposure before the window opens.',
  department: 'The department that owns it.',
  departments: 'The departments the member acts for.',
  direction: 'Which way is better.',
  disposition: 'What the quote or interview does to the claim.',
  elicitation: 'How the words came about: by themselves, or after which kind of question.',
  email: 'E-mail address; kept in the vault only.',
  end: 'First code point after the quote in the text of its turn.',
  endedAt: 'When the talk ended.',
  errorCode: 'The code of the OpenFeature protocol.',
  estimate: 'The estimated size of the effect.',
  event: 'Name of the event that is counted.',
  evidence: 'The quotes and interviews attached to the insight.',
  exact: 'The quoted words, letter for letter.',
  expected: 'What the policy asks for.',
  expectedEffect: 'What the department will notice.',
  explanation: 'Another reason why the number could move.',
  experimentId: 'Opaque id of the experiment.',
  experimentKey: 'Key of the experiment.',
  facts: 'The particulars of the entry.',
  followUps: 'What people who met the change are asked, and when.',
  firedSolution: 'What people used before and gave up.',
  force: 'What the words show: a push away, a pull, a worry or a habit.',
  from: 'Where the link starts.',
  frozenAt: 'When this version of the plan was fixed.',
  frozenBy: 'The member who caused this version.',
  gate: 'Which gate judged.',
  givenAt: 'When consent was given.',
  guardrails: 'What must not get worse, each with its state.',
  guide: 'The questions the interviewer starts from.',
  heardAt: 'When the talk ended.',
  high: 'Upper end of what is predicted.',
  history: 'Earlier versions, oldest first.',
  hits: 'Turns that may speak against the claim, each to be read and answered.',
  holdBack: 'Share of units that keep the control after shipping, 0 to 1.',
  how: 'How consent was given, such as a form or on the recording.',
  impacts: 'What other departments will notice.',
  id: 'Opaque and sorted by time of creation.',
  insightId: 'The insight it belongs to.',
  interactive: 'Whether somebody could ask back.',
  interviewId: 'The interview it comes from.',
  interviewer: 'Who asked.',
  job: 'What people try to get done.',
  key: 'Name for people and programs; never used again for another thing.',
  kind: 'What kind it is, from a closed set.',
  launchedAt: 'When it was launched; absent before.',
  low: 'Lower end of what is predicted.',
  lower: 'Lower end of the interval.',
  method: 'How it was done, from a closed set.',
  metric: 'Key of the metric.',
  metricKey: 'The metric whose number looked odd.',
  metrics: 'One report for each metric of the plan.',
  modality: 'Over which medium.',
  moment: 'Where in the journey the words belong.',
  moneyNames: 'The names of the ledger that count; all of them when absent.',
  n: 'How many units.',
  name: 'Name for people.',
  nextJob: 'What people try to get done after that.',
  noticeVersion: 'Version of the privacy notice the person saw.',
  now: 'The time on the clock of the product.',
  objectId: 'Id of what was changed or read.',
  objectType: 'What was changed or read.',
  observations: 'What was seen, who did it, and when.',
  otherChanges: 'What else could have been changed, and why it was not.',
  otherExplanations: 'Why else the number could move.',
  outcome: 'Whether the gate opens.',
  owner: 'The member who answers for it.',
  participantId: 'The person, under a pseudonym.',
  participants: 'Who took part and what each may speak for.',
  part: 'Which part of the because it is.',
  perVariant: 'What the numbers say of each variant against the control.',
  phone: 'Telephone number; kept in the vault only.',
  planVersion: 'Version of the analysis plan that was used.',
  plannedInterviews: 'How many talks are planned.',
  population: 'The group of people, such as lead or customer.',
  populations: 'The groups of people it is about.',
  problem: 'The first fault of the chain; absent when there is none.',
  profitCoverage: 'Whether every kind of cost is known.',
  profile: 'The evidence policy that applied.',
  pseudonym: 'A name that identifies nobody outside the vault.',
  queries: 'What was searched for; the turns nearest to the claim are always added.',
  question: 'The question, in the words it is asked in.',
  questionId: 'The open question it belongs to.',
  quoteId: 'The quote.',
  ranAt: 'When the search ran.',
  readAt: 'When the reader said so.',
  reason: 'Why, in the words of the person who did it.',
  reasons: 'The facts that led to the state, each with its code.',
  remedies: 'What to do about it, with the request that does it where there is one.',
  remedy: 'What to do first.',
  rereadAt: 'When the money will be read again.',
  response: 'The written answer to what speaks against the claim.',
  retainUntil: 'When the words are to be deleted at the latest.',
  role: 'What it is for: proxy, downstream or guardrail.',
  scale: 'Whether the size is absolute or relative to the control.',
  scopes: 'What is allowed, from a closed set.',
  segment: 'A narrower part of the population, in words.',
  sentence: 'The same in words.',
  settlingDays: 'Days after the window in which late money still arrives.',
  severity: 'Whether it blocks or warns.',
  stages: 'Stages of the funnel.',
  standardError: 'Standard error of the estimate.',
  start: 'First code point of the quote in the text of its turn.',
  startMs: 'Milliseconds from the start of the recording.',
  startedAt: 'When the talk began.',
  state: 'What was found, from a closed set.',
  statement: 'The claim about people, in one sentence.',
  status: 'Where it stands in its life.',
  steps: 'What fell due on the way, in order.',
  studyId: 'The study the talk belongs to.',
  tags: 'Words to find it by.',
  temporality: 'Whether the words tell of a past event, a habit or a wish.',
  text: 'The words.',
  to: 'Where the link leads.',
  touchpoints: 'Where the department meets people.',
  transcript: 'Who said what, turn by turn.',
  turn: 'Number of the turn in the transcript, from 0.',
  turns: 'Who said what, in order.',
  upper: 'Upper end of the interval.',
  value: 'The size, in the unit that `scale` says.',
  valueProperty: 'The property of the event that holds the number.',
  variant: 'Key of the variant.',
  variants: 'What units may get; exactly one is the control.',
  verdict: 'What was found, from a closed set.',
  version: 'Counts up with every change.',
  verdicts: 'What the numbers say of each variant.',
  voices: 'What people said, word for word.',
  why: 'The reason in words.',
  winner: 'Key of the variant that won; absent when there is none.',
  whyNot: 'Why it was not chosen.',
  window: 'The period in which it was seen.',
  windowDays: 'Days after the exposure that count, as whole days of 24 hours.',
  withdrawnAt: 'When consent was withdrawn; absent while it holds.',
  words: 'How many words the quote has.',
  worseOff: 'Who may lose, or why nobody does.',
  'AuditEntryDto.reason': 'Why it was done, where a reason is asked for.',
  'BriefDecisionDto.action': 'What was decided, from a closed set.',
  'CheckReportDto.met': 'What the policy asks for and the evidence gives.',
  'CheckReportDto.unmet': 'Everything that keeps the gate shut, all at once.',
  'CheckReportDto.warnings': 'What does not block and should be known.',
  'DecisionDto.action': 'What was decided, from a closed set.',
  'DepartmentDto.stages': 'Stages of the funnel that the department owns.',
  'GateCountsDto.accounts': 'Different accounts heard.',
  'GateCountsDto.contradicts': 'Quotes that speak against the cited insights.',
  'GateCountsDto.hearsay': 'Quotes of people who speak about others; they never count.',
  'GateCountsDto.interviews': 'Interviews that the cited quotes come from.',
  'GateCountsDto.liveFirstHand': 'People heard live about what they lived through themselves.',
  'GateCountsDto.qualifies': 'Quotes that narrow the cited insights.',
  'GateCountsDto.supports': 'Quotes that support the cited insights.',
  'GateCountsDto.writtenFirstHand': 'People who wrote about what they lived through themselves.',
  'GateReportDto.met': 'What the policy asks for and the evidence gives.',
  'GateReportDto.unmet': 'Everything that keeps the gate shut, all at once.',
  'GateReportDto.warnings': 'What does not block and should be known.',
  'InterviewDto.observations': 'How many observations were written down.',
  'InterviewDto.turns': 'How many turns the transcript has.',
  'InterviewWordsDto.observations': 'How many observations were written down.',
  'InterviewWordsDto.turns': 'How many turns the transcript has.',
  'RemedyDto.action': 'What to do, in words.',
  'RemedyDto.method': 'HTTP method of the request that does it.',
  'RemedyDto.path': 'Path of the request that does it.',
};

/** What the `{id}` or `{key}` of a path is, by the collection it follows. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  consents: 'Id of the consent.',
  experiments: 'Key of the experiment.',
  impacts: 'Key of the department.',
  flags: 'Key of the experiment.',
  holdouts: 'Key of the holdout.',
  ideas: 'Id of the idea.',
  imports: 'Id of the import.',
  insights: 'Id of the insight.',
  interviews: 'Id of the interview.',
  keys: 'Id of the key: its part between the underscores.',
  metrics: 'Key of the metric.',
  'negative-searches': 'Id of the search.',
  pairs: 'Id of the pair.',
  participants: 'Id of the participant.',
  questions: 'Id of the question.',
  rebuilds: 'Id of the rebuild.',
  rereads: 'Id of the re-read.',
  studies: 'Id of the study.',
};

interface Described {
  description?: string;
  $ref?: string;
}

/** Gives every member and path parameter that says nothing itself the words of the glossary. */
export function explainWords(document: OpenAPIObject): OpenAPIObject {
  for (const [schema, { properties }] of Object.entries(schemasOf(document))) {
    for (const [member, property] of Object.entries(properties ?? {})) {
      const words = WORDS[`${schema}.${member}`] ?? WORDS[member];
      if (property.description === undefined && words !== undefined) property.description = words;
    }
  }
  for (const [path, item] of Object.entries(document.paths)) {
    for (const operation of Object.values(item as Record<string, Operation>)) {
      for (const parameter of operation.parameters ?? []) {
        const collection = new RegExp(`/([^/]+)/\\{${parameter.name}\\}`).exec(path)?.[1];
        if (parameter.description === undefined && collection !== undefined) {
          const words = COLLECTIONS[collection];
          if (words !== undefined) parameter.description = words;
        }
      }
    }
  }
  return document;
}

interface Operation {
  parameters?: { name: string; description?: string }[];
}

function schemasOf(
  document: OpenAPIObject,
): Record<string, { properties?: Record<string, Described> }> {
  return (document.components?.schemas ?? {}) as Record<
    string,
    { properties?: Record<string, Described> }
  >;
}
