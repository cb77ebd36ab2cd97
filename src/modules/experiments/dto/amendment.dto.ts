import { Instant, Key, Maybe, Quantity, Text } from '../../../platform/http/fields.js';

/** One change of the closed list, with its reason. */
export class AmendmentDto {
  /** Why; shown with the results. */
  @Text()
  reason: string;

  /** More traffic. Past the profile's cap the gate runs again. */
  @Maybe()
  @Quantity(0, 1)
  traffic?: number;

  /** Another end of enrolment, in the future. */
  @Maybe()
  @Instant()
  endEnrolmentAt?: string;

  /** Key of a metric that must not get worse from now on. */
  @Maybe()
  @Key()
  addGuardrail?: string;

  /** Key of a metric to look at. */
  @Maybe()
  @Key()
  addSecondaryMetric?: string;

  /** Key of an arm that gets the control from now on; its data stays. */
  @Maybe()
  @Key()
  killVariant?: string;
}
