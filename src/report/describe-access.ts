import type { PresenceAccess } from '../schema/generated.ts';

const SHOWN = 6;

/** `self: 2 of 43 rights that playbooks need are denied: list pods.metrics.k8s.io (performance)`. */
export function describeAccess({ cluster, granted, denied, unknown }: PresenceAccess): string {
  if (unknown !== undefined) return `${cluster}: nobody knows what its credential may read: ${unknown}`;
  const total = granted + denied.length;
  if (denied.length === 0) return `${cluster}: all ${total} rights that playbooks need are granted`;
  const shown = denied.slice(0, SHOWN).map(({ right, playbooks }) => `${right} (${playbooks.join(', ')})`);
  const more = denied.length > SHOWN ? ` and ${denied.length - SHOWN} more` : '';
  return `${cluster}: ${denied.length} of ${total} rights that playbooks need are denied: ${shown.join(', ')}${more}`;
}
