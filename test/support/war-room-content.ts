import {
  claimRef,
  clusterPath,
  inboxRef,
  presenceRef,
  reportPath,
  requestPath,
  resultFolder,
  statusPath,
} from '../../src/domain/repository-layout.ts';
import { parseRequestId, type RequestId } from '../../src/domain/request-id.ts';
import { requestTargets } from '../../src/domain/request.ts';
import { formatJson, formatYaml } from '../../src/schema/format-document.ts';
import type {
  Claim,
  ClusterRegistration,
  Manifest,
  Presence,
  Report,
  Status,
  TroubleshootingRequest,
} from '../../src/schema/generated.ts';
import type { MemoryWarRoom } from './memory-war-room.ts';

const SHA = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const API = 'warroom.intility.io/v1';
const INCARNATION = '6f1c2a90b7d34e55';

export const API_TIMEOUT = requestId('2026-11-20-1430-api-timeout-k7m2');

export function requestId(text: string): RequestId {
  const id = parseRequestId(text);
  if (id === undefined) throw new Error(`${text} is not a request id`);
  return id;
}

export function aRequest(
  id: RequestId = API_TIMEOUT,
  change: {
    metadata?: Partial<TroubleshootingRequest['metadata']>;
    spec?: Partial<TroubleshootingRequest['spec']>;
  } = {},
): TroubleshootingRequest {
  const minute = `${id.slice(0, 10)}T${id.slice(11, 13)}:${id.slice(13, 15)}`;
  const expiresAt = new Date(Date.parse(`${minute}:12Z`) + 24 * 60 * 60 * 1000).toISOString();
  return {
    apiVersion: API,
    kind: 'TroubleshootingRequest',
    metadata: {
      name: id,
      title: 'API server answers after 30 s',
      timestamp: `${minute}:12.000Z`,
      engineer: 'alice@example.com',
      ...change.metadata,
    },
    spec: {
      ...(change.spec?.targetClusters === undefined ? { targetCluster: { type: 'hub', name: 'production-hub' } } : {}),
      issue: { description: 'API server answers after 30 s' },
      investigation: { strategy: 'auto', timeout: 900, mode: 'read', engine: 'auto' },
      output: { format: 'markdown' },
      origin: { kind: 'person' },
      expiresAt,
      nonce: '9f86d081884c7d659a2feaa0c55ad015',
      repository: 'https://github.com/acme/warroom.git',
      ...change.spec,
    },
  };
}

export function aStatus(id: RequestId = API_TIMEOUT, change: Partial<Status> = {}): Status {
  return {
    ...endOf(id),
    phase: 'succeeded',
    outcome: 'root-cause',
    quality: 'complete',
    bottomLine: 'etcd-0 loses its lease because its volume is slow: fsync p99 is 1.9 s (limit 10 ms).',
    confidence: 0.86,
    strategy: 'api-timeout',
    engine: 'diagnostics',
    findings: 3,
    ...change,
  };
}

/** The status of a request that ended without a report. */
export function aFailure(phase: Status['phase'], reason: NonNullable<Status['reason']>): Status {
  return { ...endOf(API_TIMEOUT), phase, reason };
}

function endOf(id: RequestId): Omit<Status, 'phase'> {
  return {
    apiVersion: API,
    kind: 'Status',
    id,
    cluster: 'production-hub',
    title: 'API server answers after 30 s',
    requester: 'alice@example.com',
    attempt: 1,
    attempts: [attempt({ result: 'succeeded', endedAt: '2026-11-20T14:31:20.000Z' })],
    processor: { holder: 'processor-0', incarnation: INCARNATION, version: '0.1.0' },
    times: {
      createdAt: '2026-11-20T14:30:12.000Z',
      claimedAt: '2026-11-20T14:30:20.000Z',
      finishedAt: '2026-11-20T14:31:20.000Z',
    },
    requestSha256: SHA,
  };
}

export function aClaim(
  id: RequestId = API_TIMEOUT,
  progress: Partial<Claim['progress']> = {},
  change: Partial<Claim> = {},
): Claim {
  return {
    apiVersion: API,
    kind: 'Claim',
    id,
    cluster: 'production-hub',
    holder: 'processor-0',
    incarnation: INCARNATION,
    attempt: 1,
    attempts: [attempt({ result: 'running' })],
    leaseSeconds: 120,
    nonce: '9f86d081884c7d659a2feaa0c55ad015',
    requestSha256: SHA,
    claimedAt: '2026-11-20T14:30:20.000Z',
    progress: { phase: 'collecting', message: 'etcd: member health', done: 11, total: 14, updates: 3, ...progress },
    ...change,
  };
}

export function aPresence(change: Partial<Presence> = {}): Presence {
  return {
    apiVersion: API,
    kind: 'Presence',
    cluster: 'production-hub',
    type: 'hub',
    holder: 'processor-0',
    incarnation: INCARNATION,
    version: '0.1.0',
    startedAt: '2026-11-20T08:00:00.000Z',
    seenAt: '2026-11-20T14:40:00.000Z',
    pollSeconds: 30,
    announceSeconds: 600,
    engines: ['diagnostics'],
    trust: 'open',
    strategies: [
      { id: 'general', title: 'state of the machine', steps: 12, seconds: 10, checks: ['disk', 'memory'] },
      {
        id: 'api-timeout',
        title: 'control plane, etcd and load balancer',
        steps: 14,
        seconds: 40,
        checks: ['API server latency', 'etcd member health'],
      },
    ],
    running: 0,
    ...change,
  };
}

