import { experimentBody, hear, type HeardPerson, insightOn, productNow } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const AT = '/v1/experiments/total-first';
const DAY_MS = 86_400_000;

/** Enough words and turns for the one whole story that `explore` rests on. */
const STORY = [
  'Last Tuesday I sat down with the pricing page because our finance person had asked me what the tool would cost us for a year with twelve people in it and I thought it would take a minute',
  'I opened the page and there was a number for one person and a month but nothing that told me the sum so I took a spreadsheet and copied the whole table and tried to add the fees myself',
  'After half an hour I had two different sums and I did not trust either so I wrote to my colleague that we would look at it again next week and then of course we never came back to it because something else was on fire',
] as const;

/** Somebody invented who tells the whole story live, and one quote of it. */
async function storyteller(app: TestApp): Promise<HeardPerson> {
  const person = await app.ok('post', '/v1/participants', {
    pseudonym: 'Visitor S',
    kind: 'human',
    population: 'lead',
  });
  const participantId = person.body.id as string;
  const endedAt = new Date((await productNow(app)).getTime() - 10 * DAY_MS);
  const consent = await app.ok('post', `/v1/participants/${participantId}/consents`, {
    scopes: ['take_part', 'product_decisions', 'quote_internal'],
    givenAt: new Date(endedAt.getTime() - 3_600_000).toISOString(),
    how: 'form',
    noticeVersion: '1',
  });
  const interview = await app.ok('post', '/v1/interviews', {
    participants: [{ participantId, speaksFor: [{ population: 'lead', stage: 'pricing' }] }],
    method: 'interview',
    modality: 'video',
    interactive: true,
    startedAt: new Date(endedAt.getTime() - 1_800_000).toISOString(),
    endedAt: endedAt.toISOString(),
    interviewer: 'Researcher',
    transcript: {
      language: 'en',
      producedBy: 'human',
      turns: STORY.flatMap((text) => [
        { speaker: 'Researcher', text: 'And what happened then?' },
        { speaker: 'Visitor S', participantId, text },
      ]),
    },
  });
  const quote = await app.ok('post', `/v1/interviews/${interview.body.id}/quotes`, {
    turn: 3,
    start: 0,
    end: 60,
    temporality: 'past_specific',
    elicitation: 'open_probe',
  });
  return {
    participantId,
    consentId: consent.body.id as string,
    interviewId: interview.body.id as string,
    quoteId: quote.body.id as string,
  };
}

