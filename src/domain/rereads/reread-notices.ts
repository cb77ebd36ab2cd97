import type { Notice, NoticeKind } from '../notices/notice.js';
import { claimOf } from './reread-outcome.js';
import { inState } from './findings.js';
import type { RereadFinding, RereadKind } from './reread.js';

export interface NoticedReread {
  rereadId: string;
  experimentKey: string;
  kind: RereadKind;
  days: number | null;
  /** The variant that people are given; null where nothing is shipped. */
  shipped: string | null;
  findings: readonly RereadFinding[];
  /** Of the re-read before it that follows the same decision; empty without one. */
  earlier: readonly Pick<RereadFinding, 'variant' | 'now'>[];
  proposal: 'roll_back' | null;
}

/** The subject of the notice that a re-read was given up. */
export function rereadFailure(rereadId: string): string {
  return `reread-${rereadId}`;
}

export interface EpisodeEnd {
  kind: NoticeKind;
  subject: string;
}

/**
 * What people are told of a re-read, and which earlier notices no longer hold. It is urgent when what
 * people are given turned out to lose money; a revision for the better is only told. What is to end
 * ends first.
 */
export function rereadNotices(reread: NoticedReread): { raise: Notice[]; end: EpisodeEnd[] } {
  const raise: Notice[] = [];
  const end: EpisodeEnd[] = [];
  for (const finding of reread.findings) {
    const subject = finding.variant;
    if (finding.outcome === 'revised') raise.push(revisedNotice(reread, finding));
    if (isOver(finding, reread.earlier)) end.push({ kind: 'verdict_revised', subject });
    if (subject !== reread.shipped || finding.outcome === 'not_computed') continue;
    if (reread.proposal === null) end.push({ kind: 'roll_back_proposed', subject });
  }
  if (reread.proposal !== null && reread.shipped !== null) {
    raise.push(proposalNotice(reread, reread.shipped));
  }
  return { raise, end };
}

/** A verdict that is confirmed after all, or revised to yet another: people have to hear of that too. */
function isOver(
  { variant, now, outcome }: RereadFinding,
  earlier: NoticedReread['earlier'],
): boolean {
  if (outcome !== 'revised') return outcome === 'confirmed';
  const before = earlier.find((finding) => finding.variant === variant);
  return before !== undefined && claimOf(before.now) !== claimOf(now);
}

function revisedNotice(reread: NoticedReread, finding: RereadFinding): Notice {
  const { variant, before, now } = finding;
  const isShipped = variant === reread.shipped;
  const isLoss = claimOf(now) === 'loss';
  const isBetter =
    claimOf(now) === 'win' || (claimOf(now) === 'no_worse' && claimOf(before) !== 'win');
  return {
    kind: 'verdict_revised',
    subject: variant,
    severity: isShipped && isLoss ? 'urgent' : isBetter || !isShipped ? 'info' : 'warning',
    sentence:
      `${whenOf(reread)} the verdict on ${variant} in ${reread.experimentKey} is revised: ` +
      `${inState(before)} then, ${inState(now)} now.`,
    facts: { rereadId: reread.rereadId, variant, before, now, days: reread.days },
  };
}

function proposalNotice(reread: NoticedReread, variant: string): Notice {
  return {
    kind: 'roll_back_proposed',
    subject: variant,
    severity: 'urgent',
    sentence:
      `${whenOf(reread)} ${variant} in ${reread.experimentKey} loses money: the re-read proposes to ` +
      'roll it back.',
    facts: { rereadId: reread.rereadId, variant, days: reread.days },
  };
}

function whenOf({ kind, days }: NoticedReread): string {
  return kind === 'provisional' || days === null
    ? 'On the date that the provisional ship promised,'
    : `${days} days after the decision,`;
}
