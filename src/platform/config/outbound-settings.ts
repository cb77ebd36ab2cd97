import { ConfigError } from './config-error.js';

/** Where a mail goes out. */
export interface SmtpSettings {
  host: string;
  port: number;
  /** TLS from the first byte; without it TLS is asked for where the server offers it. */
  isTls: boolean;
  login: { user: string; password: string } | null;
  /** The sender, a bare address. */
  from: string;
}

/** What leaves the house by itself, and where to. */
export interface OutboundSettings {
  /** `host:port`, lower case, that webhooks may reach although it is private or without TLS. */
  trusted: readonly string[];
  /** Absent: no mail can be sent. */
  smtp: SmtpSettings | null;
  /** Under which address people reach the service, without a slash at its end. */
  publicUrl: string | null;
}

type Env = Readonly<Record<string, string | undefined>>;

const TRUSTED = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\]):\d{1,5}$/;
const ADDRESS = /^[^\s@<>,;:"()[\]\\]{1,64}@[A-Za-z0-9.-]{1,253}$/;
const SMTP_PORT = 587;
const SMTPS_PORT = 465;

/** @throws ConfigError naming the variable, never its value: it may hold a password */
export function outboundSettings(env: Env): OutboundSettings {
  return { trusted: trusted(env), smtp: smtp(env), publicUrl: publicUrl(env) };
}

function valueOf(env: Env, name: string): string | null {
  const value = env[name];
  return value === undefined || value === '' ? null : value;
}

function trusted(env: Env): string[] {
  const text = valueOf(env, 'BECAUSAL_OUTBOUND_ALLOW') ?? '';
  const named = text.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
  return named.map((one) => {
    const entry = one.toLowerCase();
    if (!TRUSTED.test(entry)) {
      throw new ConfigError('BECAUSAL_OUTBOUND_ALLOW is a list of host:port, with commas between');
    }
    return entry;
  });
}

function smtp(env: Env): SmtpSettings | null {
  const text = valueOf(env, 'BECAUSAL_SMTP_URL');
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isTls = url?.protocol === 'smtps:';
  if (url === null || url.hostname === '' || (!isTls && url.protocol !== 'smtp:')) {
    throw new ConfigError('BECAUSAL_SMTP_URL is smtp://user:password@host:port, or smtps://');
  }
  const from = valueOf(env, 'BECAUSAL_MAIL_FROM');
  if (from === null || !ADDRESS.test(from)) {
    throw new ConfigError('BECAUSAL_MAIL_FROM is the address that mails come from');
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isTls ? SMTPS_PORT : SMTP_PORT) : Number(url.port),
    isTls,
    login: url.username === '' ? null : loginOf(url),
    from,
  };
}

function loginOf({ username, password }: URL): SmtpSettings['login'] {
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    throw new ConfigError('BECAUSAL_SMTP_URL has a user or password that is not URL-encoded');
  }
}

function publicUrl(env: Env): string | null {
  const text = valueOf(env, 'BECAUSAL_PUBLIC_URL');
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url?.search === '' && url.hash === '' && url.username === '';
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError('BECAUSAL_PUBLIC_URL is where people reach the service: https://host');
  }
  return url.href.replace(/\/+$/, '');
}
