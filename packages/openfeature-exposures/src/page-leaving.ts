interface Page extends EventTarget {
  readonly visibilityState: string;
}
type Listening = (name: string, run: () => void) => void;

/**
 * Calls back each time the page may be about to end: it is hidden (often the last that a phone says)
 * or left. Outside of browsers never.
 * @returns what stops it
 */
export function onPageLeaving(run: () => void): () => void {
  const { document, addEventListener, removeEventListener } = globalThis as {
    document?: Page;
    addEventListener?: Listening;
    removeEventListener?: Listening;
  };
  if (document === undefined) return () => undefined;
  const hidden = (): void => {
    if (document.visibilityState === 'hidden') run();
  };
  document.addEventListener('visibilitychange', hidden);
  addEventListener?.('pagehide', run);
  return () => {
    document.removeEventListener('visibilitychange', hidden);
    removeEventListener?.('pagehide', run);
  };
}
