import type { Evidence } from '../../../src/domain/evidence.ts';
import type { Finding, Judgement } from '../../../src/domain/finding.ts';
import type { RedactedText } from '../../../src/domain/redacted-text.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import { buildReport } from '../../../src/report/build-report.ts';
import { checkCitations } from '../../../src/report/citations.ts';
import type { ReportParts } from '../../../src/report/report-parts.ts';
import type { ReportStyle } from '../../../src/report/terminal-page.ts';
import type {
  CoverageStep,
  DependencyMap,
  Report,
  ReportChange,
  TroubleshootingRequest,
} from '../../../src/schema/generated.ts';

export const plainStyle: ReportStyle = {
  bold: (text) => text,
  dim: (text) => text,
  good: (text) => text,
  warn: (text) => text,
  bad: (text) => text,
  accent: (text) => text,
};

const redaction = createRedaction({ knownValues: [], key: new Uint8Array(32) });

export async function redacted(text: string): Promise<RedactedText> {
  return await redaction.redact(text);
}

export const REQUEST: TroubleshootingRequest = {
  apiVersion: 'warroom.intility.io/v1',
  kind: 'TroubleshootingRequest',
  metadata: {
    name: '2026-11-20-1430-api-timeout-k7m2',
    title: 'API timeouts of hosted-cluster-prod-1',
    timestamp: '2026-11-20T14:30:04.000Z',
    engineer: 'alice@example.com',
  },
  spec: {
    targetCluster: { type: 'hub', name: 'production-hub' },
    issue: { description: 'API server of hosted-cluster-prod-1 answers after 30 s' },
    investigation: {
      strategy: 'api-timeout',
      namespace: 'clusters-prod-1',
      timeout: 600,
      mode: 'read',
      engine: 'auto',
    },
    output: { format: 'markdown' },
    origin: { kind: 'person' },
    expiresAt: '2026-11-21T14:30:04.000Z',
    nonce: '0123456789abcdef0123456789abcdef',
    repository: 'https://git.example.com/acme/warroom.git',
  },
};

const FILES: readonly (readonly [string, string, string])[] = [
  ['lb', 'load balancer', 'backend api-1 UP\nbackend api-2 UP\n'],
  ['etcd-metrics', 'etcd: write latency', 'etcd_disk_wal_fsync_duration_seconds{quantile="0.99"}   1.92\n'],
  [
    'etcd-log',
    'etcd: leader changes',
    '13:52:10 etcd-1 elected leader at term 41\n13:57:31 etcd-0 elected leader at term 42\n',
  ],
  ['certificates', 'certificate expiry', 'api-server: 213 days left\n'],
  ['etcdctl', 'etcd: alarms', ''],
];

export async function sampleEvidence(): Promise<readonly Evidence[]> {
  return await Promise.all(
    FILES.map(async ([step, title, text], index): Promise<Evidence> => {
      const isMissing = step === 'etcdctl';
      return {
        id: `E00${index + 1}`,
        step,
        title,
        source: 'playbook',
        argv: [
          await redacted(isMissing ? 'etcdctl' : 'kubectl'),
          await redacted('get'),
          await redacted(`--what=${step} it's`),
        ],
        status: isMissing ? 'missing-tool' : 'ok',
        ...(isMissing ? {} : { exit: 0 }),
        startedAt: new Date(Date.UTC(2026, 10, 20, 14, 30, 12 + index)),
        ms: 120.4 + index,
        text: await redacted(text),
        truncated: false,
      };
    }),
  );
}

