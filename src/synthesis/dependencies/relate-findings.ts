import { isProblem, severityRank, type Finding, type FindingRelations } from '../../domain/finding.ts';
import type { FindObject } from './find-object.ts';
import { isStrong, keyOf, reach, type Dependency, type Graph } from './graph.ts';
import { RUNS_ON } from './pod-dependencies.ts';
import { objectRelater, ownersOf } from './relate-objects.ts';

/** A cause does not begin after its effect; clocks and intervals of reporting differ by a few minutes. */
const LATE_MS = 5 * 60_000;

export interface RelatingSources {
  readonly graph: Graph;
  readonly find: FindObject;
  /** Everything that was seen is one machine. */
  readonly isOneHost?: boolean;
}

/** Relates findings by what their objects have to do with each other. Only a problem is a cause. */
export function relateFindings(
  findings: readonly Finding[],
  { graph, find, isOneHost = false }: RelatingSources,
): FindingRelations {
  const relate = objectRelater(graph, { find, isOneHost });
  const relations = { ...dependenciesOf(findings, { graph, find }), ...emptyLists() };
  for (const effect of findings) {
    for (const cause of findings.filter(isProblem)) {
      if (effect.id === cause.id) continue;
      const relation = relate(cause.object, effect.object);
      if (relation === 'near') (relations.near[effect.id] ??= []).push(cause.id);
      if (relation === 'apart') (relations.apartFrom[effect.id] ??= []).push(cause.id);
    }
  }
  return relations;
}

type Lists = Record<string, string[]>;

function emptyLists(): { readonly near: Lists; readonly apartFrom: Lists } {
  return { near: {}, apartFrom: {} };
}

/** What a fault brings along by itself, and what is the same trouble twice. */
function dependenciesOf(
  findings: readonly Finding[],
  { graph, find }: Pick<RelatingSources, 'graph' | 'find'>,
): Pick<FindingRelations, 'dependsOn' | 'alike'> {
  const placed = findings.filter(isProblem).flatMap((finding) => {
    const object = find(finding.object);
    return object === undefined ? [] : [{ finding, key: keyOf(object) }];
  });
  const dependsOn: Lists = {};
  const alike: Lists = {};
  const below = new Map(placed.map(({ key }) => [key, reachable(graph, key, carriesFaults)]));
  const anywhereBelow = new Map(placed.map(({ key }) => [key, reachable(graph, key, isStrong)]));
  for (const effect of placed) {
    for (const cause of placed) {
      if (effect.key === cause.key) continue;
      if (effect.finding.code === cause.finding.code && haveOneOwner(graph, effect.key, cause.key)) {
        (alike[effect.finding.id] ??= []).push(cause.finding.id);
      }
      const isAbove = anywhereBelow.get(cause.key)?.has(effect.key) === true;
      if (below.get(effect.key)?.has(cause.key) === true && !isAbove && canExplain(cause.finding, effect.finding)) {
        (dependsOn[effect.finding.id] ??= []).push(cause.finding.id);
      }
    }
  }
  return { dependsOn, alike };
}

function haveOneOwner(graph: Graph, one: string, other: string): boolean {
  const known = ownersOf(graph, one);
  return [...ownersOf(graph, other)].some((owner) => known.has(owner));
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
