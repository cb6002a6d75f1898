import { CLUSTERS_FOLDER, MAX_REQUEST_BYTES, presenceRefPrefix } from '../domain/repository-layout.ts';
import type { FileContent, Snapshot, WarRoom } from '../repository/port.ts';
import { cleanText } from '../report/untrusted.ts';
import type {
  ClusterRegistration,
  Presence,
  PresenceAccess,
  PresenceGroup,
  RegisteredStrategy,
} from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { formatProblem } from '../schema/problem.ts';
import { fileText } from '../repository/file-content.ts';

/** After this many announcements that did not come a processor counts as gone. */
const MISSED_ANNOUNCEMENTS = 3;

export interface ProcessorView {
  readonly holder: string;
  readonly version: string;
  readonly seenAt: Date;
  readonly isLive: boolean;
  /** Longest pause between two looks. */
  readonly pollSeconds: number;
  readonly engines: readonly ('diagnostics' | 'claude')[];
  readonly trust: 'open' | 'required';
  readonly running: number;
  /** Key that it says it signs results with; anybody who can push could have written it. */
  readonly publicKey?: string;
  readonly paused?: string;
  /** What an administrator should look at. */
  readonly warnings?: readonly string[];
  /** Rights of the processor in clusters, cluster by cluster. */
  readonly access?: readonly PresenceAccess[];
  /** Digest of the pause of the war room that this processor has seen and that stands. */
  readonly pauseSha256?: string;
}

/** A cluster that is registered, or that a processor says it serves. */
export interface ClusterView {
  readonly name: string;
  readonly type: ClusterRegistration['spec']['type'];
  readonly isRegistered: boolean;
  readonly description?: string;
  readonly owner?: string;
  readonly hub?: string;
  readonly namespaces: readonly string[];
  /** Groups of hosts that a request can name. */
  readonly groups: readonly PresenceGroup[];
  readonly maxTimeout?: number;
  /** What a live processor advertises, else what the registration lists. */
  readonly strategies: readonly RegisteredStrategy[];
  /** Newest first. */
  readonly processors: readonly ProcessorView[];
  readonly lastSeenAt?: Date;
  readonly isLive: boolean;
}

export interface ClusterList {
  readonly clusters: readonly ClusterView[];
  /** Registrations that cannot be used, and why. */
  readonly invalid: readonly { readonly path: string; readonly problem: string }[];
}

/** Fetches the war room with the presence of its processors, and reads both. */
export async function listClusters(
  warRoom: WarRoom,
  options: { readonly now: Date; readonly signal?: AbortSignal },
): Promise<ClusterList> {
  const { signal } = options;
  const refPrefixes = [presenceRefPrefix(warRoom.refNamespace)];
  const snapshot = await warRoom.refresh({ refPrefixes, ...(signal === undefined ? {} : { signal }) });
  return await readClusters(snapshot, { ...options, namespace: warRoom.refNamespace });
}

/** Clusters by name, from a snapshot that has the presence refs. */
export async function readClusters(
  snapshot: Snapshot,
  options: { readonly namespace: string; readonly now: Date; readonly signal?: AbortSignal },
): Promise<ClusterList> {
  const { namespace, now, signal } = options;
  const read = { maxBytes: MAX_REQUEST_BYTES, ...(signal === undefined ? {} : { signal }) };
  const files = (await snapshot.list([CLUSTERS_FOLDER], read)).filter(({ path }) =>
    /^clusters\/[^/]+\.yaml$/u.test(path),
  );
  const contents = await snapshot.read(files, read);
  const registrations: ClusterRegistration[] = [];
  const invalid: { path: string; problem: string }[] = [];
  for (const { path, oid } of files) {
    const registration = readRegistration(path, contents.get(oid));
    if (typeof registration === 'string') invalid.push({ path: cleanText(path), problem: cleanText(registration) });
    else registrations.push(registration);
  }
  const presences = await readPresences(snapshot, namespace, read);
  const names = new Set([...registrations.map(({ metadata }) => metadata.name), ...presences.map((p) => p.cluster)]);
  const clusters = [...names].sort().flatMap((name) => {
    const registration = registrations.find(({ metadata }) => metadata.name === name);
    return clusterView(
      name,
      registration,
      presences.filter((presence) => presence.cluster === name),
      now,
    );
  });
  return { clusters, invalid };
}

