import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeDraft } from '../../../src/claude/answer/merge-draft.ts';
import type { MergedDraft } from '../../../src/claude/answer/judge-draft.ts';
import { buildReport } from '../../../src/report/build-report.ts';
import { renderReportMarkdown } from '../../../src/report/markdown.ts';
import { renderReportTerminal } from '../../../src/report/terminal.ts';
import type { DraftFinding, Report, ReportDraft } from '../../../src/schema/generated.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import { schemaErrors } from '../../../src/schema/validators.ts';
import { plainStyle, sampleParts } from '../report/report-samples.ts';
import { CONFIRMING, draftEvidence, draftOf, merged, OWN_FINDING } from './draft-samples.ts';

const WRONG = { evidence: 'E006', quote: 'words that nobody ever printed' };
const HEALTHY = { base: { judgement: { findings: [], ruledOut: [], unknowns: [], coverage: [] }, hypotheses: [] } };

function own(change: Partial<DraftFinding>): readonly DraftFinding[] {
  return [{ ...OWN_FINDING, ...change }, CONFIRMING];
}

async function reportOf({ parts }: MergedDraft): Promise<Report> {
  const sample = await sampleParts({ engine: { name: 'claude' }, evidence: await draftEvidence() });
  return buildReport({ ...sample, ...parts });
}

async function reportFrom(...changes: Parameters<typeof merged>): Promise<Report> {
  return await reportOf(await merged(...changes));
}

describe('a merged report', () => {
  it('says what the model found, with what the checks found below', async () => {
    const report = await reportFrom({}, { denied: ['kubectl delete pod etcd-0'] });
    expect(schemaErrors('Report', report)).toEqual([]);
    await expect(renderReportMarkdown(report)).toMatchFileSnapshot('../../fixtures/claude-answer/merged-report.md');
    await expect(formatJson('Report', report)).toMatchFileSnapshot('../../fixtures/claude-answer/merged-report.json');
  });

  it('says in its first lines what was denied and what was not found', async () => {
    const report = await reportFrom(
      { findings: [...own({}), { ...CONFIRMING, citations: [WRONG] }] },
      { denied: ['kubectl delete pod etcd-0', 'rm -rf /x', 'rm -rf /x'] },
    );
    expect(report.qualityReasons).toEqual([
      '2 commands of the investigator were denied: kubectl delete pod etcd-0; rm -rf /x',
      '1 citation not found in the evidence',
    ]);
    expect(report.quality).toBe('degraded');
    const page = renderReportMarkdown(report);
    expect(page.slice(0, page.indexOf('## What to do'))).toContain(
      '**Degraded:** 2 commands of the investigator were denied: kubectl delete pod etcd-0; rm -rf /x · 1 citation not found in the evidence',
    );
    const screen = renderReportTerminal(report, { width: 120, style: plainStyle });
    expect(screen.indexOf('DEGRADED')).toBeLessThan(screen.indexOf('DO NOW'));
    expect(screen).toContain('1 citation not found in the evidence');
  });
});

