import { startTestApp, type TestApp } from '../support/test-app.js';

const PATH = '/v1/notification-channels';

describe('channels of notifications that are not made', () => {
  let app: TestApp;
  beforeAll(async () => {
    const outbound = { trusted: ['chat.lan:8065'], smtp: null, publicUrl: null };
    app = await startTestApp({ outbound });
  });
  afterAll(() => app.close());

  const hook = (number: number) => ({
    name: `Hook ${number}`,
    kind: 'slack',
    url: `http://chat.lan:8065/hook-${number}`,
  });

  it.each([
    ['https://127.0.0.1/hook', 'address-forbidden'],
    ['https://169.254.169.254/latest/meta-data', 'address-forbidden'],
    ['https://[::ffff:127.0.0.1]/hook', 'address-forbidden'],
    ['https://0x7f.1/hook', 'address-forbidden'],
    ['https://localhost./hook', 'host-forbidden'],
    ['https://hooks.slack.com:25/hook', 'port-forbidden'],
    ['https://user:secret@hooks.slack.com/hook', 'userinfo-forbidden'],
    ['http://hooks.slack.com/hook', 'scheme-forbidden'],
    ['file:///etc/passwd', 'scheme-forbidden'],
    ['hooks', 'not-a-url'],
  ])('B47: %s is refused when the channel is made: %s', async (url, fault) => {
    const answer = await app.send('post', PATH, { name: 'Inside', kind: 'slack', url });
    expect([answer.status, answer.body.code]).toEqual([422, 'outbound-url-forbidden']);
    expect(answer.body.errors).toMatchObject([{ pointer: '/url', code: fault }]);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });

  it.each<[string, object, string]>([
    ['a webhook without a URL', { kind: 'slack' }, '/url required'],
    ['mails to nobody', { kind: 'email' }, '/to required'],
    [
      'a webhook with recipients',
      { kind: 'slack', url: 'https://a.example/', to: ['a@b.example'] },
      '/to unknown-member',
    ],
    ['a pigeon', { kind: 'pigeon' }, '/kind not-in-set'],
    ['a recipient that is a header', { kind: 'email', to: ['a@b.example\r\nBcc: c'] }, '/to'],
    ['a recipient that is two', { kind: 'email', to: ['a@b.example, c@d.example'] }, '/to'],
    ['a recipient with a name', { kind: 'email', to: ['Ann <a@b.example>'] }, '/to'],
    [
      'a kind of notice that is none',
      { kind: 'email', to: ['a@b.c'], kinds: ['gossip'] },
      '/kinds',
    ],
  ])('%s is refused', async (_name, body, error) => {
    const answer = await app.send('post', PATH, { name: 'Odd', ...body });
    expect([answer.status, answer.body.code]).toEqual([422, 'validation-failed']);
    const errors = answer.body.errors as { pointer: string; code: string }[];
    expect(errors.map(({ pointer, code }) => `${pointer} ${code}`).join()).toContain(error);
  });

  it('the twenty-first is refused', async () => {
    for (let number = 1; number <= 20; number += 1) await app.ok('post', PATH, hook(number));
    const answer = await app.send('post', PATH, hook(21));
    expect([answer.status, answer.body.code]).toEqual([409, 'too-many-channels']);
    const page = await app.ok('get', `${PATH}?limit=15`);
    const rest = await app.ok('get', `${PATH}?limit=15&cursor=${page.body.nextCursor}`);
    expect([page.body.data.length, rest.body.data.length]).toEqual([15, 5]);
  });
});
