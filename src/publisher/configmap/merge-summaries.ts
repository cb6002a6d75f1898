import { parseRequestId } from '../../domain/request-id.ts';
import type { Parcel } from '../port.ts';

export interface Limits {
  /** Newest summaries that stay. */
  readonly keep: number;
  readonly maxBytes: number;
}

/** A summary has a few lines; whatever else stands in the ConfigMap is not ours, and could crowd out what is. */
const MAX_SUMMARY_BYTES = 8 * 1024;

/**
 * Data of the ConfigMap with new summaries in it: the newest ones, as far as the limits reach, each under the id of its
 * request. Ids begin with their minute, so `kubectl describe`, which sorts by name, shows the newest one last.
 */
export function mergeSummaries(
  present: unknown,
  parcels: readonly Parcel[],
  { keep, maxBytes }: Limits,
): Readonly<Record<string, string>> {
  const all = new Map<string, string>([
    ...textEntries(present),
    ...parcels.map(({ name, text }): [string, string] => [name, text]),
  ]);
  const kept: [string, string][] = [];
  let bytes = 0;
  for (const [name, text] of [...all].sort(([a], [b]) => (a < b ? 1 : -1))) {
    if (parseRequestId(name) === undefined || Buffer.byteLength(text) > MAX_SUMMARY_BYTES) continue;
    bytes += name.length + Buffer.byteLength(text);
    if (kept.length === keep || bytes > maxBytes) break;
    kept.push([name, text]);
  }
  return Object.fromEntries(kept.reverse());
}

function textEntries(present: unknown): [string, string][] {
  if (typeof present !== 'object' || present === null) return [];
  return Object.entries(present).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}