describe('evidence that is taken back after the launch', () => {
  let app: TestApp;
  let people: HeardPerson[];
  let insightId: string;

  beforeEach(async () => {
    app = await startTestApp();
    people = [await storyteller(app)];
    for (const pseudonym of ['Visitor A', 'Visitor B']) {
      people.push(await hear(app, { pseudonym }));
    }
    insightId = await insightOn(app, people);
    await app.ok('post', '/v1/metrics', {
      key: 'checkout-start',
      name: 'Checkout started',
      role: 'proxy',
      kind: 'proportion',
      class: 'engagement',
      direction: 'increase',
      event: 'checkout_started',
      windowDays: 7,
    });
  });
  afterEach(() => app.close());

  const create = async (): Promise<void> => {
    const body = experimentBody(insightId, people, { traffic: 0.1 });
    await app.ok('post', '/v1/experiments', {
      ...body,
      rationale: {
        ...(body['rationale'] as object),
        followUps: [{ question: 'What did you expect to pay?', afterDays: 3, people: 3 }],
      },
    });
  };
  const launch = async (): Promise<void> => {
    await create();
    await app.ok('post', `${AT}/launch`);
  };
  const withdraw = (index: number) =>
    app.ok('post', `/v1/consents/${people[index]?.consentId}/withdraw`);
  const evidence = async () => (await app.ok('get', AT)).body.evidence;
  const answer = (body: object) => app.send('post', `${AT}/evidence-gaps`, body);

  it('is shown, and stays open until somebody answers in writing, after each withdrawal', async () => {
    await launch();
    expect(await evidence()).toMatchObject({
      withdrawn: false,
      replaced: false,
      answered: false,
      recount: [],
      counts: { people: 3 },
    });
    const early = await answer({ answer: 'Nothing happened' });
    expect([early.status, early.body.code]).toEqual([409, 'no-evidence-gap']);

    await withdraw(1);
    expect(await evidence()).toMatchObject({ withdrawn: true, answered: false });
    expect((await evidence()).recount).toContain('CONSENT_MISSING');
    const answered = await answer({ answer: 'Two others say the same' });
    expect([answered.status, answered.body]).toMatchObject([
      201,
      { answer: 'Two others say the same', replacements: [], evidence: { answered: true } },
    ]);
    expect(await evidence()).toMatchObject({ withdrawn: true, answered: true });

    await withdraw(2);
    expect(await evidence()).toMatchObject({ withdrawn: true, answered: false });
    const timeline = await app.ok('get', `${AT}/timeline`);
    expect(timeline.body.data.at(-1)).toMatchObject({
      what: 'answer_evidence_gap',
      facts: { answer: 'Two others say the same', replaced: false },
    });
    await expect(
      app.sql(`UPDATE evidence_gap_answer SET answer = 'x' WHERE true`),
    ).rejects.toMatchObject({ driverError: { code: '23001' } });
  });

  it('is closed by quotes that support the same insight; the frozen rationale stays', async () => {
    await launch();
    await withdraw(0);
    const before = (await app.ok('get', `${AT}/plan`)).body.current.digest;
    const other = await hear(app, { pseudonym: 'Visitor D' });
    const replacements = [{ quoteId: people[0]?.quoteId, withQuoteId: other.quoteId }];
    const stranger = await answer({ answer: 'Visitor D says so too', replacements });
    expect([stranger.status, stranger.body.errors]).toEqual([
      422,
      [{ pointer: '/replacements/0/withQuoteId', code: 'quote-not-supporting' }],
    ]);
    await app.ok('post', `/v1/insights/${insightId}/evidence`, {
      quoteId: other.quoteId,
      disposition: 'supports',
    });
    const uncited = await answer({
      answer: 'x',
      replacements: [
        { quoteId: '01a20000-0000-7000-8000-000000000000', withQuoteId: other.quoteId },
      ],
    });
    expect([uncited.status, uncited.body.errors[0].code]).toEqual([422, 'quote-not-cited']);
    const closed = await answer({ answer: 'Visitor D says so too', replacements });
    expect(closed.body).toMatchObject({
      replacements,
      evidence: { withdrawn: false, replaced: true, answered: false },
    });
    expect(await evidence()).toMatchObject({ withdrawn: false, replaced: true });
    expect((await app.ok('get', `${AT}/plan`)).body.current.digest).toBe(before);

    // The one who stands in may take their words back, too.
    await app.ok('post', `/v1/consents/${other.consentId}/withdraw`);
    expect(await evidence()).toMatchObject({ withdrawn: true, replaced: false });
  });

  it('asks nothing of a draft, which is edited, nor of an A/A test', async () => {
    await create();
    await withdraw(1);
    expect(await evidence()).toMatchObject({ withdrawn: true });
    const draft = await answer({ answer: 'x' });
    expect([draft.status, draft.body.code]).toEqual([409, 'invalid-state-transition']);
    const refused = await app.send('post', `${AT}/launch`);
    expect(refused.body.unmet.map(({ code }: { code: string }) => code)).toContain(
      'CONSENT_MISSING',
    );
    await app.ok('post', '/v1/experiments', {
      key: 'aa-test',
      name: 'Of the machinery',
      kind: 'aa',
      variants: [
        { key: 'a', name: 'A', weight: 1 },
        { key: 'b', name: 'B', weight: 1 },
      ],
      audience: { populations: ['lead'] },
      metrics: { leading: 'profit' },
    });
    await app.ok('post', '/v1/experiments/aa-test/launch');
    expect((await app.ok('get', '/v1/experiments/aa-test')).body.evidence).toBeUndefined();
    const aa = await app.send('post', '/v1/experiments/aa-test/evidence-gaps', { answer: 'x' });
    expect([aa.status, aa.body.code]).toEqual([409, 'no-evidence-gap']);
  });

  it('counts people again who turn out to be one, by the rules of the launch, and no age', async () => {
    await app.ok('put', '/v1/policies/explore', {
      people: 3,
      asked: 3,
      reason: 'Three, or we do not know',
    });
    await launch();
    expect(await evidence()).toMatchObject({ recount: [], counts: { people: 3 } });
    await app.sql('UPDATE participant SET merged_into = $1 WHERE id = $2', [
      people[1]?.participantId,
      people[2]?.participantId,
    ]);
    const merged = await evidence();
    expect(merged).toMatchObject({ withdrawn: false, counts: { people: 2 } });
    expect(merged.recount).toContain('TOO_FEW_PEOPLE');
    await app.sql('UPDATE participant SET merged_into = NULL');

    // Stricter rules and a year later: neither is a reason to doubt what passed.
    await app.ok('put', '/v1/policies/explore', { people: 9, asked: 9, reason: 'More' });
    const now = await productNow(app);
    await app.moveClock(new Date(now.getTime() + 300 * DAY_MS).toISOString());
    expect(await evidence()).toMatchObject({ withdrawn: false, recount: [] });
  });
});

