/** What a person reads while a story plays. */

const WIDTH = 96;

let steps = 0;

/** A new step of the story. */
export function step(title) {
  steps += 1;
  console.log(`\n${steps}. ${title}`);
}

/** Text broken at the width of a page; lines after the first hang under it. */
export function say(text, indent = '   ') {
  const hanging = ' '.repeat(indent.length);
  let line = indent;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + word.length + 1 > WIDTH) {
      console.log(line);
      line = hanging;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  console.log(line);
}

/** A part of a request or an answer: on one line where it fits. */
export function show(label, value) {
  const short = `     ${label}: ${JSON.stringify(value)}`;
  if (short.length <= WIDTH) console.log(short);
  else console.log(`     ${label}: ${JSON.stringify(value, null, 2).replaceAll('\n', '\n     ')}`);
}

/** Rows with equal columns; numbers to the right. */
export function table(head, rows) {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => String(row[column]).length)),
  );
  const line = (row) =>
    row
      .map((cell, column) =>
        typeof cell === 'number' || /^[+-]?[\d$]/.test(String(cell))
          ? String(cell).padStart(widths[column])
          : String(cell).padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd();
  console.log(`     ${line(head)}`);
  console.log(`     ${widths.map((width) => '-'.repeat(width)).join('  ')}`);
  for (const row of rows) console.log(`     ${line(row)}`);
}

/** A refusal of a gate, with what would help. */
export function showRefusal({ status, body }) {
  say(`HTTP ${status} ${body.code}: the ${body.gate} gate (${body.policy.profile}) says no.`);
  for (const { code, why, remedies } of body.unmet) {
    say(`${code}: ${why}`, '     - ');
    for (const { method, path, needs } of remedies) {
      say(`${method} ${path}  (${needs})`, '         remedy: ');
    }
  }
}

/** What a gate that opens wants known all the same. */
export function showWarnings({ warnings }) {
  for (const { code, why } of warnings) say(`${code}: ${why}`, '     warned: ');
}

/** 0.0123 with a sign and so many digits. */
export function signed(value, digits) {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;
}

const DAY = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** Mon, 05 Jan 2026 */
export const dayOf = (instant) => DAY.format(new Date(instant));
