import type { InterviewMethod } from '../dossier.js';
import type { GuideQuestion, PlannedPeople } from '../study.js';

/**
 * Stories, probes and open questions only: a closed one can be answered with yes or no, and what people
 * answer to a leading one does not count.
 */
export interface TemplateQuestion extends GuideQuestion {
  /** Asks for what would speak against the claim, so that silence about it means something. */
  awkward?: true;
}

/** Who may be asked: a recent event of their own, so that they tell a memory and not an opinion. */
export interface AnchorEvent {
  /** What happened to the person. */
  event: string;
  /** Days from the event to the interview, at least and at most. */
  daysMin: number;
  daysMax: number;
}

export const STUDY_TEMPLATE_KEYS = [
  'ten-recent-converters',
  'switch',
  'churn',
  'lost-at-stage',
  'usability',
  'post-exposure',
] as const;
export type StudyTemplateKey = (typeof STUDY_TEMPLATE_KEYS)[number];

/** A study ready to be adapted: whom to hear, about which event, with which questions, and until when. */
export interface StudyTemplate {
  key: StudyTemplateKey;
  name: string;
  /** What it is good for, in one sentence. */
  purpose: string;
  method: InterviewMethod;
  plannedInterviews: number;
  anchorEvent: AnchorEvent;
  whomToHear: readonly (PlannedPeople & { who: string })[];
  stoppingRule: string;
  guide: readonly TemplateQuestion[];
}

const story = (text: string): TemplateQuestion => ({ type: 'story', text });
const probe = (text: string): TemplateQuestion => ({ type: 'probe', text });
const open = (text: string): TemplateQuestion => ({ type: 'open', text });
const awkward = (question: TemplateQuestion): TemplateQuestion => ({ ...question, awkward: true });

const TEN_RECENT_CONVERTERS: StudyTemplate = {
  key: 'ten-recent-converters',
  name: 'Ten people who just became customers',
  purpose: 'Why people took the step, told while they still remember how it went.',
  method: 'interview',
  plannedInterviews: 10,
  anchorEvent: { event: 'became a customer', daysMin: 1, daysMax: 30 },
  whomToHear: [
    { population: 'customer', count: 7, who: 'took the step within the last month' },
    {
      population: 'customer',
      buyingRole: 'initiator',
      count: 3,
      who: 'was the first at their place to bring it up',
    },
  ],
  stoppingRule:
    'Hold all ten. Go on with two more as long as the last two brought something that nobody said before.',
  guide: [
    story('Take me back to the day this first came to your mind. What was going on?'),
    story('What did you do next, step by step, until you had decided?'),
    probe('Who else was part of it, and what mattered to each of them?'),
    probe('What else did you look at, and what became of it?'),
    awkward(open('What nearly kept you from it?')),
    story('Tell me about the moment at which you made up your mind.'),
    open('What can you do now that you could not do before?'),
    awkward(open('What is worse than it was before?')),
  ],
};

const SWITCH: StudyTemplate = {
  key: 'switch',
  name: 'From the old way to the new one',
  purpose: 'What pushes people away from what they had, what pulls them, and what holds them back.',
  method: 'interview',
  plannedInterviews: 10,
  anchorEvent: { event: 'began or stopped using the product', daysMin: 30, daysMax: 90 },
  whomToHear: [
    { population: 'customer', count: 6, who: 'came from another solution' },
    { population: 'ex_customer', count: 4, who: 'left for another solution' },
  ],
  stoppingRule:
    'Hold all ten, with at least three who left. Stop when two more in each group bring nothing new.',
  guide: [
    story('What did you use for this before, and how did a usual day with it go?'),
    story('When did you first think that it might be time for something else? What had happened?'),
    probe('Between that thought and really looking around, what went on?'),
    story('Describe the day on which you decided. Where were you, and who was there?'),
    awkward(open('What made you hesitate, even at the end?')),
    probe('What did you give up by changing?'),
    awkward(open('What would have had to be different for you to stay with the old way?')),
    open('Now that you have it, what do you want to get done next?'),
  ],
};