export const FINDINGS: readonly Finding[] = [
  {
    id: 'F02',
    code: 'ETCD_LEADER_CHANGES',
    severity: 'warning',
    object: 'etcd/etcd-0',
    title: '2 leader changes in 6 minutes',
    explanation: 'A leader that changes often makes every write wait.',
    confidence: 0.8,
    citations: [{ evidence: 'E003', quote: 'etcd-0 elected leader at term 42', verified: false }],
    rule: 'leader-changes',
    explains: [],
    recommendations: [{ action: 'Do not restart etcd pods', risk: 'none' }],
  },
  {
    id: 'F01',
    code: 'ETCD_SLOW_DISK',
    severity: 'error',
    object: 'etcd/etcd-0',
    title: 'etcd fsync p99 is 1.9 s',
    expected: 'less than 10 ms',
    explanation:
      'The leader cannot write its log in time and loses its lease. Every API call then waits for a new leader.',
    confidence: 0.86,
    since: '2026-11-20T13:52:00.000Z',
    citations: [
      { evidence: 'E002', quote: 'etcd_disk_wal_fsync_duration_seconds{quantile="0.99"} 1.92', verified: false },
    ],
    rule: 'slow-disk',
    explains: ['ETCD_LEADER_CHANGES'],
    disprovedBy: 'fsync p99 below 10 ms on etcd-0',
    recommendations: [
      {
        action: 'Have the disk of node ip-10-0-3-17 looked at',
        command: 'kubectl describe node ip-10-0-3-17',
        risk: 'none',
      },
      {
        action: 'Move etcd-0 to another node',
        risk: 'high',
        why: 'Needs approval: the quorum has no spare member meanwhile.',
      },
    ],
  },
];

export const COVERAGE: readonly CoverageStep[] = FILES.map(([step, title], index) => ({
  step,
  title,
  required: step !== 'etcdctl',
  status: step === 'etcdctl' ? 'missing-tool' : 'ok',
  known: step !== 'etcdctl',
  evidence: `E00${index + 1}`,
  ...(step === 'etcdctl' ? { reason: 'etcdctl is not installed' } : {}),
}));

export const CHANGES: readonly ReportChange[] = [
  {
    at: '2026-11-20T14:02:00.000Z',
    kind: 'created',
    object: 'service/clusters-prod-1/debug',
    text: 'service debug was created',
    findings: [],
    citation: { evidence: 'E001', quote: 'backend api-1 UP', verified: true },
  },
  {
    at: '2026-11-20T13:50:10.000Z',
    kind: 'node',
    object: 'node/ip-10-0-3-17',
    text: 'node ip-10-0-3-17 was cordoned',
    findings: ['F01'],
    citation: { evidence: 'E003', quote: '13:52:10 etcd-1 elected leader at term 41', verified: true },
  },
  ...[48, 47, 46, 45, 44].map((minute): ReportChange => ({
    at: `2026-11-20T13:${minute}:00.000Z`,
    kind: 'package',
    object: `package/lib-${minute}`,
    text: `package lib-${minute} was installed or upgraded`,
    findings: [],
    citation: { evidence: 'E004', quote: 'api-server: 213 days left', verified: true },
  })),
];

export const DEPENDENCIES: DependencyMap = {
  nodes: [
    { id: 'N1', kind: 'service', namespace: 'clusters-prod-1', name: 'etcd-client', side: 'target', findings: ['F02'] },
    { id: 'N2', kind: 'pod', namespace: 'clusters-prod-1', name: 'etcd-0', side: 'target', findings: ['F01'] },
    { id: 'N3', kind: 'pod', namespace: 'clusters-prod-1', name: 'kube-apiserver-1', side: 'target', findings: [] },
  ],
  edges: [
    { from: 'N1', to: 'N2', why: 'routes to', confidence: 0.95, evidence: 'E001' },
    { from: 'N3', to: 'N1', why: 'names in its arguments', confidence: 0.6 },
  ],
  more: 2,
};

