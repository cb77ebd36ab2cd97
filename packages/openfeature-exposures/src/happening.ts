/** What an experiment randomises. */
export const UNIT_KINDS = ['visitor', 'user', 'account'] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

export interface UnitRef {
  kind: UnitKind;
  id: string;
}

/** The unit met a variant. */
export interface ExposureEvent {
  type: 'exposure';
  unit: UnitRef;
  /** Key of the experiment. */
  experiment: string;
  /** Key of the variant. */
  variant: string;
  /** What is known of the unit, to break results down by. */
  attributes?: Readonly<Record<string, unknown>>;
}

/** The unit did something. Money is not among it: a key that stands in a page may not send any. */
export interface BehaviourEvent {
  type: 'event';
  unit: UnitRef;
  name: string;
  value?: number;
  properties?: Readonly<Record<string, unknown>>;
}

/** What can be sent; the sender adds an id and the time. */
export type Happening = ExposureEvent | BehaviourEvent;
