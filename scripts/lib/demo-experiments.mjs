import { cited } from './evidence.mjs';
import { everyJourney, maybe, VALUES } from './planted.mjs';

/** The two tests of the demo: what their authors write down, and what is planted behind them. */

export const PLANNED_DAYS = 21;
export const VISITORS_A_DAY = 300;
export const ENROLMENT_DAYS = 20;

const SCHEDULE = { cron: '0 6 * * 1' };
const PLANNED_UNITS = VISITORS_A_DAY * ENROLMENT_DAYS;
const FIRST_HOUR = [1, 55];

export const METRICS = [
  {
    key: 'checkout-start',
    name: 'Checkout started',
    role: 'proxy',
    kind: 'proportion',
    class: 'stage_conversion',
    department: 'growth',
    direction: 'increase',
    event: 'checkout_started',
    windowDays: 7,
  },
  {
    key: 'add-on-added',
    name: 'Add-on added to the order',
    role: 'proxy',
    kind: 'proportion',
    class: 'engagement',
    department: 'growth',
    direction: 'increase',
    event: 'add_on_added',
    windowDays: 7,
  },
  {
    key: 'revenue',
    name: 'Revenue, before anything comes back',
    role: 'downstream',
    kind: 'money',
    class: 'revenue',
    direction: 'increase',
    moneyNames: ['revenue'],
    windowDays: 30,
    settlingDays: 14,
  },
  {
    key: 'support-contact',
    name: 'Contacted support',
    role: 'guardrail',
    kind: 'proportion',
    class: 'load',
    department: 'support',
    direction: 'decrease',
    event: 'support_ticket',
    windowDays: 30,
    margin: { value: 0.02, scale: 'absolute' },
  },
  {
    key: 'order-returned',
    name: 'Sent the order back',
    role: 'guardrail',
    kind: 'proportion',
    class: 'stage_quality',
    direction: 'decrease',
    event: 'order_returned',
    windowDays: 30,
    margin: { value: 0.02, scale: 'absolute' },
  },
];

const sale = (price, cost, as, minutes = FIRST_HOUR) => [
  { type: 'money', name: 'revenue', amountMinor: price, as, minutes },
  { type: 'money', name: 'cogs', amountMinor: -cost, refersTo: as, minutes },
];
const RETURN_DAYS = [6, 27];
const refund = (price, as) => ({
  type: 'money',
  name: 'refund',
  amountMinor: -price,
  refersTo: as,
  days: RETURN_DAYS,
});
const RETURNED = { type: 'event', name: 'order_returned', days: RETURN_DAYS };
const ticket = (cost, days = [3, 25]) => [
  { type: 'event', name: 'support_ticket', days },
  { type: 'money', name: 'support_cost', amountMinor: -cost, days },
];

/** A lead on the pricing page. */
function pricingJourneys({ starts, buys, refunds, asks }) {
  return everyJourney((choose) => {
    if (!choose(maybe(starts))) return [];
    const started = { type: 'event', name: 'checkout_started', minutes: [1, 20] };
    if (!choose(maybe(buys))) return choose(maybe(0.04)) ? [started, ...ticket(650)] : [started];
    const [price, cost] = choose([
      [0.4, [4900, 1470]],
      [0.4, [7900, 2370]],
      [0.2, [12_900, 3870]],
    ]);
    return [
      started,
      ...sale(price, cost, 'order', [21, 55]),
      ...(choose(maybe(refunds)) ? [RETURNED, refund(price, 'order')] : []),
      ...(choose(maybe(asks)) ? ticket(650) : []),
    ];
  });
}

/** A customer at the checkout, where an add-on is offered. */
function checkoutJourneys({ adds, returnsIt, returnsAll, asks }) {
  return everyJourney((choose) => {
    if (!choose(maybe(0.55))) return [];
    const order = sale(6000, 3300, 'order', [11, 55]);
    const steps = choose(maybe(0.04)) ? [...order, ...ticket(650)] : order;
    if (!choose(maybe(adds))) return steps;
    const fate = choose([
      [returnsIt, [refund(1900, 'add-on')]],
      [returnsAll, [refund(1900, 'add-on'), refund(6000, 'order')]],
      [1 - returnsIt - returnsAll, []],
    ]);
    return [
      { type: 'event', name: 'add_on_added', minutes: [1, 10] },
      ...steps,
      ...sale(1900, 600, 'add-on', [11, 55]),
      ...fate,
      ...(choose(maybe(asks)) ? ticket(1400) : []),
    ];
  });
}

export const TOTAL_FIRST = {
  key: 'total-first',
  treatment: 'total',
  visitors: 'pricing-visitor',
  expected: 'profit_win',
  leading: 'checkout-start',
  values: {
    'checkout-start': VALUES.happened('checkout_started'),
    profit: VALUES.profit,
    'support-contact': VALUES.happened('support_ticket'),
  },
  journeys: {
    control: pricingJourneys({ starts: 0.2, buys: 0.4, refunds: 0.08, asks: 0.12 }),
    total: pricingJourneys({ starts: 0.26, buys: 0.46, refunds: 0.05, asks: 0.08 }),
  },
};

export const ONE_CLICK = {
  key: 'one-click-add-on',
  treatment: 'one-click',
  visitors: 'checkout-visitor',
  expected: 'proxy_trap',
  leading: 'add-on-added',
  values: {
    'add-on-added': VALUES.happened('add_on_added'),
    profit: VALUES.profit,
    'support-contact': VALUES.happened('support_ticket'),
  },
  journeys: {
    control: checkoutJourneys({ adds: 0.14, returnsIt: 0.05, returnsAll: 0.02, asks: 0.05 }),
    'one-click': checkoutJourneys({ adds: 0.26, returnsIt: 0.33, returnsAll: 0.1, asks: 0.4 }),
  },
};