describe('findings', () => {
  it('keeps those of the checks with their ids and numbers those of the model after them', async () => {
    const { parts, state } = await merged();
    const findings = parts.judgement.findings.map(({ id, code }) => `${id} ${code}`).sort();
    expect(findings).toEqual(['F01 ETCD_SLOW_DISK', 'F02 ETCD_LEADER_CHANGES', 'F03 AGENT_FINDING']);
    expect(state.claims).toEqual([
      { finding: 'F03', isCited: true },
      { finding: 'F01', isCited: true },
    ]);
  });

  it('joins a confirmed finding: words of the rule, explanation, confidence and quotes of the model', async () => {
    const more = { evidence: 'E003', quote: 'etcd-1 elected leader at term 41' };
    const { parts } = await merged({ findings: [{ ...CONFIRMING, citations: [...CONFIRMING.citations, more] }] });
    expect(parts.judgement.findings.find(({ id }) => id === 'F01')).toMatchObject({
      title: 'etcd fsync p99 is 1.9 s',
      explanation: 'Each write takes almost two seconds.',
      severity: 'error',
      confidence: 0.88,
      citations: [
        { evidence: 'E002', quote: 'etcd_disk_wal_fsync_duration_seconds{quantile="0.99"} 1.92', verified: true },
        { ...more, verified: true },
      ],
    });
  });

  it.each<[string, Partial<DraftFinding>, object]>([
    ['makes no finding of the checks milder', { severity: 'info' }, { severity: 'error', confidence: 0.88 }],
    ['makes one worse when the model quotes something', { severity: 'critical' }, { severity: 'critical' }],
    [
      'changes nothing but the quotes when none of them is found',
      { severity: 'critical', confidence: 0.1, citations: [WRONG] },
      { severity: 'error', confidence: 0.86, title: 'etcd fsync p99 is 1.9 s' },
    ],
    ['recognises the same words about the same object', { confirms: 'F99' }, { confidence: 0.88 }],
  ])('%s', async (_title, change, expected) => {
    const { parts } = await merged({ findings: [OWN_FINDING, { ...CONFIRMING, ...change }] });
    expect(parts.judgement.findings).toHaveLength(3);
    expect(parts.judgement.findings.find(({ id }) => id === 'F01')).toMatchObject(expected);
  });

  it('halves the confidence for each quote that is not found, and shows it as not found', async () => {
    const citations = [...OWN_FINDING.citations, WRONG, { evidence: 'E404', quote: 'throttled: maintenance' }];
    const { parts } = await merged({ findings: [...own({ citations })] });
    const finding = parts.judgement.findings.find(({ id }) => id === 'F03');
    expect(finding?.confidence).toBe(0.23);
    expect(finding?.citations.map(({ verified }) => verified)).toEqual([true, false, false]);
  });

  it('finds a quote across colours and white space of the output', async () => {
    const citations = [{ evidence: 'E006', quote: 'throttled:   maintenance\n13:51:00  all else' }];
    const { parts } = await merged({ findings: [...own({ citations })] });
    expect(parts.judgement.findings.find(({ id }) => id === 'F03')?.citations).toEqual([
      { evidence: 'E006', quote: 'throttled: maintenance 13:51:00 all else', verified: true },
    ]);
  });

  it('never puts a claim without any proof above a warning', async () => {
    const { parts } = await merged({ findings: [...own({ citations: [WRONG] })] });
    expect(parts.judgement.findings.find(({ id }) => id === 'F03')?.severity).toBe('warning');
  });
});

