/**
 * Proxies whose past wins were checked against profit. None has enough concluded experiments behind it
 * yet, so every one is unaudited.
 */
export const AUDITED_PROXIES: readonly string[] = [];
