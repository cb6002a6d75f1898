import type { ClusterView, ProcessorView } from '../../client/clusters.ts';
import { answeringHub } from '../../client/pair-with-hub.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { describeAccess } from '../../report/describe-access.ts';
import type { Io, Style } from '../context.ts';
import { renderTable, renderTsv } from './table.ts';
import { formatAgo } from './time.ts';

export type ClusterState = 'live' | 'paused' | 'silent' | 'by-hub' | 'never';

/** `paused` only when every processor that is alive is; `by-hub` when the processor of its hub answers for it. */
export function clusterState(cluster: ClusterView): ClusterState {
  const { isLive, lastSeenAt, processors } = cluster;
  if (lastSeenAt === undefined) return answeringHub(cluster) === undefined ? 'never' : 'by-hub';
  if (!isLive) return 'silent';
  return processors.some((processor) => processor.isLive && processor.paused === undefined) ? 'live' : 'paused';
}

const HEADINGS = ['NAME', 'TYPE', 'STATE', 'SEEN', 'ENGINES', 'STRATEGIES'];

/** An aligned table for people, with a line per processor where a cluster has several; one line per cluster for pipes. */
export function renderClusters(
  clusters: readonly ClusterView[],
  { io, now }: { readonly io: Pick<Io, 'isTerminal' | 'style' | 'width'>; readonly now: Date },
): readonly string[] {
  if (!io.isTerminal) return clusters.map(renderRow);
  const { style, width } = io;
  const rows = clusters.flatMap((cluster) => [
    clusterRow(cluster, style, now),
    ...processorRows(cluster, style, now),
    ...groupRows(cluster, style),
    ...rightsRows(cluster, style),
  ]);
  return renderTable([HEADINGS.map((heading) => style.dim(heading)), ...rows], width);
}

function clusterRow(cluster: ClusterView, style: Style, now: Date): readonly string[] {
  const state = clusterState(cluster);
  return [
    cluster.name,
    cluster.type,
    stateColor(style, state)(state),
    cluster.lastSeenAt === undefined ? (answeringHub(cluster) ?? '-') : formatAgo(cluster.lastSeenAt, now),
    enginesOf(cluster).join(', ') || '-',
    cluster.strategies.map(({ id }) => id).join(', ') || '-',
  ];
}

function processorRows({ processors }: ClusterView, style: Style, now: Date): readonly (readonly string[])[] {
  if (processors.length < 2) return [];
  return processors.map((processor) => [
    style.dim(`  ${processor.holder}`),
    '',
    processor.isLive ? (processor.paused === undefined ? 'live' : 'paused') : 'silent',
    formatAgo(processor.seenAt, now),
    processor.engines.join(', '),
    processor.running === 0 ? '' : `${processor.running} running`,
  ]);
}

/** What a request can name, under the cluster that answers it. */
function groupRows({ groups }: ClusterView, style: Style): readonly (readonly string[])[] {
  return groups.map(({ name, hosts }) => [
    style.dim(`  group/${name}`),
    '',
    '',
    '',
    '',
    `${hosts} ${hosts === 1 ? 'host' : 'hosts'}`,
  ]);
}

/** Rights that playbooks need and do not have: what they look at will be denied in every report. */
function rightsRows({ processors }: ClusterView, style: Style): readonly (readonly string[])[] {
  const gaps = processors
    .filter(({ isLive }) => isLive)
    .flatMap(({ access = [] }) => access.filter(({ denied, unknown }) => denied.length > 0 || unknown !== undefined))
    .map(describeAccess);
  return [...new Set(gaps)].map((text) => [style.warn('  rights'), '', '', '', '', text]);
}

function renderRow(cluster: ClusterView): string {
  return renderTsv([
    cluster.name,
    cluster.type,
    clusterState(cluster),
    cluster.lastSeenAt?.toISOString() ?? '',
    cluster.processors.at(0)?.pollSeconds.toString() ?? '',
    enginesOf(cluster).join(','),
    cluster.strategies.map(({ id }) => id).join(','),
    cluster.description ?? '',
  ]);
}

/** Engines of the processors that can be asked now. */
function enginesOf({ processors }: ClusterView): readonly string[] {
  return [...new Set(processors.filter(({ isLive }) => isLive).flatMap(({ engines }) => engines))];
}

function stateColor(style: Style, state: ClusterState): (text: string) => string {
  switch (state) {
    case 'live':
      return (text) => style.good(text);
    case 'paused':
    case 'silent':
      return (text) => style.warn(text);
    case 'by-hub':
    case 'never':
      return (text) => style.dim(text);
    default:
      return unreachable(state);
  }
}

/** A cluster with the names that `--json` promises. */
export function clusterJson(cluster: ClusterView): Readonly<Record<string, unknown>> {
  return {
    name: cluster.name,
    type: cluster.type,
    state: clusterState(cluster),
    live: cluster.isLive,
    registered: cluster.isRegistered,
    lastSeenAt: cluster.lastSeenAt?.toISOString() ?? null,
    description: cluster.description ?? null,
    owner: cluster.owner ?? null,
    hub: cluster.hub ?? null,
    namespaces: cluster.namespaces,
    groups: cluster.groups,
    maxTimeout: cluster.maxTimeout ?? null,
    strategies: cluster.strategies,
    processors: cluster.processors.map(processorJson),
  };
}

function processorJson(processor: ProcessorView): Readonly<Record<string, unknown>> {
  const { holder, version, seenAt, isLive, pollSeconds, engines, trust, running, paused, access, warnings } = processor;
  return {
    holder,
    version,
    live: isLive,
    lastSeenAt: seenAt.toISOString(),
    pollSeconds,
    engines,
    trust,
    running,
    paused: paused ?? null,
    warnings: warnings ?? [],
    access: access ?? null,
  };
}
