import { isProblem, severityRank, type Finding, type FindingRelations } from '../../domain/finding.ts';
import type { FindObject } from './find-object.ts';
import { isStrong, keyOf, reach, type Dependency, type Graph } from './graph.ts';
import { RUNS_ON } from './pod-dependencies.ts';

/** A cause does not begin after its effect; clocks and intervals of reporting differ by a few minutes. */
const LATE_MS = 5 * 60_000;

/** Relates problems by what their objects depend on. */
export function relateFindings(
  findings: readonly Finding[],
  { graph, find }: { readonly graph: Graph; readonly find: FindObject },
): FindingRelations {
  const placed = findings.filter(isProblem).flatMap((finding) => {
    const object = find(finding.object);
    return object === undefined ? [] : [{ finding, object, key: keyOf(object) }];
  });
  const dependsOn: Record<string, string[]> = {};
  const apartFrom: Record<string, string[]> = {};
  const alike: Record<string, string[]> = {};
  const below = new Map(placed.map(({ key }) => [key, reachable(graph, key, carriesFaults)]));
  const anywhereBelow = new Map(placed.map(({ key }) => [key, reachable(graph, key, isStrong)]));
  for (const effect of placed) {
    for (const cause of placed) {
      if (effect.key === cause.key) continue;
      if (effect.finding.code === cause.finding.code && haveOneOwner(graph, effect.key, cause.key)) {
        (alike[effect.finding.id] ??= []).push(cause.finding.id);
      }
      const isBelow = anywhereBelow.get(effect.key)?.has(cause.key) === true;
      const isAbove = anywhereBelow.get(cause.key)?.has(effect.key) === true;
      if (below.get(effect.key)?.has(cause.key) === true && !isAbove && canExplain(cause.finding, effect.finding)) {
        (dependsOn[effect.finding.id] ??= []).push(cause.finding.id);
      }
      const kinds = new Set([...(anywhereBelow.get(effect.key) ?? [])].map((key) => graph.nodes.get(key)?.kind));
      const isSameSide = effect.object.side === cause.object.side;
      if (isSameSide && !isBelow && !isAbove && kinds.has(cause.object.kind)) {
        (apartFrom[effect.finding.id] ??= []).push(cause.finding.id);
      }
    }
  }
  return { dependsOn, apartFrom, alike };
}

function haveOneOwner(graph: Graph, one: string, other: string): boolean {
  const owners = (key: string): readonly string[] =>
    (graph.incoming.get(key) ?? []).filter(({ why }) => why === 'owns').map(({ from }) => keyOf(from));
  const known = new Set(owners(one));
  return owners(other).some((owner) => known.has(owner));
}

function reachable(graph: Graph, key: string, follows: (edge: Dependency) => boolean): ReadonlySet<string> {
  return new Set(reach(graph, key, { direction: 'dependencies', follows }).keys());
}

function carriesFaults(edge: Dependency): boolean {
  return isStrong(edge) && edge.why !== RUNS_ON;
}

/**
 * Something milder, or something that began clearly later, is no cause. An error is: what is critical is so for how much
 * depends on it, not for how broken it is.
 */
function canExplain(cause: Finding, effect: Finding): boolean {
  if (cause.severity !== 'error' && severityRank(cause.severity) > severityRank(effect.severity)) return false;
  if (cause.since === undefined || effect.since === undefined) return true;
  return Date.parse(cause.since) <= Date.parse(effect.since) + LATE_MS;
}
