import { createTransport } from 'nodemailer';
import type { SmtpSettings } from '../config/outbound-settings.js';

export interface Mail {
  /** The same however often it is sent: mail programs show a repeated one once. */
  id: string;
  to: readonly string[];
  subject: string;
  text: string;
}

export type MailOutcome =
  | { is: 'sent' }
  /** `again`: another attempt may help. */
  | { is: 'failed'; code: string; again: boolean };

const TIMEOUT_MS = 15_000;

/** Sends plain mails through the operator's server. Its host is the operator's word, not a member's. */
export class Mailer {
  constructor(private readonly smtp: SmtpSettings | null) {}

  get isConfigured(): boolean {
    return this.smtp !== null;
  }

  /** Never throws. What a failed one says is a code, without addresses and without words of the server. */
  async send({ id, to, subject, text }: Mail): Promise<MailOutcome> {
    if (this.smtp === null) return { is: 'failed', code: 'email-not-configured', again: false };
    const { from, host } = this.smtp;
    const transport = createTransport({ ...transportOptions(this.smtp) });
    try {
      await transport.sendMail({
        // Structured, so that no part of it is read as another address or header.
        from: { name: 'Becausal', address: from },
        to: to.map((address) => ({ name: '', address })),
        subject,
        text,
        messageId: `<${id}@${domainOf(from) ?? host}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      return { is: 'sent' };
    } catch (error) {
      return outcomeOf(error);
    } finally {
      transport.close();
    }
  }
}

function transportOptions({ host, port, isTls, login }: SmtpSettings) {
  return {
    host,
    port,
    secure: isTls,
    // A password is never said in clear.
    requireTLS: !isTls && login !== null,
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
  };
}

function domainOf(address: string): string | undefined {
  return address.split('@')[1];
}

/** 5yz is for good (RFC 5321, 4.2.1), except that a password may be put right. */
function outcomeOf(error: unknown): MailOutcome {
  const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
  if (code === 'EAUTH') return { is: 'failed', code: 'smtp-login-refused', again: true };
  if (code === 'ETLS' || code === 'EREQUIRETLS') {
    return { is: 'failed', code: 'smtp-tls-failed', again: true };
  }
  if (typeof responseCode === 'number') {
    return { is: 'failed', code: `smtp-${responseCode}`, again: responseCode < 500 };
  }
  return { is: 'failed', code: 'smtp-unreachable', again: true };
}
