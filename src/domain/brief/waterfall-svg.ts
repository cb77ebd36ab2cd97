import { htmlText } from './html-text.js';
import type { WaterfallChart } from './page.js';

/** Units of the drawing; it scales with the page, and at this width a letter is as large as text. */
const WIDTH = 340;
const ROW = 40;
const TOP = 4;
const BAR = 14;
const BAR_TOP = 20;

/** The charts of all arms on one scale, so that their bars compare. */
export function waterfallScale(charts: readonly WaterfallChart[]): { low: number; high: number } {
  const ends = charts.flatMap(({ bars }) => bars.flatMap(({ from, to }) => [from, to]));
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return low < high ? { low, high } : { low: 0, high: 1 };
}

/** One arm as bars from where the last one ended; the label and the amount stand above each bar. */
export function waterfallSvg(
  { title, bars }: WaterfallChart,
  { low, high }: { low: number; high: number },
): string {
  const at = (value: number): number => round(((value - low) / (high - low)) * WIDTH);
  const height = TOP + bars.length * ROW;
  const zero = at(0);
  const drawn = bars.map(({ label, value, from, to, total }, index) => {
    const y = TOP + index * ROW;
    const [left, right] = [Math.min(at(from), at(to)), Math.max(at(from), at(to))];
    const kind = total === true ? 'sum' : to < from ? 'down' : 'up';
    // What is nearly nothing is still seen.
    const width = Math.max(2, round(right - left));
    const x = Math.min(left, WIDTH - width);
    return (
      `<text x="0" y="${y + 14}">${htmlText(label)}</text>` +
      `<text x="${WIDTH}" y="${y + 14}" text-anchor="end">${htmlText(value)}</text>` +
      `<rect class="${kind}" x="${x}" y="${y + BAR_TOP}" width="${width}" height="${BAR}"></rect>`
    );
  });
  const line = `<line x1="${zero}" y1="0" x2="${zero}" y2="${height}"></line>`;
  return (
    `<svg viewBox="-1 0 ${WIDTH + 2} ${height}" role="img" aria-label="${htmlText(title)}">` +
    `${line}${drawn.join('')}</svg>`
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
