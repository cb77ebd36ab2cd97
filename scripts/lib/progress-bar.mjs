/** How long work is, drawn for whoever waits: one line that moves, or in a log a line every 10 %. */

const BAR_CHARS = 24;
const STEP_PERCENT = 10;

/**
 * @typedef {object} Progress
 * @property {number | null} percent 0 to 100; null while nobody knows.
 * @property {string} text What stands behind the bar.
 */

/**
 * @param {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} [out]
 * @returns {{ show(progress: Progress): void, end(): void }} `end` leaves what was shown last.
 */
export function createProgressBar(out = process.stderr) {
  const isTerminal = out.isTTY === true;
  let nextStep = STEP_PERCENT;
  let shown = '';
  return {
    show({ percent, text }) {
      if (isTerminal) {
        const line = `${barOf(percent)}  ${text}`.slice(0, (out.columns ?? 80) - 1);
        if (line === shown) return;
        // Back to the start of the line; the line; and nothing of the one before behind it.
        out.write(`\r${line}\u001b[K`);
        shown = line;
        return;
      }
      if (percent === null || percent < nextStep) return;
      nextStep = (Math.floor(percent / STEP_PERCENT) + 1) * STEP_PERCENT;
      out.write(`${percentText(percent)}  ${text}\n`);
    },
    end() {
      if (isTerminal && shown !== '') out.write('\n');
      shown = '';
    },
  };
}

function barOf(percent) {
  const full = percent === null ? 0 : Math.floor((percent / 100) * BAR_CHARS);
  return `[${'#'.repeat(full).padEnd(BAR_CHARS, '.')}] ${percentText(percent)}`;
}

function percentText(percent) {
  return `${percent === null ? '?' : percent.toFixed(1)} %`.padStart(7);
}