export function aCluster(name: string, spec: Partial<ClusterRegistration['spec']> = {}): ClusterRegistration {
  return { apiVersion: API, kind: 'ClusterRegistration', metadata: { name }, spec: { type: 'hub', ...spec } };
}

export function aReport(id: RequestId = API_TIMEOUT, change: Partial<Report> = {}): Report {
  const times = { startedAt: '2026-11-20T14:30:20.000Z', finishedAt: '2026-11-20T14:31:20.000Z' };
  return {
    apiVersion: API,
    kind: 'Report',
    id,
    title: 'API server answers after 30 s',
    cluster: { type: 'hub', name: 'production-hub' },
    target: { kind: 'local', identity: 'machine-1', name: 'hub-1' },
    question: 'API server answers after 30 s',
    requester: { name: 'alice@example.com', verified: false },
    phase: 'succeeded',
    outcome: 'root-cause',
    quality: 'complete',
    qualityReasons: [],
    confidence: 0.86,
    bottomLine: 'etcd-0 loses its lease because its volume is slow: fsync p99 is 1.9 s (limit 10 ms).',
    strategy: { name: 'api-timeout', chosenBy: 'auto' },
    engine: { name: 'diagnostics' },
    recommendations: [{ action: 'have the disk of node ip-10-0-3-17 looked at', risk: 'none' }],
    findings: [
      {
        id: 'F01',
        code: 'ETCD_SLOW_FSYNC',
        severity: 'error',
        object: 'etcd-0',
        title: 'etcd fsync p99 1.9 s',
        explanation: 'the volume is slow',
        confidence: 0.86,
        citations: [{ evidence: 'E001', quote: 'wal_fsync p99 1.92', verified: true }],
      },
    ],
    hypotheses: [],
    evidence: [
      {
        id: 'E001',
        step: 'etcd',
        title: 'etcd metrics',
        source: 'playbook',
        argv: ['etcdctl', 'endpoint', 'status'],
        status: 'ok',
        exit: 0,
        startedAt: times.startedAt,
        ms: 120,
        bytes: 19,
        truncated: false,
        file: 'evidence/E001-etcd.txt',
        sha256: SHA,
      },
    ],
    coverage: [{ step: 'etcd', title: 'etcd metrics', required: true, status: 'ok', known: true, evidence: 'E001' }],
    timeline: [],
    ruledOut: [],
    unknowns: [],
    commands: [],
    redactions: { total: 0, byRule: {} },
    run: { ...times, seconds: 60, attempt: 1, attempts: [], holder: 'processor-0', version: '0.1.0' },
    requestSha256: SHA,
    ...change,
  };
}

export function putRequest(warRoom: MemoryWarRoom, request: TroubleshootingRequest): void {
  warRoom.put(requestPath(requestId(request.metadata.name)), formatYaml('TroubleshootingRequest', request));
}

export function putInboxRequest(warRoom: MemoryWarRoom, request: TroubleshootingRequest): void {
  const id = requestId(request.metadata.name);
  const text = formatYaml('TroubleshootingRequest', request);
  warRoom.putRef(inboxRef(warRoom.refNamespace, id, 'request'), requestPath(id), text);
}

/** A status in the folder of the request, or in a part of it when the request has several targets. */
export function putStatus(warRoom: MemoryWarRoom, status: Status, request?: TroubleshootingRequest): void {
  const isPart = request !== undefined && requestTargets(request).length > 1;
  const folder = resultFolder(requestId(status.id), isPart ? status.cluster : undefined);
  warRoom.put(statusPath(folder), formatYaml('Status', status));
}

export function putClaim(warRoom: MemoryWarRoom, claim: Claim): void {
  const ref = claimRef(warRoom.refNamespace, claim.cluster, requestId(claim.id));
  warRoom.putRef(ref, 'claim.json', formatJson('Claim', claim));
}

export function putPresence(warRoom: MemoryWarRoom, presence: Presence): void {
  const ref = presenceRef(warRoom.refNamespace, presence.cluster, presence.holder);
  warRoom.putRef(ref, 'presence.json', formatJson('Presence', presence));
}

export function putCluster(warRoom: MemoryWarRoom, cluster: ClusterRegistration): void {
  warRoom.put(clusterPath(cluster.metadata.name), formatYaml('ClusterRegistration', cluster));
}

export function putReport(warRoom: MemoryWarRoom, report: Report): void {
  const folder = resultFolder(requestId(report.id));
  warRoom.put(reportPath(folder), formatJson('Report', report));
  warRoom.put(`${folder}/README.md`, `# ${report.title}\n`);
  warRoom.put(`${folder}/evidence/E001-etcd.txt`, 'wal_fsync p99 1.92\n');
}

/** A manifest with one piece of evidence; in an object store when it has a key. */
export function aManifest({ external }: { readonly external?: string } = {}): Manifest {
  const evidence = { path: 'evidence/E001-etcd.txt', sha256: SHA, bytes: 19 };
  return {
    apiVersion: API,
    kind: 'Manifest',
    id: API_TIMEOUT,
    cluster: 'production-hub',
    attempt: 1,
    phase: 'succeeded',
    request: { path: requestPath(API_TIMEOUT), sha256: SHA },
    files: [external === undefined ? evidence : { ...evidence, external }],
    versions: { 'claude-warroom': '0.1.0' },
    finishedAt: '2026-11-20T14:32:00.000Z',
  };
}

function attempt(change: Pick<Claim['attempts'][number], 'result' | 'endedAt'>): Claim['attempts'][number] {
  return {
    number: 1,
    holder: 'processor-0',
    incarnation: INCARNATION,
    startedAt: '2026-11-20T14:30:20.000Z',
    ...change,
  };
}