const common = {
  kind: 'ab',
  unit: 'visitor',
  assignment: 'internal',
  traffic: 1,
  policy: 'standard',
  analysis: { plannedDays: PLANNED_DAYS, plannedUnits: PLANNED_UNITS },
  schedule: SCHEDULE,
};

/**
 * @param {string} insightId
 * @param {{ a: import('./evidence.mjs').Heard, b: import('./evidence.mjs').Heard }} heard
 */
export function totalFirstBody(insightId, { a, b }) {
  return {
    ...common,
    key: TOTAL_FIRST.key,
    name: 'Show the total first',
    variants: [
      { key: 'control', name: 'Price per seat', weight: 1, control: true },
      { key: 'total', name: 'The total, with all fees', weight: 1 },
    ],
    audience: { populations: ['lead'], stages: ['pricing'] },
    metrics: {
      leading: 'checkout-start',
      deciding: 'profit',
      guardrails: ['support-contact', 'order-returned'],
      secondary: ['revenue'],
    },
    rationale: {
      insightIds: [insightId],
      because: {
        context: cited('They come back to the pricing page and compare', a),
        who: cited('People who must explain the cost to somebody else', b),
        struggle: cited('They cannot tell what they will pay in the end', a),
        change: { text: 'We show the total with all fees on the pricing page', assumption: true },
        force: cited('They give up rather than ask', b),
        expectedExperience: cited('They know the total before they start to pay', a),
      },
      experience: { betterOff: 'People with a budget to answer for' },
      chain: chainTo('checkout-start', 'known-total', a),
      prediction: {
        metric: 'checkout-start',
        direction: 'increase',
        low: 0.1,
        high: 0.5,
        scale: 'relative',
      },
      wrongIf: 'Checkout starts do not rise, or profit per visitor does not follow them',
      otherExplanations: [{ explanation: 'The price itself is too high, whatever it looks like' }],
      otherChanges: [{ change: 'A calculator', whyNot: 'It asks for more work from the visitor' }],
      impacts: [
        growthImpact('one more number on the page to keep right'),
        supportImpact('fewer questions about fees'),
      ],
      followUps: [asks('What did you know about the price before you started to pay?')],
      incentive: NOBODY_PAID,
    },
  };
}

/**
 * @param {string} insightId
 * @param {{ e: import('./evidence.mjs').Heard, f: import('./evidence.mjs').Heard }} heard
 */
export function oneClickBody(insightId, { e, f }) {
  return {
    ...common,
    key: ONE_CLICK.key,
    name: 'Add-on with one click',
    variants: [
      { key: 'control', name: 'Add-on on its own page', weight: 1, control: true },
      { key: 'one-click', name: 'Add-on with one click in the basket', weight: 1 },
    ],
    audience: { populations: ['customer'], stages: ['checkout'] },
    metrics: {
      leading: 'add-on-added',
      deciding: 'profit',
      guardrails: ['support-contact'],
      secondary: ['revenue'],
    },
    rationale: {
      insightIds: [insightId],
      because: {
        context: cited('They notice the add-on after the order', e),
        who: cited('Customers in the middle of an order', f),
        struggle: cited('The add-on is two pages away', f),
        change: { text: 'One click in the basket adds it', assumption: true },
        force: cited('Going back feels like losing the order', f),
        expectedExperience: cited('They have the add-on when they need it', e),
      },
      experience: {
        betterOff: 'Customers who want the add-on and miss it today',
        worseOff: 'Customers who do not look closely and pay for what they did not want',
      },
      chain: chainTo('add-on-added', 'add-on-at-hand', e),
      prediction: {
        metric: 'add-on-added',
        direction: 'increase',
        low: 0.2,
        high: 1.5,
        scale: 'relative',
      },
      wrongIf: 'More add-ons are added and profit per visitor does not rise',
      otherExplanations: [{ explanation: 'People do not want the add-on at all' }],
      otherChanges: [{ change: 'A reminder by e-mail', whyNot: 'It comes after the parcel' }],
      impacts: [
        growthImpact('one more button in the basket to keep'),
        supportImpact('more questions about add-ons'),
      ],
      followUps: [asks('How did the add-on come to be in your order?')],
      incentive: NOBODY_PAID,
    },
  };
}

function chainTo(leading, experience, heard) {
  const support = [heard.quoteId];
  const link = { sign: '+', lagDays: 0, basis: 'interview', support };
  return [
    { ...link, from: 'change', to: `experience:${experience}` },
    { ...link, from: `experience:${experience}`, to: `metric:${leading}` },
    {
      from: `metric:${leading}`,
      to: 'metric:profit',
      sign: '+',
      lagDays: 30,
      basis: 'correlation',
    },
  ];
}

const NOBODY_PAID = 'Nobody: the shop is invented, and so is everybody who works there';

const asks = (question) => ({ question, afterDays: 7, people: 3 });

function growthImpact(expectedEffect) {
  return {
    department: 'growth',
    expectedEffect,
    reason: 'Growth owns the page and the metric that leads',
  };
}

function supportImpact(expectedEffect) {
  return {
    department: 'support',
    expectedEffect,
    reason: 'Support hears first when a total or a basket is not what people expected',
    guardrail: 'support-contact',
  };
}
