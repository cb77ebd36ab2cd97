import { createServer, type AddressInfo } from 'node:net';
import { SmtpSink } from '../../../test/support/smtp-sink.js';
import { Mailer } from './mailer.js';

describe('Mailer', () => {
  let sink: SmtpSink;
  beforeAll(async () => {
    sink = await SmtpSink.start();
  });
  beforeEach(() => {
    sink.mails.length = 0;
    sink.recipientAnswer = '250 ok';
  });
  afterAll(() => sink.stop());

  const settings = (changes: object = {}) => ({
    host: '127.0.0.1',
    port: sink.port,
    isTls: false,
    login: null,
    from: 'becausal@ab.example',
    ...changes,
  });
  const mail = {
    id: 'notice-1.channel-1',
    to: ['one@ab.example', 'two@ab.example'],
    subject: 'Urgent: checkout',
    text: 'Partial profit fell.\n\n.\nhttps://ab.example\n',
  };

  it('sends a plain mail to everybody', async () => {
    expect(await new Mailer(settings()).send(mail)).toEqual({ is: 'sent' });
    expect(sink.mails).toHaveLength(1);
    const [sunk] = sink.mails;
    expect(sunk).toMatchObject({ from: 'becausal@ab.example', to: mail.to });
    expect(sunk?.data).toMatch(/^Subject: Urgent: checkout$/m);
    expect(sunk?.data).toMatch(/^Message-ID: <notice-1\.channel-1@ab\.example>$/m);
    expect(sunk?.data).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(sunk?.data).toMatch(/^Content-Type: text\/plain/m);
    expect(sunk?.data).toContain('\n\nPartial profit fell.\n\n.\nhttps://ab.example\n');
  });

  it('lets no subject become a header', async () => {
    await new Mailer(settings()).send({ ...mail, subject: 'a\r\nBcc: evil@b.example\r\n\r\nbody' });
    const [headers = ''] = (sink.mails[0]?.data ?? '').split('\n\n');
    expect(headers).not.toMatch(/^Bcc:/im);
    expect(sink.mails[0]?.to).toEqual(mail.to);
  });

  it.each([
    ['550 no such person', { is: 'failed', code: 'smtp-550', again: false }],
    ['451 try later', { is: 'failed', code: 'smtp-451', again: true }],
  ])('says what the server said: %s', async (answer, expected) => {
    sink.recipientAnswer = answer;
    expect(await new Mailer(settings()).send(mail)).toEqual(expected);
    expect(sink.mails).toEqual([]);
  });

  it('says no password to a server without TLS', async () => {
    const login = { user: 'robot', password: 'canary' };
    const outcome = await new Mailer(settings({ login })).send(mail);
    expect(outcome).toEqual({ is: 'failed', code: 'smtp-tls-failed', again: true });
    expect(sink.mails).toEqual([]);
  });

  it('says that nobody listens', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const expected = { is: 'failed', code: 'smtp-unreachable', again: true };
    expect(await new Mailer(settings({ port })).send(mail)).toEqual(expected);
  });

  it('sends nothing where no server is configured', async () => {
    const mailer = new Mailer(null);
    expect(mailer.isConfigured).toBe(false);
    const expected = { is: 'failed', code: 'email-not-configured', again: false };
    expect(await mailer.send(mail)).toEqual(expected);
  });
});