const CHURN: StudyTemplate = {
  key: 'churn',
  name: 'People who left',
  purpose: 'What happened before people left, beyond the reason they ticked on the way out.',
  method: 'interview',
  plannedInterviews: 8,
  anchorEvent: { event: 'cancelled', daysMin: 3, daysMax: 60 },
  whomToHear: [
    { population: 'ex_customer', count: 6, who: 'cancelled by their own decision' },
    { population: 'customer', count: 2, who: 'began to cancel and stayed' },
  ],
  stoppingRule:
    'Hold all eight. Stop when two in a row tell of no event that led to leaving which is not yet known.',
  guide: [
    story('Tell me about the last time you used it. What did you want to get done?'),
    story('When did the thought of leaving first come up? What had just happened?'),
    probe('What did you try before you left, and who did you talk to?'),
    story('How did the day on which you cancelled go?'),
    open('What do you use for it today, if anything?'),
    awkward(open('What do you miss, now that it is gone?')),
    awkward(open('What would have had to be true for you to stay?')),
  ],
};

const LOST_AT_STAGE: StudyTemplate = {
  key: 'lost-at-stage',
  name: 'Lost at one stage',
  purpose:
    'Why people stop at a stage of the journey, beside those who went on from the same stage.',
  method: 'interview',
  plannedInterviews: 9,
  anchorEvent: { event: 'reached the stage and went no further', daysMin: 2, daysMax: 30 },
  whomToHear: [
    { population: 'lead', count: 6, who: 'reached the stage and stopped there' },
    { population: 'customer', count: 3, who: 'went on from the same stage in the same weeks' },
  ],
  stoppingRule:
    'Hold all nine. Stop when two more who stopped and one more who went on bring nothing new.',
  guide: [
    story('What were you trying to get done on the day you came to this point?'),
    story('Walk me through what you saw and did there, from the beginning.'),
    probe('What went through your mind just before you left it?'),
    open('What did you need to know that you could not find?'),
    story('What did you do about the matter after that?'),
    probe('Who else had a say in it, and what did they say?'),
    awkward(open('What nearly made you go on?')),
    awkward(open('Suppose that page had been perfect: what would still have held you back?')),
  ],
};

const USABILITY: StudyTemplate = {
  key: 'usability',
  name: 'Watching people use it',
  purpose: 'Where people get stuck when they do their own task, seen and not reported.',
  method: 'usability_test',
  plannedInterviews: 6,
  anchorEvent: { event: 'had this task to do on their own', daysMin: 0, daysMax: 30 },
  whomToHear: [
    { population: 'user', count: 3, who: 'uses it every week' },
    { population: 'lead', count: 3, who: 'sees it for the first time' },
  ],
  stoppingRule:
    'Watch all six. Stop when the last two met no obstacle that was not seen before; after a change start anew.',
  guide: [
    story('When did you last have to do this? Show me how you went about it.'),
    open('Please do it here now, and say aloud what you look for and expect.'),
    probe('You stopped there. What was on your mind?'),
    probe('What did you expect to happen when you did that?'),
    open('How does this compare with the way you do it otherwise?'),
    awkward(open('What went better than you had expected, and what should stay as it is?')),
    awkward(open('In which situation would you not use this at all?')),
  ],
};

const POST_EXPOSURE: StudyTemplate = {
  key: 'post-exposure',
  name: 'After the experiment',
  purpose:
    'Whether people who met the variant tell of the reason that was assumed, without being asked.',
  method: 'interview',
  plannedInterviews: 6,
  anchorEvent: { event: 'met a variant of the experiment', daysMin: 0, daysMax: 30 },
  whomToHear: [
    { population: 'customer', count: 3, who: 'met the variant and took the step' },
    { population: 'lead', count: 3, who: 'met the variant and did not take the step' },
  ],
  stoppingRule:
    'Hold all six, three of each side. Go on where the two sides tell of different reasons.',
  guide: [
    story('Tell me about your last visit. What did you come for?'),
    story('What happened from there on, as you remember it?'),
    probe('What caught your attention on the way, and what did you make of it?'),
    open('What did you decide in the end, and what was that decision about?'),
    probe('What did you do before on such occasions?'),
    awkward(open('What bothered you, or cost you more effort than you had expected?')),
    awkward(open('What would have led you to decide the other way?')),
  ],
};

export const STUDY_TEMPLATES: readonly StudyTemplate[] = [
  TEN_RECENT_CONVERTERS,
  SWITCH,
  CHURN,
  LOST_AT_STAGE,
  USABILITY,
  POST_EXPOSURE,
];
