import { randomUUID } from 'node:crypto';
import type { Config } from '../../src/platform/config/config.js';
import type { Notice } from '../../src/domain/notices/notice.js';
import { DeliveryStore } from '../../src/modules/notifications/delivery-store.js';
import { NoticeDeliveries } from '../../src/modules/notifications/notice-deliveries.js';
import {
  type NoticeSubject,
  NotificationsWriter,
} from '../../src/modules/notifications/notifications.writer.js';
import { Transactions } from '../../src/platform/database/transactions.js';
import { anotherProject } from '../support/another-project.js';
import { evaluatedExperiment } from '../support/evaluated-experiment.js';
import { eventually } from '../support/eventually.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const PATH = '/v1/notification-channels';

describe('channels of notifications', () => {
  let app: TestApp;
  let replica: TestApp;
  let chat: WebhookReceiver;
  let mails: SmtpSink;
  let of: NoticeSubject;
  let config: Partial<Config>;

  beforeAll(async () => {
    chat = await WebhookReceiver.start();
    mails = await SmtpSink.start();
    config = {
      sandbox: false,
      outbound: {
        trusted: [`127.0.0.1:${chat.port}`],
        smtp: {
          host: '127.0.0.1',
          port: mails.port,
          isTls: false,
          login: null,
          from: 'becausal@ab.example',
        },
        publicUrl: 'https://ab.example',
      },
    };
    app = await startTestApp(config);
    replica = await startTestApp(config, app.databaseUrl);
    const made = await evaluatedExperiment(app, { key: 'checkout', kind: 'aa' });
    of = { projectId: made.projectId, experimentId: made.id, experimentKey: made.key };
  });
  afterEach(async () => {
    await app.sql('DELETE FROM notification_channel');
  });
  afterAll(async () => {
    await replica.close();
    await app.close();
    await chat.stop();
    await mails.stop();
  });

  let paths = 0;
  const slack = async (more: object = {}, path = `/hook-${(paths += 1)}`) => {
    const body = { name: path, kind: 'slack', url: chat.url(path), ...more };
    const made = await app.ok('post', PATH, body);
    return { id: made.body.id as string, path, texts: () => chat.textsAt(path) };
  };
  const raise = async (notice: Partial<Notice> = {}, on: TestApp = app): Promise<void> => {
    const writer = on.app.get(NotificationsWriter, { strict: false });
    const whole: Notice = {
      kind: 'guardrail_breach',
      subject: randomUUID(),
      severity: 'warning',
      sentence: 'Variant short: tickets < margin & more.',
      facts: {},
      ...notice,
    };
    await on.app.get(Transactions).run((manager) => writer.raise(manager, of, whole));
  };
  const sendDue = (on: TestApp = app) => on.app.get(NoticeDeliveries, { strict: false }).sendDue();
  const shown = async (id: string) => {
    const { data } = (await app.ok('get', PATH)).body as { data: { id: string }[] };
    return data.find((one) => one.id === id) as Record<string, unknown> | undefined;
  };
  /** Whatever is tried again later is due now. Answers for how many seconds it would have waited. */
  const fastForward = async (id: string): Promise<number> => {
    const [row] = await app.sql<{ wait: number }>(
      `SELECT extract(epoch FROM notice_delivery.next_at - clock_timestamp())::float8 AS wait
       FROM notice_delivery WHERE notice_delivery.channel_id = $1`,
      [id],
    );
    await app.sql(
      `UPDATE notice_delivery SET next_at = clock_timestamp() WHERE notice_delivery.channel_id = $1`,
      [id],
    );
    return row?.wait ?? Number.NaN;
  };

  it('are made, listed without their secret, and forgotten', async () => {
    const made = await app.ok('post', PATH, {
      name: 'Growth',
      kind: 'slack',
      url: chat.url('/services/T0/canary-secret-9xyz'),
      kinds: ['srm', 'srm', 'guardrail_breach'],
      minSeverity: 'warning',
    });
    expect(made.body).toEqual({
      id: expect.any(String),
      name: 'Growth',
      kind: 'slack',
      host: '127.0.0.1',
      urlEnding: '9xyz',
      kinds: ['srm', 'guardrail_breach'],
      minSeverity: 'warning',
      createdAt: expect.any(String),
      createdBy: expect.any(String),
      pending: 0,
      failed: 0,
    });
    expect((await app.ok('get', PATH)).body).toEqual({ data: [made.body] });
    const again = await app.send('post', PATH, {
      name: 'Growth',
      kind: 'email',
      to: ['a@b.example'],
    });
    expect([again.status, again.body.code]).toEqual([409, 'already-exists']);
    await app.ok('delete', `${PATH}/${made.body.id}`);
    expect((await app.ok('get', PATH)).body).toEqual({ data: [] });
    expect((await app.send('delete', `${PATH}/${made.body.id}`)).status).toBe(404);
    const audited = await app.sql<{ action: string }>(
      `SELECT audit_entry.action FROM audit_entry WHERE audit_entry.object_id = $1
       ORDER BY audit_entry.seq`,
      [made.body.id],
    );
    expect(audited.map(({ action }) => action)).toEqual([
      'notification-channel.create',
      'notification-channel.delete',
    ]);
  });

  it('keep the secret of a URL out of the database, the answers and the faults', async () => {
    const channel = await slack({ name: 'Plain' }, '/canary-in-a-path');
    chat.answer(channel.path, { status: 500 });
    await raise();
    await sendDue();
    const test = await app.ok('post', `${PATH}/${channel.id}/test`);
    expect(test.body).toEqual({ delivered: false, code: 'http-500' });
    const tables = await app.sql<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    for (const { name } of tables) {
      const found = await app.sql(
        `SELECT 1 FROM ${name} AS whole WHERE whole::text LIKE '%canary-in-a%'
           OR whole::text LIKE '%' || encode('canary-in-a', 'hex') || '%' LIMIT 1`,
      );
      expect([name, found.length]).toEqual([name, 0]);
    }
    const [row] = await app.sql<{ sealed: Buffer }>(
      'SELECT notification_channel.address_sealed AS sealed FROM notification_channel',
    );
    expect(row?.sealed.includes('canary')).toBe(false);
    expect(JSON.stringify(await shown(channel.id))).not.toContain('canary');
  });

  it('get each notice once, whichever replica sends it, as the feed has it', async () => {
    const channel = await slack();
    const subject = 'short/tickets';
    await Promise.all([raise({ subject }), raise({ subject }, replica)]);
    await Promise.all([sendDue(), sendDue(replica)]);
    await Promise.all([raise({ subject }), sendDue(), sendDue(replica)]);
    const feed = await app.ok('get', `/v1/notifications?kind=guardrail_breach&limit=1`);
    expect(channel.texts()).toEqual([
      '*Warning* - checkout: guardrail breach\n' +
        'Variant short: tickets &lt; margin &amp; more.\n' +
        '<https://ab.example/v1/experiments/checkout/brief|Read on>\n' +
        `Notice ${feed.body.data[0].id}`,
    ]);
    expect(await shown(channel.id)).toMatchObject({
      pending: 0,
      failed: 0,
      lastSentAt: expect.any(String),
    });
  });

  it('get what they asked for and nothing else', async () => {
    const urgent = await slack({ minSeverity: 'urgent' });
    const srm = await slack({ kinds: ['srm'] });
    const all = await slack();
    await raise();
    await raise({ severity: 'urgent' });
    await raise({ kind: 'srm', severity: 'urgent' });
    await sendDue();
    expect([urgent, srm, all].map(({ texts }) => texts().length)).toEqual([2, 1, 3]);
  });

  it('are tried again for about an hour, then it is said why it failed', async () => {
    const channel = await slack();
    chat.answer(channel.path, { status: 503 });
    await raise();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await sendDue();
      expect(channel.texts()).toHaveLength(attempt);
      await sendDue();
      expect(channel.texts()).toHaveLength(attempt);
      if (attempt < 5) waits.push(await fastForward(channel.id));
    }
    expect(waits.map((wait) => Math.round(wait / 30) * 30)).toEqual([30, 120, 600, 2700]);
    await fastForward(channel.id);
    await sendDue();
    expect(new Set(channel.texts()).size).toBe(1);
    expect(channel.texts()).toHaveLength(5);
    expect(await shown(channel.id)).toMatchObject({
      pending: 0,
      failed: 1,
      lastFailure: { code: 'http-503', at: expect.any(String) },
    });
  });

  it('wait as long as the receiver asks for, and then arrive', async () => {
    const channel = await slack();
    chat.answer(channel.path, { status: 429, headers: { 'retry-after': '600' } });
    await raise();
    await sendDue();
    expect(await shown(channel.id)).toMatchObject({ pending: 1, failed: 0 });
    expect(Math.round((await fastForward(channel.id)) / 60)).toBe(10);
    chat.answer(channel.path, { status: 200 });
    await sendDue();
    expect(channel.texts()).toHaveLength(2);
    expect(await shown(channel.id)).toMatchObject({ pending: 0, failed: 0 });
  });

  it.each([404, 410])('stop at once when nobody is there: %i', async (status) => {
    const channel = await slack();
    await raise();
    await raise();
    chat.answer(channel.path, { status });
    await sendDue();
    expect(channel.texts()).toHaveLength(1);
    const code = `http-${status}`;
    expect(await shown(channel.id)).toMatchObject({ pending: 0, failed: 2, stopped: { code } });
    await raise();
    await sendDue();
    expect(channel.texts()).toHaveLength(1);

    chat.answer(channel.path, { status: 200 });
    const test = await app.ok('post', `${PATH}/${channel.id}/test`);
    expect(test.body).toEqual({ delivered: true });
    expect(await shown(channel.id)).not.toHaveProperty('stopped');
    await raise();
    await sendDue();
    expect(channel.texts()).toHaveLength(3);
  });

  it('follow no redirect', async () => {
    const channel = await slack();
    chat.answer(channel.path, { status: 302, headers: { location: chat.url('/elsewhere') } });
    await raise();
    await sendDue();
    expect(chat.textsAt('/elsewhere')).toEqual([]);
    expect(await shown(channel.id)).toMatchObject({
      failed: 1,
      lastFailure: { code: 'http-302' },
    });
  });

  it('that do not answer delay no other', async () => {
    const [slow, quick] = [await slack(), await slack()];
    chat.answer(slow.path, 'wait');
    await raise();
    await raise();
    const sending = sendDue();
    await eventually(
      () => Promise.resolve([quick.texts().length, slow.texts().length]),
      ([fast = 0, held = 0]) => fast === 2 && held === 1,
    );
    expect([quick.texts().length, slow.texts().length]).toEqual([2, 1]);
    chat.answer(slow.path, { status: 200 });
    chat.release();
    await sending;
  });

  it('get nothing more once they are deleted', async () => {
    const channel = await slack();
    await raise();
    await app.ok('delete', `${PATH}/${channel.id}`);
    await raise();
    await sendDue();
    expect(channel.texts()).toEqual([]);
  });

  it('get what a worker that died had taken, when its lease is over', async () => {
    const channel = await slack();
    await raise();
    await replica.app.get(DeliveryStore, { strict: false }).claim(channel.id);
    await sendDue();
    expect(channel.texts()).toEqual([]);
    await app.sql(
      `UPDATE notice_delivery SET lease_until = clock_timestamp() - interval '1 second'`,
    );
    await sendDue();
    expect(channel.texts()).toHaveLength(1);
    expect(await shown(channel.id)).toMatchObject({ pending: 0, failed: 0 });
  });

  it('get them by themselves where a process works', async () => {
    const channel = await slack();
    await raise();
    const worker = await startTestApp({ ...config, worker: true }, app.databaseUrl);
    try {
      const texts = await eventually(
        () => Promise.resolve(channel.texts()),
        ({ length }) => length > 0,
      );
      expect(texts).toHaveLength(1);
    } finally {
      await worker.close();
    }
  });

  it('by mail get plain mails', async () => {
    const to = ['team@ab.example', 'lead@ab.example'];
    const made = await app.ok('post', PATH, { name: 'Mails', kind: 'email', to });
    expect(made.body).toMatchObject({ kind: 'email', to });
    await raise({ severity: 'urgent' });
    await sendDue();
    expect(mails.mails).toHaveLength(1);
    expect(mails.mails[0]).toMatchObject({ from: 'becausal@ab.example', to });
    expect(mails.mails[0]?.data).toMatch(
      /^Subject: \[Becausal\] Urgent: checkout: guardrail breach$/m,
    );
    expect(mails.mails[0]?.data).toContain('https://ab.example/v1/experiments/checkout/brief');
    mails.recipientAnswer = '550 nobody';
    const test = await app.ok('post', `${PATH}/${made.body.id}/test`);
    expect(test.body).toEqual({ delivered: false, code: 'smtp-550' });
    const [row] = await app.sql<{ row: string }>(
      'SELECT notification_channel::text AS row FROM notification_channel',
    );
    expect(row?.row).not.toContain('ab.example');
  });

  it('are those of one’s own project', async () => {
    const channel = await slack();
    const { secret } = await anotherProject(app, 'neighbours');
    expect((await app.ok('get', PATH, undefined, secret)).body).toEqual({ data: [] });
    for (const [method, path] of [
      ['delete', `${PATH}/${channel.id}`],
      ['post', `${PATH}/${channel.id}/test`],
    ] as const) {
      const answer = await app.send(method, path, undefined, secret);
      expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
    }
    await app.ok('post', PATH, { name: 'Theirs', kind: 'slack', url: chat.url('/theirs') }, secret);
    await raise();
    await sendDue();
    expect(chat.textsAt('/theirs')).toEqual([]);
    expect(channel.texts()).toHaveLength(1);
  });

  it('of a sandbox are recorded and get nothing; mails need a server', async () => {
    const trusted = [`127.0.0.1:${chat.port}`];
    const sandbox = await startTestApp(
      { sandbox: true, outbound: { trusted, smtp: null, publicUrl: null } },
      app.databaseUrl,
    );
    try {
      const channel = await slack();
      await raise({}, sandbox);
      await sendDue(sandbox);
      await sendDue();
      const test = await sandbox.ok('post', `${PATH}/${channel.id}/test`);
      expect(test.body).toEqual({ delivered: false, code: 'sandbox' });
      expect(channel.texts()).toEqual([]);
      const rows = await app.sql(
        `SELECT notice_delivery.status, notice_delivery.code FROM notice_delivery
         WHERE notice_delivery.channel_id = $1`,
        [channel.id],
      );
      expect(rows).toEqual([{ status: 'not_sent', code: 'sandbox' }]);
      const body = { name: 'Mails', kind: 'email', to: ['a@b.example'] };
      const mail = await sandbox.send('post', PATH, body);
      expect([mail.status, mail.body.code]).toEqual([409, 'email-not-configured']);
    } finally {
      await sandbox.close();
    }
  });
});
