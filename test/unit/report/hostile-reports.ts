import type { IndexContent } from '../../../src/report/index-page.ts';
import { statusWithoutReport } from '../../../src/report/status-document.ts';
import type { Aggregate, Report, Status } from '../../../src/schema/generated.ts';
import { REQUEST } from './report-samples.ts';

/** The report with `text` wherever a cluster, a person or a model can write. */
export function hostileReport(report: Report, text: string): Report {
  return {
    ...report,
    title: text,
    question: text,
    bottomLine: text,
    impact: text,
    requester: { ...report.requester, name: text },
    recommendations: [{ action: text, command: text, why: text, risk: 'low' }],
    rootCause: { cause: text, mechanism: text, trigger: text, disprovedBy: text },
    hypotheses: report.hypotheses.map((each) => ({
      ...each,
      ...{ statement: text, disprovedBy: text },
      reasons: [{ part: 'change', points: 0.15, why: text }],
    })),
    changes: (report.changes ?? []).map((change) => ({
      ...change,
      ...{ object: text, text, citation: { evidence: 'E002', quote: text.slice(0, 400), verified: true } },
    })),
    dependencies: {
      nodes: (report.dependencies?.nodes ?? []).map((node) => ({ ...node, kind: text, namespace: text, name: text })),
      edges: (report.dependencies?.edges ?? []).map((edge) => ({ ...edge, why: text })),
      more: 2,
    },
    notCalled: [{ text, why: text }],
    findings: report.findings.map((finding) => ({
      ...finding,
      title: text,
      expected: text,
      explanation: text,
      citations: [{ evidence: 'E002', quote: text.slice(0, 400), verified: true }],
    })),
    coverage: report.coverage.map((step) => ({ ...step, title: text, known: false, reason: text })),
    timeline: report.timeline.map((entry) => ({ ...entry, text })),
    ruledOut: [{ text, evidence: ['E001'] }],
    unknowns: [{ text, why: text }],
    qualityReasons: [text],
    similar: [{ id: '2026-11-02-0911-api-slow-a1b2', why: text }],
    commands: report.commands.map((command) => ({ ...command, argv: [text], reason: text })),
    strategy: { ...report.strategy, why: text },
    engine: { ...report.engine, why: text },
    target: { kind: text, identity: text, name: text },
  };
}

/** An end without a report, with `text` in its reason and title. */
export function hostileStatus(text: string): Status {
  const status = statusWithoutReport({
    id: REQUEST.metadata.name,
    cluster: text,
    phase: 'failed',
    reason: { code: 'some-reason', message: text, hint: text },
    requestSha256: 'ab'.repeat(32),
    attempts: [],
    processor: { holder: text, incarnation: '00000002', version: text },
    finishedAt: '2026-11-20T14:34:00Z',
  });
  return { ...status, title: text, requester: text };
}

/** An index page with `text` as question, cluster, requester and answer. */
export function indexOf(text: string): IndexContent {
  const id = '2026-11-20-1458-dns-slow-x2q9';
  const common = { id, title: text, cluster: text, createdAt: '2026-11-20T14:58:00Z' };
  return {
    now: new Date('2026-11-20T15:00:00Z'),
    open: [{ ...common, requester: text, phase: 'pending' }],
    recent: [{ ...common, phase: 'failed', bottomLine: text, finishedAt: '2026-11-20T15:00:00Z' }],
  };
}

/** The page over two parts with `text` in every place that a person, a cluster or a model can write to; names follow the schema. */
export function hostileAggregate(text: string): Aggregate {
  const finding = { code: text, severity: 'error', object: text, title: text, confidence: 0.9 } as const;
  const part = { type: 'hub', bottomLine: text, doNow: text, reason: text, cause: text, findings: [finding] } as const;
  const moment = { at: '2026-11-20T14:58:00Z', cluster: 'hub-a', text };
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Aggregate',
    id: REQUEST.metadata.name,
    title: text,
    question: text,
    requester: { name: text, verified: true },
    coordination: { mode: 'parallel', stopOn: 'never' },
    phase: 'pending',
    isComplete: false,
    outcome: 'root-cause',
    bottomLine: text,
    parts: [
      { ...part, findings: [finding], cluster: 'hub-a', phase: 'succeeded', signature: 'own', outcome: 'root-cause' },
      { ...part, findings: [finding], cluster: 'hub-b', phase: 'pending' },
    ],
    shared: [
      {
        code: text,
        title: text,
        severity: 'error',
        clusters: ['hub-a', 'hub-b'],
        object: text,
        isCause: true,
        confidence: 0.9,
      },
    ],
    disagreements: [{ text, clusters: ['hub-a'] }],
    firstSymptom: moment,
    timeline: [moment],
    requestSha256: 'ab'.repeat(32),
    writer: { cluster: 'hub-a', holder: text, version: '0.1.0' },
    writtenAt: '2026-11-20T15:00:00Z',
  };
}
