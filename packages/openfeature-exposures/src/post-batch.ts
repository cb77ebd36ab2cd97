/** What one attempt to send a batch came to. */
export type Answer =
  | { came: 'through'; verdicts: readonly Verdict[] }
  | { came: 'refused'; detail: string; code?: string }
  | { came: 'not-yet'; detail: string; waitMs: number };

/** What the service says of one event, in the order they were sent. */
export interface Verdict {
  status: 'accepted' | 'duplicate' | 'rejected';
  code?: string;
  detail?: string;
}

export interface Post {
  url: string;
  key: string;
  body: string;
  /** The browser finishes the request even if the page is gone; it does so for 64 KiB in all. */
  keepalive: boolean;
  timeoutMs: number;
  fetch: typeof fetch;
}

/** Longer waits than this are not believed. */
const WAIT_MAX_MS = 300_000;
/** Refusals of the moment, not of the batch. */
const PASSING = new Set([408, 425, 429]);

/** Sends a batch once. Whatever goes wrong is an answer too. */
export async function postBatch(post: Post, nowMs: number): Promise<Answer> {
  try {
    const response = await post.fetch(post.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${post.key}` },
      body: post.body,
      keepalive: post.keepalive,
      // The key is the only credential, and a followed redirect would become a GET.
      credentials: 'omit',
      redirect: 'manual',
      signal: AbortSignal.timeout(post.timeoutMs),
    });
    return await answerOf(response, nowMs);
  } catch (error) {
    return { came: 'not-yet', detail: String((error as Error).message ?? error), waitMs: 0 };
  }
}

async function answerOf(response: Response, nowMs: number): Promise<Answer> {
  const { status, headers } = response;
  const said = (await response.json().catch(() => null)) as {
    results?: unknown;
    code?: unknown;
    detail?: unknown;
  } | null;
  if (response.ok && Array.isArray(said?.results)) {
    return { came: 'through', verdicts: said.results as Verdict[] };
  }
  const detail = `${status} ${typeof said?.detail === 'string' ? said.detail : ''}`.trim();
  // A 200 that is no result is from somebody on the way, such as the sign-in page of a network.
  if (response.ok || status >= 500 || PASSING.has(status)) {
    return { came: 'not-yet', detail, waitMs: waitOf(headers.get('retry-after'), nowMs) };
  }
  return {
    came: 'refused',
    detail,
    ...(typeof said?.code === 'string' ? { code: said.code } : {}),
  };
}

/** Seconds or a date (RFC 9110, section 10.2.3), as milliseconds from now. */
function waitOf(retryAfter: string | null, nowMs: number): number {
  if (retryAfter === null) return 0;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), WAIT_MAX_MS) : 0;
}
