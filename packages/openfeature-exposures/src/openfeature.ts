/** What programs and pages import from this package. */
export type { BehaviourEvent, ExposureEvent, Happening, UnitKind, UnitRef } from './happening.js';
export { exposureHook, type ExposureHook, type ExposureHookOptions } from './exposure-hook.js';
export { ExposureSender, type ExposureSenderOptions } from './exposure-sender.js';
export type { Loss, LossReason } from './loss.js';
export type { SenderClock } from './sender-clock.js';
export { trackingProvider } from './tracking-provider.js';