describe('outcome', () => {
  it.each<[string, Partial<ReportDraft>, string]>([
    ['a cause with a quote that is sure and alone', {}, 'root-cause'],
    ['a cause that is not sure enough', { findings: [...own({ confidence: 0.69 })] }, 'inconclusive'],
    ['an answer that is not sure enough', { confidence: 0.69 }, 'inconclusive'],
    ['a cause that rests on context', { findings: [{ ...OWN_FINDING, severity: 'info' }] }, 'root-cause'],
    ['doubt with a quote against a cause of the checks', { outcome: 'inconclusive' }, 'inconclusive'],
    ['doubt without any quote', { outcome: 'inconclusive', findings: [] }, 'root-cause'],
    ['health against findings of the checks', { outcome: 'no-problem', findings: [] }, 'root-cause'],
  ])('%s', async (_title, change, expected) => {
    const { parts } = await merged(change);
    expect(parts.assessment.outcome).toBe(expected);
  });

  it('leaves a problem that the model did not deal with as a rival', async () => {
    const { rootCause } = draftOf();
    if (rootCause === undefined) throw new Error('no sample');
    const cause = { ...rootCause, explains: [] };
    const rival = await merged({ rootCause: cause, findings: [OWN_FINDING] });
    expect(rival.parts.assessment.outcome).toBe('inconclusive');
    expect(rival.parts.hypotheses.map(({ finding }) => finding)).toEqual(['F03', 'F01', 'F02']);
    expect(rival.parts.judgement.unknowns[0]).toEqual({
      text: 'whether the cause is what the investigator says: storage maintenance throttles the volume of etcd-0',
      why: 'its confidence is 0.90; 0.86 for: The volume of etcd-0 is slow',
    });
    const setAside = [{ text: 'the disk is an effect', finding: 'F01', evidence: ['E006'] }];
    const alone = await merged({ rootCause: cause, findings: [OWN_FINDING], ruledOut: setAside });
    expect(alone.parts.assessment.outcome).toBe('root-cause');
    const invented = [{ text: 'the disk is an effect', finding: 'F01', evidence: ['E404'] }];
    const still = await merged({ rootCause: cause, findings: [OWN_FINDING], ruledOut: invented });
    expect(still.parts.assessment.outcome).toBe('inconclusive');
  });

  it('lets the checks speak when no quote for the cause of the model was found', async () => {
    const report = await reportFrom({ findings: [...own({ citations: [WRONG] })] });
    expect(report.outcome).toBe('root-cause');
    expect(report.bottomLine).toMatch(/^The volume of etcd-0 is slow\./);
    expect(report.rootCause?.cause).toBe('The volume of etcd-0 is slow');
    expect(report.recommendations.at(-1)?.action).toBe('Ask the storage team to end the maintenance of vol-7');
    expect(report.unknowns[0]?.why).toBe('none of its quotes for F03 was found in the evidence');
  });

  it('names the cause of the model as the best explanation when it is not proven enough', async () => {
    const report = await reportFrom({ findings: [...own({ confidence: 0.6 })] });
    expect(report.bottomLine).toMatch(
      /^The cause is not proven; the best explanation so far is: storage maintenance throttles/,
    );
    expect(report.confidence).toBe(0.6);
    expect(report.rootCause).toBeUndefined();
  });

  it('cannot hide findings of the checks behind health', async () => {
    const { judgement } = await sampleParts();
    const report = await reportFrom(
      { outcome: 'no-problem', findings: [], bottomLine: 'All is well.' },
      { base: { judgement, hypotheses: [] } },
    );
    expect(report.outcome).toBe('inconclusive');
    expect(report.bottomLine).not.toContain('well');
    expect(report.unknowns[0]).toEqual({
      text: 'whether there is a problem',
      why: 'the investigator saw none, but there is something at or above a warning: F01, F02',
    });
  });

  it('is no problem only when code and model agree', async () => {
    const well = { outcome: 'no-problem', findings: [], bottomLine: 'Nothing is wrong.', recommendations: [] } as const;
    const report = await reportFrom({ ...well, recommendations: [], findings: [] }, HEALTHY);
    expect(report).toMatchObject({ outcome: 'no-problem', bottomLine: 'Nothing is wrong.' });
    expect(report.recommendations).toEqual([{ action: 'Nothing to do.', risk: 'none' }]);
    const doubting = await merged({ ...well, recommendations: [], findings: [], outcome: 'inconclusive' }, HEALTHY);
    expect(doubting.parts.assessment.outcome).toBe('inconclusive');
  });

  it('does not let a finding that points elsewhere carry a cause', async () => {
    const { judgement, hypotheses } = await sampleParts();
    const findings = judgement.findings.map((finding) => ({ ...finding, pointsTo: 'etcd-health' }));
    const { parts } = await merged(
      { findings: [CONFIRMING] },
      { base: { judgement: { ...judgement, findings }, hypotheses } },
    );
    expect(parts.assessment.outcome).toBe('inconclusive');
    expect(parts.judgement.unknowns[0]?.why).toBe('F01 only points to the strategy etcd-health');
  });
});