export async function sampleParts(change: Partial<ReportParts> = {}): Promise<ReportParts> {
  const evidence = await sampleEvidence();
  return {
    request: REQUEST,
    requestSha256: 'ab'.repeat(32),
    cluster: { type: 'hub', name: 'production-hub' },
    target: { kind: 'kubernetes', identity: '5f0c1c1e-infra', name: 'production-hub' },
    requester: { name: 'alice@example.com', verified: true },
    assessment: { outcome: 'root-cause', quality: 'complete', qualityReasons: [] },
    strategy: { name: 'api-timeout', chosenBy: 'request' },
    engine: { name: 'diagnostics', why: 'no credential for a model is configured' },
    judgement: {
      findings: checkCitations(FINDINGS, evidence),
      ruledOut: [
        { text: 'load balancer', evidence: ['E001'] },
        { text: 'certificate expiry', evidence: ['E004'] },
      ],
      unknowns: [{ text: 'backend commit latency of etcd-2', why: 'no samples in the last hour' }],
      coverage: COVERAGE,
      notCalled: [{ text: 'etcd: size of every member', why: 'input member has no value' }],
      changes: CHANGES,
      dependencies: DEPENDENCIES,
    },
    hypotheses: [
      {
        rank: 1,
        statement: 'The volume of etcd-0 is slow',
        finding: 'F01',
        confidence: 0.86,
        explains: ['F01', 'F02'],
        reasons: [
          { part: 'rule', points: 0.71, why: 'the rule slow-disk gives it' },
          { part: 'change', points: 0.15, why: 'node ip-10-0-3-17 was cordoned 2 min before it began (E003)' },
        ],
      },
      {
        rank: 2,
        statement: 'The network between members is slow',
        finding: 'F02',
        confidence: 0.3,
        explains: ['F02'],
        disprovedBy: 'round trips below 10 ms',
      },
    ],
    evidence,
    redactions: { total: 3, byRule: { assignment: 1, jwt: 2 } },
    run: {
      startedAt: new Date('2026-11-20T14:30:12.000Z'),
      finishedAt: new Date('2026-11-20T14:31:20.500Z'),
      attempt: 2,
      attempts: [
        {
          number: 1,
          holder: 'processor-0',
          incarnation: '00000001',
          startedAt: '2026-11-20T14:30:05.000Z',
          endedAt: '2026-11-20T14:30:09.000Z',
          result: 'interrupted',
        },
        {
          number: 2,
          holder: 'processor-0',
          incarnation: '00000002',
          startedAt: '2026-11-20T14:30:12.000Z',
          endedAt: '2026-11-20T14:31:20.500Z',
          result: 'succeeded',
        },
      ],
      holder: 'processor-0',
      version: '0.1.0',
      playbook: { id: 'api-timeout', version: 3, sha256: 'cd'.repeat(32) },
    },
    impact: 'requests to the API time out',
    similar: [{ id: '2026-11-02-0911-api-slow-a1b2', why: 'same node, same finding' }],
    ...change,
  };
}

export async function sampleReport(change: Partial<ReportParts> = {}): Promise<Report> {
  return buildReport(await sampleParts(change));
}

function withoutMap({ dependencies: _map, ...judgement }: Judgement): Judgement {
  return judgement;
}

/** All checks fine but one optional one. */
export async function healthyReport(): Promise<Report> {
  const { judgement } = await sampleParts();
  return await sampleReport({
    assessment: { outcome: 'no-problem', quality: 'complete', qualityReasons: [] },
    judgement: withoutMap({ ...judgement, findings: [], unknowns: [], changes: [] }),
    hypotheses: [],
  });
}

/** Something points elsewhere, and a required check is missing. */
export async function doubtfulReport(): Promise<Report> {
  const { judgement, hypotheses } = await sampleParts();
  const pointing = judgement.findings.map((finding) =>
    finding.id === 'F02' ? { ...finding, pointsTo: 'etcd-health' } : finding,
  );
  return await sampleReport({
    assessment: { outcome: 'inconclusive', quality: 'degraded', qualityReasons: ['2 checks were denied'] },
    judgement: { ...judgement, findings: pointing.filter(({ id }) => id === 'F02') },
    hypotheses: hypotheses.filter(({ finding }) => finding === 'F02').map((each) => ({ ...each, rank: 1 })),
  });
}