describe('the integrity report', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  const report = async () => (await app.ok('get', '/v1/integrity')).body;

  it('of an empty project finds nothing and says that nothing can be said', async () => {
    expect(await report()).toMatchObject({
      findings: [],
      newPeople: { counted: 0, fresh: 0, share: null },
      peopleAtMinimum: { ok: false, reason: 'too-few' },
      directContext: { experiments: 0, withDirectContext: 0, share: null },
      ungatedChanges: [],
    });
  });

  it('names bursts, undecided pairs, rules loosened and used, and changes called A/A', async () => {
    const people: HeardPerson[] = [];
    for (const letter of 'TUVWXY') {
      people.push(await hear(app, { pseudonym: `Visitor ${letter}` }));
    }
    const teller = await storyteller(app);
    const insightId = await insightOn(app, [teller, ...people.slice(0, 2)]);
    await app.ok('post', '/v1/metrics', {
      key: 'checkout-start',
      name: 'Checkout started',
      role: 'proxy',
      kind: 'proportion',
      class: 'engagement',
      direction: 'increase',
      event: 'checkout_started',
      windowDays: 7,
    });
    await app.ok('put', '/v1/policies/standard', {
      people: 2,
      live: 2,
      accounts: 2,
      reason: 'Nobody picks up the phone',
    });
    await app.ok('post', '/v1/experiments', experimentBody(insightId, [teller], { traffic: 0.1 }));
    await app.ok('post', '/v1/experiments', {
      key: 'rollout',
      name: 'Called A/A',
      kind: 'aa',
      variants: [
        { key: 'a', name: 'A', weight: 1, value: 'old' },
        { key: 'b', name: 'B', weight: 1, value: 'new' },
      ],
      audience: { populations: ['lead'] },
      metrics: { leading: 'profit' },
      policy: 'standard',
    });
    await app.sql(
      `INSERT INTO participant_pair (project_id, id, first_id, second_id, found_by, found_at)
       SELECT project_id, gen_random_uuid(), least($1::uuid, $2), greatest($1::uuid, $2),
         'likeness', becausal_now() FROM participant WHERE id = $1`,
      [people[0]?.participantId, people[1]?.participantId],
    );
    const found = await report();
    const codes = (found.findings as { code: string }[]).map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining([
        'INTERVIEWS_IN_A_BURST',
        'INGESTED_IN_A_BURST',
        'DUPLICATES_UNDECIDED',
        'SELF_INTERVIEW_ONLY',
        'POLICY_LOOSENED_THEN_USED',
      ]),
    );
    expect(found).toMatchObject({
      newPeople: { counted: 3, fresh: 3, share: 1 },
      directContext: { experiments: 2, withDirectContext: 1, share: 0.5 },
      ungatedChanges: ['rollout'],
    });
    expect(JSON.stringify(found)).not.toContain('Visitor');
  });
});
