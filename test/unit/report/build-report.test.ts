import { describe, expect, it } from 'vitest';
import { evidenceFile } from '../../../src/domain/evidence.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import { schemaErrors } from '../../../src/schema/validators.ts';
import { doubtfulReport, healthyReport, sampleEvidence, sampleParts, sampleReport } from './report-samples.ts';

describe('buildReport', () => {
  it.each([
    ['a root cause', sampleReport],
    ['no problem', healthyReport],
    ['doubt', doubtfulReport],
  ])('follows its schema with %s', async (_, make) => {
    expect(schemaErrors('Report', await make())).toEqual([]);
  });

  it('keeps the limits of its schema for endless texts', async () => {
    const long = 'word '.repeat(2000).trim();
    const parts = await sampleParts();
    const report = await sampleReport({
      impact: long,
      assessment: {
        outcome: 'root-cause',
        quality: 'degraded',
        qualityReasons: Array.from({ length: 60 }, () => long),
      },
      hypotheses: parts.hypotheses.map((each) => ({ ...each, statement: 'word '.repeat(100).trim() })),
      judgement: { ...parts.judgement, unknowns: Array.from({ length: 300 }, () => ({ text: long, why: long })) },
    });
    expect(schemaErrors('Report', report)).toEqual([]);
  });

  it('puts the worst finding first and leaves the rule internals out', async () => {
    const { findings } = await sampleReport();
    expect(findings.map(({ id }) => id)).toEqual(['F01', 'F02']);
    expect(Object.keys(findings[0] ?? {})).toEqual([
      ...['id', 'code', 'severity', 'object', 'title', 'explanation', 'confidence', 'expected', 'since', 'citations'],
    ]);
  });

  it('publishes what is expected without its secrets, within its limit', async () => {
    const secret = 'canary-5f3a9c1e77';
    const redaction = createRedaction({
      knownValues: [{ name: 'a-name-that-is-longer-than-its-value', value: secret }],
      key: new Uint8Array(32),
    });
    const { judgement } = await sampleParts();
    const findings = judgement.findings.map((finding) => ({
      ...finding,
      expected: `${secret}, `.repeat(11).slice(0, 200),
    }));
    const report = await sampleReport({ judgement: await redaction.redactValue({ ...judgement, findings }) });
    expect(schemaErrors('Report', report)).toEqual([]);
    expect(report.findings[0]?.expected).toMatch(/^\[REDACTED:/u);
    expect(JSON.stringify(report)).not.toContain(secret);
  });

  it('records path, size and digest of each piece of evidence', async () => {
    const [first] = await sampleEvidence();
    if (first === undefined) throw new Error('no sample');
    const { evidence } = await sampleReport();
    expect(evidence[0]).toMatchObject({
      file: evidenceFile(first),
      bytes: Buffer.byteLength(first.text),
      sha256: sha256(first.text),
      ms: 120,
    });
  });

  it('names the cause in two sentences, with what would disprove it', async () => {
    const report = await sampleReport();
    expect(report.bottomLine).toBe(
      'The volume of etcd-0 is slow. The leader cannot write its log in time and loses its lease.',
    );
    expect(report.confidence).toBe(0.86);
    expect(report.rootCause).toEqual({
      cause: 'The volume of etcd-0 is slow',
      mechanism:
        'The leader cannot write its log in time and loses its lease. Every API call then waits for a new leader.',
      disprovedBy: 'fsync p99 below 10 ms on etcd-0',
    });
  });

  it('orders what to do by the rank of the cause, without repeating it', async () => {
    const parts = await sampleParts();
    const doubled = parts.judgement.findings.flatMap((finding) => [finding, { ...finding, id: `${finding.id}9` }]);
    const report = await sampleReport({ judgement: { ...parts.judgement, findings: doubled } });
    expect(report.recommendations.map(({ action }) => action)).toEqual([
      'Have the disk of node ip-10-0-3-17 looked at',
      'Move etcd-0 to another node',
      'Do not restart etcd pods',
    ]);
  });

  it('says that nothing is wrong only for what it looked at', async () => {
    const report = await healthyReport();
    expect(report.bottomLine).toBe(
      'No problem was found: 4 checks ran and none shows anything at or above a warning. 1 optional check could not be judged.',
    );
    expect(report.recommendations).toEqual([{ action: 'Nothing to do.', risk: 'none' }]);
    expect(report.rootCause).toBeUndefined();
  });

  it.each([
    ['all checks are known', [true, true], [true, true], 1],
    ['every second optional check is not', [true], [true, false], 0.9],
    ['no optional check is known', [true], [false, false, false], 0.8],
    ['all checks are required', [true, true], [], 1],
  ])('is as sure of health as its required checks, when %s', async (_what, required, optional, expected) => {
    const { judgement } = await sampleParts();
    const step = (isRequired: boolean) => (known: boolean, index: number) => ({
      ...{ step: `${isRequired ? 'r' : 'o'}${index}`, title: 'a check', required: isRequired, known },
      status: known ? ('ok' as const) : ('denied' as const),
    });
    const coverage = [...required.map(step(true)), ...optional.map(step(false))];
    const report = await sampleReport({
      assessment: { outcome: 'no-problem', quality: 'complete', qualityReasons: [] },
      judgement: { ...judgement, findings: [], coverage },
      hypotheses: [],
    });
    expect(report.confidence).toBe(expected);
  });

  it('says what is missing and how to look closer when nothing is proven', async () => {
    const report = await doubtfulReport();
    expect(report.bottomLine).toBe(
      'The cause is not proven; the best explanation so far is: The network between members is slow. 1 of 5 checks could not be judged.',
    );
    expect(report.recommendations[0]).toMatchObject({
      action: 'Look closer with the strategy etcd-health.',
      command:
        "claude-warroom investigate --cluster production-hub --strategy etcd-health --namespace 'clusters-prod-1' --issue 'API timeouts of hosted-cluster-prod-1'",
    });
    expect(report.rootCause).toBeUndefined();
  });

  it('gives a next step also where no rule does', async () => {
    const { judgement } = await sampleParts();
    const findings = judgement.findings.map((finding) => ({ ...finding, recommendations: [] }));
    const actions = async (found: typeof findings): Promise<readonly string[]> =>
      (
        await sampleReport({
          assessment: { outcome: 'inconclusive', quality: 'complete', qualityReasons: [] },
          judgement: { ...judgement, findings: found, coverage: [] },
        })
      ).recommendations.map(({ action }) => action);
    expect(await actions(findings)).toEqual([
      'Test the first suspicion, etcd fsync p99 is 1.9 s, which would be disproved by: fsync p99 below 10 ms on etcd-0.',
    ]);
    expect(await actions([])).toEqual(['Say more of what you see, and ask again.']);
  });

  it('quotes a title for the shell', async () => {
    const parts = await sampleParts();
    const request = { ...parts.request, metadata: { ...parts.request.metadata, title: "it's $(rm -rf /)\n`x`" } };
    const report = await sampleReport({
      request,
      assessment: { outcome: 'inconclusive', quality: 'degraded', qualityReasons: [] },
      judgement: {
        ...parts.judgement,
        findings: [],
        coverage: parts.judgement.coverage.map((step) => ({ ...step, known: false })),
      },
      hypotheses: [],
    });
    expect(report.recommendations[0]?.command).toContain("--issue 'it'\\''s $(rm -rf /) `x`'");
    expect(report.bottomLine).toBe('No problem was seen, but this is no all-clear: 5 of 5 checks could not be judged.');
  });

  it('tells what changed, what began and what was done in order, with interrupted attempts', async () => {
    const { timeline } = await sampleReport();
    expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).toSorted());
    expect(timeline.map(({ text }) => text)).toContain('attempt 1 on processor-0 was interrupted');
    expect(timeline.slice(0, 3).map(({ text }) => text)).toEqual([
      'changed: node ip-10-0-3-17 was cordoned',
      'began: etcd fsync p99 is 1.9 s',
      'request written by alice@example.com',
    ]);
  });

  it('lists a check that nobody could judge once', async () => {
    const { unknowns } = await sampleReport();
    expect(unknowns).toEqual([
      { text: 'backend commit latency of etcd-2', why: 'no samples in the last hour' },
      { text: 'etcd: alarms', why: 'etcdctl is not installed' },
    ]);
  });
});
