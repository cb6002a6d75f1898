import type { Evidence } from '../../../src/domain/evidence.ts';
import { mergeDraft, type DraftSources } from '../../../src/claude/answer/merge-draft.ts';
import type { MergedDraft } from '../../../src/claude/answer/judge-draft.ts';
import type { DraftFinding, ReportDraft } from '../../../src/schema/generated.ts';
import { redacted, sampleEvidence, sampleParts } from '../report/report-samples.ts';

/** What a model found beyond the checks of the report samples. */
export const OWN_FINDING: DraftFinding = {
  title: 'storage maintenance throttled the volume of etcd-0',
  severity: 'critical',
  object: 'node/ip-10-0-3-17',
  explanation: 'Writes wait since the maintenance began.',
  confidence: 0.9,
  citations: [{ evidence: 'E006', quote: '13:50:02 volume vol-7 throttled: maintenance' }],
};

export const CONFIRMING: DraftFinding = {
  title: 'etcd writes are slow',
  severity: 'error',
  object: 'etcd/etcd-0',
  explanation: 'Each write takes almost two seconds.',
  confidence: 0.88,
  confirms: 'F01',
  citations: [{ evidence: 'E002', quote: 'quantile="0.99"} 1.92' }],
};

/** A draft of a root cause that holds. */
export function draftOf(change: Partial<ReportDraft> = {}): ReportDraft {
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'ReportDraft',
    bottomLine: 'Storage maintenance throttles the volume of etcd-0, so fsync takes 1.9 s. The API waits for a leader.',
    outcome: 'root-cause',
    rootCause: {
      cause: 'storage maintenance throttles the volume of etcd-0',
      mechanism: 'fsync takes 1.9 s, the leader loses its lease, and API calls wait for a new one',
      trigger: 'maintenance of vol-7 at 13:50',
      disprovedBy: 'fsync p99 below 10 ms while the maintenance runs',
      explains: ['F01', 'F02'],
    },
    findings: [OWN_FINDING, CONFIRMING],
    timeline: [
      { at: '2026-11-20T13:50:02Z', text: 'vol-7 is throttled', evidence: 'E006' },
      { at: '2026-11-20T14:52:10+01:00', text: 'etcd-1 becomes leader', evidence: 'E003' },
    ],
    ruledOut: [{ text: 'the load balancer: both backends are up', evidence: ['E001'] }],
    recommendations: [
      {
        action: 'Ask the storage team to end the maintenance of vol-7',
        risk: 'none',
        why: 'It began two minutes before the first leader change',
      },
    ],
    unknowns: [{ text: 'latency of the volume before 13:50', why: 'no samples are kept' }],
    impact: 'requests to the API time out after 30 s',
    confidence: 0.9,
    ...change,
  };
}

/** Evidence of the checks and one command of the model. */
export async function draftEvidence(): Promise<readonly Evidence[]> {
  return [
    ...(await sampleEvidence()),
    {
      id: 'E006',
      step: 'agent',
      title: 'command of the investigator',
      source: 'agent',
      argv: await Promise.all(['kubectl', 'get', 'events', '-A'].map(redacted)),
      status: 'ok',
      exit: 0,
      startedAt: new Date('2026-11-20T14:30:40.000Z'),
      ms: 80,
      text: await redacted(
        '13:50:02 volume vol-7 throttled:\u001b[1m maintenance\u001b[0m\n13:51:00 all else is quiet\n',
      ),
      truncated: false,
    },
  ];
}

/** The draft merged with the checks of the report samples: F01 and F02, hypotheses 0.86 on F01 and 0.30 on F02. */
export async function merged(
  change: Partial<ReportDraft> = {},
  sources: Partial<DraftSources> = {},
): Promise<MergedDraft> {
  const { judgement, hypotheses } = await sampleParts();
  return mergeDraft({
    draft: draftOf(change),
    base: { judgement, hypotheses },
    evidence: await draftEvidence(),
    denied: [],
    ...sources,
  });
}

/** What the model itself writes: the document without its envelope. */
export function answerOf(draft: ReportDraft): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(draft).filter(([name]) => name !== 'apiVersion' && name !== 'kind'));
}