function clusterView(
  name: string,
  registration: ClusterRegistration | undefined,
  presences: readonly Presence[],
  now: Date,
): ClusterView[] {
  const newest = [...presences].sort((a, b) => Date.parse(b.seenAt) - Date.parse(a.seenAt));
  const type = registration?.spec.type ?? newest.at(0)?.type;
  if (type === undefined) return [];
  const processors = newest.map((presence) => processorView(presence, now));
  const live = newest.filter((_, at) => processors[at]?.isLive === true);
  const advertised = live.length > 0 ? live.flatMap(({ strategies }) => strategies) : registration?.spec.strategies;
  const spec = registration?.spec;
  const lastSeenAt = processors.at(0)?.seenAt;
  return [
    {
      name,
      type,
      isRegistered: registration !== undefined,
      ...(spec?.description === undefined ? {} : { description: cleanText(spec.description) }),
      ...(spec?.owner === undefined ? {} : { owner: cleanText(spec.owner) }),
      ...(spec?.hub === undefined ? {} : { hub: spec.hub }),
      namespaces: spec?.namespaces ?? [],
      groups: groupsOf(live),
      ...(spec?.maxTimeout === undefined ? {} : { maxTimeout: spec.maxTimeout }),
      strategies: uniqueStrategies(advertised ?? newest.at(0)?.strategies ?? []),
      processors,
      ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
      isLive: live.length > 0,
    },
  ];
}

function processorView(presence: Presence, now: Date): ProcessorView {
  const seenAt = new Date(presence.seenAt);
  const silentMs = now.getTime() - seenAt.getTime();
  return {
    holder: presence.holder,
    version: cleanText(presence.version),
    seenAt,
    isLive: silentMs <= MISSED_ANNOUNCEMENTS * presence.announceSeconds * 1000,
    pollSeconds: presence.pollSeconds,
    engines: presence.engines,
    trust: presence.trust,
    running: presence.running,
    ...(presence.key === undefined ? {} : { publicKey: presence.key.publicKey }),
    ...(presence.paused === undefined ? {} : { paused: cleanText(presence.paused.message) }),
    ...(presence.warnings === undefined
      ? {}
      : { warnings: presence.warnings.map(({ message }) => cleanText(message)) }),
    ...(presence.access === undefined ? {} : { access: presence.access.map(cleanAccess) }),
    ...(presence.paused?.pauseSha256 === undefined ? {} : { pauseSha256: presence.paused.pauseSha256 }),
  };
}

function cleanAccess(access: PresenceAccess): PresenceAccess {
  const { denied, unknown } = access;
  return {
    ...access,
    cluster: cleanText(access.cluster),
    denied: denied.map(({ right, playbooks }) => ({ right: cleanText(right), playbooks })),
    ...(unknown === undefined ? {} : { unknown: cleanText(unknown) }),
  };
}

/** Groups of the newest live processor that serves an inventory. */
function groupsOf(presences: readonly Presence[]): readonly PresenceGroup[] {
  const groups = presences.find((presence) => presence.groups !== undefined)?.groups ?? [];
  return groups.map((group) => ({
    ...group,
    name: cleanText(group.name),
    ...(group.description === undefined ? {} : { description: cleanText(group.description) }),
  }));
}

function uniqueStrategies(strategies: readonly RegisteredStrategy[]): readonly RegisteredStrategy[] {
  const byId = new Map(strategies.map((strategy) => [strategy.id, strategy]));
  return [...byId.values()].map((strategy) => ({
    ...strategy,
    title: cleanText(strategy.title),
    ...(strategy.checks === undefined ? {} : { checks: strategy.checks.map((check) => cleanText(check)) }),
  }));
}

function readRegistration(path: string, content: Content): ClusterRegistration | string {
  if (content?.kind !== 'bytes') return 'the file cannot be read, or is too large';
  const text = fileText(content);
  if (text === undefined) return 'not UTF-8 text';
  const result = parseDocument('ClusterRegistration', text, { file: path });
  if (!result.ok)
    return result.problems
      .slice(0, 1)
      .map((problem) => formatProblem(problem))
      .join('');
  const expected = path.slice(CLUSTERS_FOLDER.length + 1, -'.yaml'.length);
  const { name } = result.value.metadata;
  return name === expected ? result.value : `metadata.name is "${name}", the file is named for "${expected}"`;
}

type Content = FileContent | undefined;

/** Presences in refs that carry the name of the cluster and the holder they speak for. */
async function readPresences(
  snapshot: Snapshot,
  namespace: string,
  read: { readonly maxBytes: number; readonly signal?: AbortSignal },
): Promise<readonly Presence[]> {
  const prefix = presenceRefPrefix(namespace);
  const refs = [...snapshot.refs.keys()].filter((ref) => ref.startsWith(prefix));
  const presences: Presence[] = [];
  for (const [ref, { files }] of await snapshot.readRefs(refs, read)) {
    const content = files.size === 1 ? [...files.values()].at(0) : undefined;
    const text = fileText(content);
    const result = text === undefined ? undefined : parseDocument('Presence', text, { file: 'presence' });
    if (result?.ok !== true) continue;
    if (ref === `${prefix}${result.value.cluster}/${result.value.holder}`) presences.push(result.value);
  }
  return presences;
}
