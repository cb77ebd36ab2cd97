import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.js';

/** Which URLs of members a request may be sent to; the addresses behind names are checked later. */

export const URL_FAULTS = [
  'not-a-url',
  'scheme-forbidden',
  'userinfo-forbidden',
  'host-forbidden',
  'port-forbidden',
  'address-forbidden',
] as const;
export type UrlFault = (typeof URL_FAULTS)[number];

export const URL_CHARS_MAX = 2_000;
/** What may stand in a URL at all (RFC 3986), so that no two programs read it differently. */
const URL_TEXT = /^[!#-;=?-[\]_a-z~]+$/;
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i;
const HTTPS_PORT = 443;
const ORDINARY_PORTS: ReadonlyMap<string, number> = new Map([
  ['https:', HTTPS_PORT],
  ['http:', 80],
]);
/** Letters and digits between dots, the last part not a number. */
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Names that never lead to the public internet (RFC 6761 and its like). */
const PRIVATE_NAMES = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa|onion)$/;

export type CheckedUrl =
  | { is: 'allowed'; url: URL; host: string; port: number; isTrusted: boolean }
  | { is: 'refused'; fault: UrlFault };

/**
 * Reads a URL of a member. Only https on its own port to a name or address of the public internet, and
 * what the operator has named.
 * @param trusted `host:port` that may be private and may be asked without TLS, in lower case.
 */
export function checkUrl(text: string, trusted: readonly string[]): CheckedUrl {
  const written = readUrl(text);
  if (typeof written === 'string') return { is: 'refused', fault: written };
  const { url, host, port } = written;
  const isTrusted = trusted.includes(`${url.hostname}:${port}`);
  const fault = isTrusted ? null : publicFault(written);
  return fault === null ? { is: 'allowed', url, host, port, isTrusted } : { is: 'refused', fault };
}

interface WrittenUrl {
  url: URL;
  /** Without brackets. */
  host: string;
  port: number;
  /** The host, as it stands in the text. */
  hostText: string;
}

function readUrl(text: string): WrittenUrl | UrlFault {
  const written = AUTHORITY.exec(text);
  if (written === null || text.length > URL_CHARS_MAX || !URL_TEXT.test(text)) return 'not-a-url';
  const authority = written[1] ?? '';
  if (authority.includes('@')) return 'userinfo-forbidden';
  if (!URL.canParse(text)) return 'not-a-url';
  const url = new URL(text);
  const ordinaryPort = ORDINARY_PORTS.get(url.protocol);
  if (ordinaryPort === undefined) return 'scheme-forbidden';
  return {
    url,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? ordinaryPort : Number(url.port),
    hostText: authority.replace(/:\d*$/, '').toLowerCase(),
  };
}

/** Why this is nothing on the public internet. */
function publicFault({ url, host, port, hostText }: WrittenUrl): UrlFault | null {
  if (url.protocol !== 'https:') return 'scheme-forbidden';
  if (port !== HTTPS_PORT) return 'port-forbidden';
  const isAddress = isIP(host) !== 0;
  if (isAddress && !isPublicAddress(host)) return 'address-forbidden';
  // Whatever had to be rewritten to become this host was written to look like another.
  if (hostText !== url.hostname) return 'host-forbidden';
  const isName = HOST_NAME.test(host) && !PRIVATE_NAMES.test(host);
  return isAddress || isName ? null : 'host-forbidden';
}
