import { mailOf, messageOf, slackBody } from './message.js';

const notice = {
  id: '01a20000-0000-7000-8000-000000000001',
  kind: 'guardrail_breach',
  severity: 'urgent',
  sentence: 'Variant a: 1 < 2 & <!channel> <https://evil.example|click>.',
  experimentKey: 'checkout',
} as const;

describe('a message', () => {
  it('to Slack is one text in which nothing of ours is markup', () => {
    expect(slackBody(messageOf(notice, 'https://ab.example'))).toEqual({
      text:
        '*Urgent* - checkout: guardrail breach\n' +
        'Variant a: 1 &lt; 2 &amp; &lt;!channel&gt; &lt;https://evil.example|click&gt;.\n' +
        '<https://ab.example/v1/experiments/checkout/brief|Read on>\n' +
        'Notice 01a20000-0000-7000-8000-000000000001',
    });
  });

  it('has no link where nobody said under which address the service is reached', () => {
    expect(slackBody(messageOf(notice, null)).text).not.toContain('|Read on>');
    expect(mailOf(messageOf(notice, null)).text).not.toContain('/brief');
  });

  it('by mail is plain, and its subject one line', () => {
    const mail = mailOf({
      ...messageOf(notice, 'https://ab.example'),
      about: 'a\r\nBcc: b@c.example',
    });
    expect(mail).toEqual({
      subject: '[Becausal] Urgent: a Bcc: b@c.example',
      text:
        'Variant a: 1 < 2 & <!channel> <https://evil.example|click>.\n\n' +
        'https://ab.example/v1/experiments/checkout/brief\n\n' +
        'Notice 01a20000-0000-7000-8000-000000000001\n',
    });
  });
});
