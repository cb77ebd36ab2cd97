import { lookup as systemLookup } from 'node:dns/promises';
import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { type CheckedUrl, checkUrl, type UrlFault } from './outbound-url.js';
import { isPublicAddress } from './public-address.js';

const TIMEOUT_MS = 5_000;
/** Nobody reads the answer: it is let through to its end, or to this. */
const ANSWER_MAX_BYTES = 64 * 1024;

export const OUTBOUND_FAULTS = [
  'url-forbidden',
  'address-forbidden',
  'host-unknown',
  'timeout',
  'unreachable',
  'tls-failed',
] as const;
export type OutboundFault = (typeof OUTBOUND_FAULTS)[number];

export type OutboundAnswer =
  | { is: 'answered'; status: number; retryAfterS: number | null }
  | { is: 'failed'; fault: OutboundFault };

/** Every address of a name, as the system resolves it. */
export type Lookup = (host: string) => Promise<readonly string[]>;

type Allowed = Extract<CheckedUrl, { is: 'allowed' }>;

/**
 * Requests to where members asked for, never to where only we could reach. The name is resolved once, and
 * the connection goes to the very address that was checked, so a name that changes its mind in between
 * gains nothing. No redirects, no proxies, no connection that is used twice. Faults carry no URL: its
 * path is a credential.
 */
export class OutboundHttp {
  constructor(
    private readonly trusted: readonly string[],
    private readonly lookup: Lookup = resolved,
    private readonly timeoutMs: number = TIMEOUT_MS,
  ) {}

  /**
   * Why nothing may be sent to this URL; null when it may, as far as can be known now. A name that does
   * not resolve today may tomorrow: it is checked again at every connect.
   */
  async faultOf(text: string): Promise<UrlFault | null> {
    const checked = checkUrl(text, this.trusted);
    if (checked.is === 'refused') return checked.fault;
    const addresses = await this.lookup(checked.host).catch(() => []);
    return addresses.length > 0 && !mayConnect(checked, addresses) ? 'address-forbidden' : null;
  }

  /** Posts JSON. Never throws. */
  async postJson(
    text: string,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<OutboundAnswer> {
    const checked = checkUrl(text, this.trusted);
    if (checked.is === 'refused') return failed('url-forbidden');
    const deadline = AbortSignal.timeout(this.timeoutMs);
    const addresses = await Promise.race([
      this.lookup(checked.host).catch(() => []),
      aborted(deadline),
    ]);
    if (addresses === null) return failed('timeout');
    const [address] = addresses;
    if (address === undefined) return failed('host-unknown');
    if (!mayConnect(checked, addresses)) return failed('address-forbidden');
    return await send({ checked, address, body: JSON.stringify(body), headers, deadline });
  }
}

/** One forbidden address among several is enough: nobody who means well has it there. */
function mayConnect({ isTrusted }: Allowed, addresses: readonly string[]): boolean {
  return isTrusted || addresses.every(isPublicAddress);
}

async function resolved(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  return (await systemLookup(host, { all: true })).map(({ address }) => address);
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

interface Sending {
  checked: Allowed;
  address: string;
  body: string;
  headers: Readonly<Record<string, string>>;
  deadline: AbortSignal;
}

function send(sending: Sending): Promise<OutboundAnswer> {
  return new Promise((resolve) => {
    const request = requestFor(sending);
    request.on('response', (response) => void answerOf(response).then(resolve));
    request.on('error', (error) => resolve(failed(faultOf(error, sending.deadline))));
    request.end(sending.body);
  });
}

function requestFor({ checked, address, body, headers, deadline }: Sending): ClientRequest {
  const { url, host, port } = checked;
  const options = {
    host: address,
    port,
    method: 'POST',
    path: `${url.pathname}${url.search}`,
    headers: {
      ...headers,
      host: url.host,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Becausal',
      connection: 'close',
    },
    signal: deadline,
  };
  // An agent of its own: the global ones may be told to use a proxy, and keep connections.
  if (url.protocol === 'http:') return httpRequest({ ...options, agent: new HttpAgent() });
  // The certificate is of the name that was asked for, not of the address that it led to.
  const servername = isIP(host) === 0 ? host : '';
  return httpsRequest({ ...options, agent: new HttpsAgent(), servername });
}

async function answerOf(response: IncomingMessage): Promise<OutboundAnswer> {
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes > ANSWER_MAX_BYTES) break;
    }
  } catch {
    // The status has arrived; what a cut answer would have said changes nothing.
  } finally {
    response.destroy();
  }
  const status = response.statusCode ?? 0;
  return { is: 'answered', status, retryAfterS: secondsOf(response.headers['retry-after']) };
}

/** Retry-After as seconds; as a date it is not worth a second clock. */
function secondsOf(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : null;
}

function faultOf(error: unknown, deadline: AbortSignal): OutboundFault {
  if (deadline.aborted) return 'timeout';
  const code = String((error as { code?: unknown }).code ?? '');
  return /TLS|CERT|SSL|SELF_SIGNED|UNABLE_TO_VERIFY|EPROTO/.test(code)
    ? 'tls-failed'
    : 'unreachable';
}

function failed(fault: OutboundFault): OutboundAnswer {
  return { is: 'failed', fault };
}