describe('texts of the model', () => {
  it.each([
    [
      'Disk sda1 v1.2 is slow (p99 1.9 s). So etcd waits. And more. And more.',
      'Disk sda1 v1.2 is slow (p99 1.9 s). So etcd waits.',
    ],
    ['The disk is slow. So etcd waits', 'The disk is slow. So etcd waits'],
    ['The disk\nis \u001b[1mslow', 'The disk is slow'],
    ['\u200b', 'The investigator gave no bottom line.'],
  ])('keeps two sentences of the bottom line: %j', async (bottomLine, expected) => {
    expect((await merged({ bottomLine })).parts.draft.bottomLine).toBe(expected);
  });

  it('drops what is ruled out, or dated, without evidence, and says so', async () => {
    const { parts } = await merged({
      ruledOut: [{ text: 'certificates', evidence: ['E404'] }],
      timeline: [
        { at: '2026-11-20T13:50:02Z', text: 'a guess' },
        { at: '2026-11-20T25:61:00Z', text: 'no such time', evidence: 'E006' },
        { at: '2026-11-20T14:52:10+01:00', text: 'etcd-1 becomes leader', evidence: 'E003' },
      ],
    });
    expect(parts.moments).toEqual([
      { at: '2026-11-20T13:52:10.000Z', text: 'etcd-1 becomes leader', evidence: 'E003' },
    ]);
    expect(parts.judgement.ruledOut.map(({ text }) => text)).not.toContain('certificates');
    expect(parts.judgement.unknowns.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['certificates', 'when: a guess', 'when: no such time']),
    );
  });

  it('never calls a command that changes something free of risk', async () => {
    const recommendations = [
      { action: 'Restart it', command: 'kubectl delete pod etcd-0', risk: 'none' as const },
      { action: 'Look', command: 'kubectl get pods', risk: 'none' as const },
    ];
    const isReadOnly = (command: string): boolean => command.startsWith('kubectl get');
    const { parts } = await merged({ recommendations }, { isReadOnly });
    expect(parts.draft.recommendations.map(({ risk }) => risk)).toEqual(['low', 'none']);
  });

  it('follows the report contract whatever the model writes', async () => {
    const { judgement, hypotheses } = await sampleParts();
    const evidence = await draftEvidence();
    const text = (max: number): fc.Arbitrary<string> =>
      fc.oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
        fc
          .constantFrom(' ', '\u200b', '\u001b[2J', '\n\n', 'word '.repeat(max / 5), '😀'.repeat(max))
          .map((each) => each.slice(0, max)),
      );
    const severity = fc.constantFrom('info', 'warning', 'error', 'critical' as const);
    const id = fc.constantFrom('E001', 'E006', 'E404');
    const finding = fc.record({
      title: text(300),
      severity,
      object: text(253),
      explanation: text(2000),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      citations: fc.array(fc.record({ evidence: id, quote: text(400) }), { minLength: 1, maxLength: 10 }),
    });
    const draft = fc.record({
      bottomLine: text(600),
      outcome: fc.constantFrom('root-cause', 'no-problem', 'inconclusive' as const),
      rootCause: fc.record({ cause: text(500), mechanism: text(1000), trigger: text(500), disprovedBy: text(500) }),
      findings: fc.array(finding, { maxLength: 5 }),
      timeline: fc.array(fc.record({ at: fc.constantFrom('2026-11-20T13:50Z', 'x'), text: text(300), evidence: id })),
      ruledOut: fc.array(fc.record({ text: text(300), evidence: fc.array(id, { minLength: 1, maxLength: 10 }) })),
      recommendations: fc.array(
        fc.record({ action: text(500), command: text(1000), risk: fc.constant('low' as const), why: text(500) }),
      ),
      unknowns: fc.array(fc.record({ text: text(300), why: text(300) })),
      impact: text(1000),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const rest = await sampleParts({ evidence });
    fc.assert(
      fc.property(draft, (change) => {
        const { parts } = mergeSync(change);
        const report = buildReport({ ...rest, ...parts });
        expect(schemaErrors('Report', report)).toEqual([]);
        if (report.outcome === 'no-problem')
          expect(report.findings.every(({ severity: each }) => each === 'info')).toBe(true);
      }),
      { numRuns: 150 },
    );

    function mergeSync(change: Partial<ReportDraft>): MergedDraft {
      return mergeDraft({ draft: draftOf(change), base: { judgement, hypotheses }, evidence, denied: [] });
    }
  });
});
