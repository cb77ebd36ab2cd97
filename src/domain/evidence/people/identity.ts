/** What tells one real person from another; only keyed digests of it are ever compared or stored. */
export interface Identity {
  name?: string;
  email?: string;
  phone?: string;
}

/** Fewer digits are an extension or a typing mistake, which many people may share. */
const PHONE_DIGITS_MIN = 7;

/**
 * An address as it is compared: NFC, lower case, no white space around it. Tricks of single providers
 * (dots, plus signs) are left alone: what reaches one mailbox there reaches two elsewhere.
 * Null for what is no address, so that two people noted as "unknown" are not one.
 */
export function normaliseEmail(email: string): string | null {
  const folded = email.normalize('NFC').trim().toLowerCase();
  return /^[^\s@]+@[^\s@]+$/u.test(folded) ? folded : null;
}

/**
 * A telephone number as it is compared: its digits, with a leading 00 written as +. A national number
 * stays national, since nobody said of which country it is. Null for what is no number.
 */
export function normalisePhone(phone: string): string | null {
  // NFKC turns full-width digits and plus signs into the plain ones.
  const folded = phone.normalize('NFKC').trim();
  const digits = folded.replace(/\P{Nd}/gu, '');
  if (Array.from(digits).length < PHONE_DIGITS_MIN) return null;
  if (folded.startsWith('+')) return `+${digits}`;
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
}

/**
 * Whether an address is one of the company's own: its domain is one of these, or lies below one. Case
 * and a leading @ do not matter.
 */
export function isEmployersAddress(email: string, domains: readonly string[]): boolean {
  const domain = normaliseEmail(email)?.split('@').at(-1);
  if (domain === undefined) return false;
  return domains
    .map((own) => own.normalize('NFC').trim().toLowerCase().replace(/^@/u, ''))
    .some((own) => own !== '' && (domain === own || domain.endsWith(`.${own}`)));
}

/** What equal people have in common, each with its kind in front; a name alone tells nobody apart. */
export function identityTokens({ email, phone }: Identity): string[] {
  const address = email === undefined ? null : normaliseEmail(email);
  const number = phone === undefined ? null : normalisePhone(phone);
  return [
    ...(address === null ? [] : [`email:${address}`]),
    ...(number === null ? [] : [`phone:${number}`]),
  ];
}
