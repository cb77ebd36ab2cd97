/**
 * When something happened by our clock, told by a sender whose clock is wrong: as long before we
 * received it as, by the sender's clock, it happened before it was sent. The time on the way counts
 * as part of the sender's error.
 *
 * Source: the correction of tracking libraries that send their own time along.
 */
export function correctedTime(sender: { occurredAt: Date; sentAt: Date }, receivedAt: Date): Date {
  return new Date(receivedAt.getTime() - (sender.sentAt.getTime() - sender.occurredAt.getTime()));
}
