import { describe, expect, it } from 'vitest';
import { groupFindings } from '../../../src/report/finding-groups.ts';
import { renderReportMarkdown } from '../../../src/report/markdown.ts';
import { symptomOf } from '../../../src/report/symptom.ts';
import { renderReportTerminal } from '../../../src/report/terminal.ts';
import { groupUnknowns } from '../../../src/report/unknown-groups.ts';
import type { Report, ReportFinding } from '../../../src/schema/generated.ts';
import { plainStyle, sampleReport } from './report-samples.ts';

function finding(number: number, title = `effect ${number}`): ReportFinding {
  const id = `F${String(number).padStart(2, '0')}`;
  return {
    ...{
      id,
      code: 'SOME_CODE',
      severity: 'warning',
      object: 'pod/shop/api-1',
      title,
      explanation: '',
      confidence: 0.8,
    },
    citations: [{ evidence: 'E001', quote: 'backend api-1 UP', verified: true }],
  };
}

const cause = finding(1, 'the cause');
const hypothesis = {
  ...{ rank: 1, statement: 'the cause', confidence: 0.9, finding: 'F01' },
  explains: ['F02', 'F03', 'F04', 'F05', 'F06'],
};

async function longReport(): Promise<Report> {
  return {
    ...(await sampleReport()),
    findings: [cause, ...[2, 3, 4, 5, 6].map((number) => finding(number)), finding(7, 'another trouble')],
    hypotheses: [hypothesis],
    recommendations: [1, 2, 3, 4, 5].map((number) => ({
      ...{ action: `Do step ${number}`, command: `step --number ${number}` },
      risk: number === 5 ? ('high' as const) : ('none' as const),
    })),
    ruledOut: Array.from({ length: 35 }, (_, index) => ({ text: `suspicion ${index + 1}`, evidence: [] })),
  };
}

const TERMINAL = { width: 80, style: plainStyle };

describe('a report with much to say', () => {
  it('has three actions for now, and the rest for later without commands', async () => {
    const screen = renderReportTerminal(await longReport(), TERMINAL);
    const now = screen.slice(screen.indexOf('DO NOW'), screen.indexOf('WHAT CHANGED'));
    expect(now.match(/\d\. Do step/gu)).toHaveLength(3);
    const later = screen.slice(screen.indexOf('DO LATER'), screen.indexOf('RULED OUT'));
    expect(later).toMatch(/4\. Do step 4\n +5\. Do step 5 \(risk: high\)\n/u);
    expect(later).not.toContain('step --number');
  });

  it('counts effects below their cause and shows some of them', async () => {
    const screen = renderReportTerminal(await longReport(), TERMINAL);
    expect(screen).toMatch(
      /● warning {2}the cause\n.*\n.*verified\n +explains 5 more findings:\n +↳ effect 2\n +↳ effect 3\n +↳ effect 4\n +and 2 more\n +● warning {2}another trouble/u,
    );
  });

  it('names what is ruled out in one paragraph, and the command that shows all', async () => {
    const screen = renderReportTerminal(await longReport(), TERMINAL);
    expect(screen.replaceAll(/\s+/gu, ' ')).toContain('suspicion 8, and 27 more NOT KNOWN');
    expect(screen).toContain(
      'all of it: claude-warroom get-results 2026-11-20-1430-api-timeout-k7m2 --format markdown',
    );
    const byHand = renderReportTerminal(await longReport(), {
      ...TERMINAL,
      evidenceCommand: () => undefined,
      moreCommand: () => undefined,
    });
    expect(byHand).not.toContain('get-results');
  });

  it('folds effects, what can wait and what is ruled out on the page', async () => {
    const page = renderReportMarkdown(await longReport());
    const summaries = [...page.matchAll(/<summary>([^<]*)<\/summary>/gu)].map(([, summary]) => summary);
    expect(summaries).toEqual(
      expect.arrayContaining(['Later (2)', 'Explained by the finding above: 5 more findings', '35 suspicions']),
    );
    const [before = '', folded = ''] = page.split('<summary>Explained by the finding above');
    expect([before.includes('**the cause**'), before.includes('**effect 2**')]).toEqual([true, false]);
    expect(folded.slice(0, folded.indexOf('</details>'))).toContain('**effect 6**');
  });
});

describe('groupFindings', () => {
  it('never hides a finding: a candidate stays on top, and so does an effect whose cause is not there', () => {
    const two = { ...hypothesis, rank: 2, finding: 'F02', explains: ['F01', 'F03'] };
    const gone = { ...hypothesis, rank: 3, finding: 'F09', explains: ['F04'] };
    const groups = groupFindings({
      findings: [cause, finding(2), finding(3), finding(4)],
      hypotheses: [{ ...hypothesis, explains: ['F02', 'F03'] }, two, gone],
    });
    expect(groups.map((group) => [group.finding.id, group.effects.map(({ id }) => id)])).toEqual([
      ['F01', ['F03']],
      ['F02', []],
      ['F04', []],
    ]);
  });
});

describe('groupUnknowns', () => {
  it('says each reason once, whatever checks stand before it and wherever it was cut', () => {
    const step = { step: 'x', required: false, status: 'failed' as const, known: false };
    const coverage = ['failing units', 'their messages'].map((title) => ({ ...step, title }));
    const unknowns = [
      { text: 'a crash', why: 'failing units: there is no systemd on this machine at all' },
      { text: 'a full disk; a taken port', why: 'their messages: failing units: there is no systemd on this machine…' },
      { text: 'a slow query', why: 'no metrics' },
    ];
    expect(groupUnknowns({ coverage, unknowns })).toEqual([
      { why: 'there is no systemd on this machine at all', texts: ['a crash', 'a full disk', 'a taken port'] },
      { why: 'no metrics', texts: ['a slow query'] },
    ]);
  });
});

describe('symptomOf', () => {
  it.each([
    ['what somebody saw', { title: 'logins fail', question: 'logins fail since noon' }, 'logins fail'],
    ['a strategy', { title: 'api-timeout', question: 'api-timeout' }, undefined],
    ['a question', { title: 'health of this host', question: 'Is this machine healthy?' }, undefined],
    ['a question and more', { title: 'health of this host', question: 'Is it healthy? Look at disks.' }, undefined],
    ['no title', { title: 'api-timeout', question: 'API is slow\nand more' }, 'API is slow'],
  ])('of %s', async (_what, change, symptom) => {
    const report = { ...(await sampleReport()), ...change };
    expect(symptomOf(report)).toBe(symptom);
    expect(renderReportMarkdown(report).includes('--> symptom')).toBe(symptom !== undefined);
  });
});

describe('a quote that has no room beside its evidence', () => {
  it('keeps its end, where a log line says what is wrong', async () => {
    const quote = `psql: error: connection to server on socket "${'/var/run/postgresql/'.repeat(12)}" failed: too many clients`;
    const report = {
      ...(await sampleReport()),
      findings: [{ ...cause, citations: [{ evidence: 'E001', quote, verified: true }] }],
    };
    for (const width of [60, 80, 120]) {
      const screen = renderReportTerminal(report, { ...TERMINAL, width });
      expect(screen.replaceAll(/\s+/gu, ' ')).toContain('too many clients”');
      expect(screen).toMatch(/E001 {2}verified\n +“…/u);
    }
    const short = {
      ...report,
      findings: [{ ...cause, citations: [{ evidence: 'E001', quote: 'shop.service failed', verified: true }] }],
    };
    expect(renderReportTerminal(short, { ...TERMINAL, width: 60 })).toMatch(/“shop\.service failed”/u);
  });
});
