import { allocateLayer } from '../assignment/allocate-layer.js';
import { BUCKETS } from '../assignment/hash.js';
import { completeDraft } from '../evidence/remedies.js';
import { launchFinding, type LaunchCase, type LaunchFinding } from './launch-gate-case.js';
import { layerRoomInWords } from './layer-share.js';

/** In a layer there is only so much room, and whoever holds some keeps it while the test is live. */
export function layerFull({ definition, layerHolders }: LaunchCase): LaunchFinding {
  const { key, layer, traffic } = definition;
  const share =
    layer === undefined
      ? ({ ok: true } as const)
      : allocateLayer({ traffic, others: layerHolders });
  const available = share.ok ? traffic : share.available / BUCKETS;
  return launchFinding(share.ok ? 'met' : 'unmet', {
    code: 'LAYER_FULL',
    pointer: share.ok ? '/layer' : '/traffic',
    expected: traffic,
    actual: available,
    subjects: share.ok ? [] : layerHolders.map(({ experiment }) => experiment),
    why: whyOf(share, definition, layerHolders),
    remedies: [
      completeDraft(
        key,
        available > 0
          ? `traffic of ${available} or less, or another layer`
          : 'another layer; or stop or decide one of those that hold this one',
      ),
    ],
  });
}

function whyOf(
  share: { ok: true } | { ok: false; wanted: number; available: number },
  { layer }: LaunchCase['definition'],
  holders: LaunchCase['layerHolders'],
): string {
  if (layer === undefined) return 'It is in no layer, so it may share its units with other tests.';
  if (share.ok) return `The layer ${layer} has room for its traffic.`;
  return layerRoomInWords({ layer, holders, ...share });
}

/** A visitor and a user have different buckets: between them a layer would exclude nobody. */
export function layerUnitMismatch({ definition, layerHolders }: LaunchCase): LaunchFinding {
  const { key, layer, unit } = definition;
  const others = layerHolders.filter((holder) => holder.unit !== unit);
  const isMet = others.length === 0;
  const kind = others[0]?.unit ?? unit;
  return launchFinding(isMet ? 'met' : 'unmet', {
    code: 'LAYER_UNIT_MISMATCH',
    pointer: isMet ? '/layer' : '/unit',
    expected: kind,
    actual: unit,
    subjects: others.map(({ experiment }) => experiment),
    why:
      layer === undefined
        ? 'It is in no layer, so its kind of unit is its own matter.'
        : isMet
          ? `All tests of the layer ${layer} have the same kind of unit.`
          : `The layer ${layer} has tests of the unit ${kind} (${others.map(({ experiment }) => experiment).join(', ')}), and this one has ${unit}: the layer could not keep them apart.`,
    remedies: [completeDraft(key, `unit ${kind}, or another layer`)],
  });
}
