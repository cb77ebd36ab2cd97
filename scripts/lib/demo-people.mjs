/** The people of the demo. All of them are invented, and so is every word. */

export const WHY_INVENTED = 'invented for the demo';

const PRICING = {
  population: 'lead',
  stage: 'pricing',
  asked: 'Tell me about the last time you looked at what our plans would cost you.',
};

/** Heard before anybody asked for a test. One of them has not agreed to being quoted. */
export const VISITOR_A = {
  ...PRICING,
  pseudonym: 'Visitor A',
  said: 'I opened the pricing page three times last week and still could not tell what I would pay in the end',
};
export const VISITOR_B = {
  ...PRICING,
  pseudonym: 'Visitor B',
  said: 'We gave up that day because nobody on the team could explain the total to our finance person',
  consent: ['take_part'],
};
/** Knows buyers from hearsay only. */
export const SALES_REP = {
  population: 'salesperson',
  stage: 'pricing',
  pseudonym: 'Sales rep R',
  asked: 'What do buyers tell you about the price?',
  said: 'Buyers keep telling me that the price confuses them until I walk them through it',
};
/** Says the opposite, and is not cited by the author: the search finds them. */
export const VISITOR_D = {
  ...PRICING,
  pseudonym: 'Visitor D',
  said: 'The total was easy to understand because I only needed one seat and there was nothing to add',
};
/** Heard after the gate had asked for more people. */
export const VISITOR_C = {
  ...PRICING,
  pseudonym: 'Visitor C',
  said: 'The monthly number looked fine until the fees showed up on the very last screen before paying',
};

/** Was asked the same, and came to speak of something else: silence belongs to the case. */
export const VISITOR_J = {
  ...PRICING,
  pseudonym: 'Visitor J',
  isSilent: true,
  said: 'I compared the two plans on Tuesday and only looked for whether our accountant gets her own login',
};

const CHECKOUT = {
  population: 'customer',
  stage: 'checkout',
  asked: 'Walk me through the last order you placed with us.',
};

export const CUSTOMER_E = {
  ...CHECKOUT,
  pseudonym: 'Customer E',
  said: 'I only remembered the protection plan after the parcel had come and then it was too late to add it',
};
export const CUSTOMER_F = {
  ...CHECKOUT,
  pseudonym: 'Customer F',
  said: 'I had to go back two pages to find the add-on again and nearly left the whole order there',
};
export const CUSTOMER_G = {
  ...CHECKOUT,
  pseudonym: 'Customer G',
  said: 'Last month I placed a second order just for the add-on because I had missed it the first time',
};
export const CUSTOMER_H = {
  ...CHECKOUT,
  pseudonym: 'Customer H',
  said: 'I never wanted anything added for me because getting my money back the last time took an hour on the phone',
};
/** Was asked the same, and did not mention the add-on. */
export const CUSTOMER_K = {
  ...CHECKOUT,
  pseudonym: 'Customer K',
  isSilent: true,
  said: 'I ordered the same two filters as every winter and was done before the kettle had boiled',
};

/** Members of the project beside the author: their roles, and no names. */
export const SUPPORT_LEAD = { name: 'support lead (invented)', departments: ['support'] };
export const SECOND_READER = { name: 'second reader (invented)', departments: ['growth'] };
