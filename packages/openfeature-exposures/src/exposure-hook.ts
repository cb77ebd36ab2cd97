import type { EvaluationDetails, FlagValue, HookContext } from '@openfeature/core';
import type { ExposureSender } from './exposure-sender.js';
import { UNIT_KINDS, type UnitKind } from './happening.js';
import { RecentKeys } from './recent-keys.js';
import { unitOf } from './unit-of.js';

export interface ExposureHookOptions {
  /** Names in the evaluation context that are sent with the exposure, to break results down by. */
  attributes?: readonly string[];
  /** How many exposures are remembered as sent. Default 10,000. */
  rememberedMax?: number;
}

/** A hook of OpenFeature's server and web SDKs. */
export interface ExposureHook {
  after(
    hookContext: Readonly<HookContext>,
    evaluationDetails: Readonly<EvaluationDetails<FlagValue>>,
  ): void;
}

/**
 * Records an exposure whenever the program asks for a flag and the unit is really in the test, once
 * for each unit and variant. Hooks run when a value is asked for, so what a provider fetches at its
 * start, or holds in its cache, is no exposure.
 *
 * The first exposure of a unit counts, so one that is sent again, by another page or after it was
 * forgotten, changes nothing.
 */
export function exposureHook(
  sender: ExposureSender,
  { attributes = [], rememberedMax = 10_000 }: ExposureHookOptions = {},
): ExposureHook {
  const recent = new RecentKeys(rememberedMax);
  return {
    after: ({ context, flagKey }, { flagMetadata }) => {
      const { inExperiment, experimentKey, variationId, unit: kind } = flagMetadata;
      if (inExperiment !== true || !isUnitKind(kind)) return;
      if (typeof experimentKey !== 'string' || typeof variationId !== 'string') return;
      const unit = unitOf(context, kind);
      if (unit === null) return sender.recordNobody(flagKey);
      const key = [experimentKey, variationId, unit.kind, unit.id].join('\n');
      if (!recent.meet(key)) return;
      const known = attributes.filter((name) => context[name] !== undefined);
      sender.record(
        {
          type: 'exposure',
          unit,
          experiment: experimentKey,
          variant: variationId,
          ...(known.length === 0
            ? {}
            : { attributes: Object.fromEntries(known.map((name) => [name, context[name]])) }),
        },
        () => recent.forget(key),
      );
    },
  };
}

function isUnitKind(value: unknown): value is UnitKind {
  return (UNIT_KINDS as readonly unknown[]).includes(value);
}
