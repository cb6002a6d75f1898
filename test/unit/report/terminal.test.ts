import { describe, expect, it } from 'vitest';
import { renderReportTerminal } from '../../../src/report/terminal.ts';
import { cells, wrapped } from '../../../src/report/terminal-text.ts';
import { doubtfulReport, healthyReport, plainStyle, sampleReport } from './report-samples.ts';

const REPORTS = { 'root-cause': sampleReport, 'no-problem': healthyReport, inconclusive: doubtfulReport } as const;

describe('renderReportTerminal', () => {
  for (const [outcome, make] of Object.entries(REPORTS)) {
    it.each([80, 120])(`shows a report that is ${outcome} on %d columns`, async (width) => {
      const screen = renderReportTerminal(await make(), { width, style: plainStyle, verification: 'VERIFIED' });
      await expect(`${screen}\n`).toMatchFileSnapshot(`../../fixtures/report/${outcome}-${width}.txt`);
    });
  }

  it.each([20, 60, 80, 120, 300])('keeps within %d columns, except for commands', async (width) => {
    const screen = renderReportTerminal(await sampleReport(), { width, style: plainStyle });
    const limit = Math.min(120, Math.max(60, width));
    const prose = screen.split('\n').filter((line) => !line.includes('$ ') && !line.includes('claude-warroom'));
    for (const line of prose) expect(cells(line)).toBeLessThanOrEqual(limit);
  });

  it('begins with the bottom line', async () => {
    const lines = renderReportTerminal(await sampleReport(), { width: 100, style: plainStyle }).split('\n');
    expect(lines[2]).toMatch(/^ {2}BOTTOM LINE {3}The volume of etcd-0 is slow\./);
  });

  it('says what a model cost beside its engine', async () => {
    const report = await sampleReport();
    const run = { ...report.run, cost: { usd: 0.312, turns: 12 } };
    const screen = renderReportTerminal({ ...report, run }, { width: 120, style: plainStyle });
    expect(screen).toContain(`${report.engine.name}, ${report.strategy.name} · $0.31\n`);
  });

  it('colours without changing the text', async () => {
    const report = await sampleReport();
    const mark = (text: string): string => `\u001b[1m${text}\u001b[0m`;
    const style = { bold: mark, dim: mark, good: mark, warn: mark, bad: mark, accent: mark };
    const coloured = renderReportTerminal(report, { width: 80, style }).replace(/\u001b\[[01]m/gu, '');
    expect(coloured.replace(/ +$/gm, '')).toBe(renderReportTerminal(report, { width: 80, style: plainStyle }));
  });

  it('never lets text of a report reach the terminal uncleaned', async () => {
    const evil = 'x\u001b]8;;https://evil.example\u0007y\u009b31m\rz\u202e';
    const report = await sampleReport();
    const screen = renderReportTerminal(
      {
        ...report,
        title: evil,
        bottomLine: evil,
        recommendations: [{ action: evil, command: evil, risk: 'none' }],
        findings: report.findings.map((finding) => ({
          ...finding,
          title: evil,
          citations: [{ evidence: 'E001', quote: evil, verified: false }],
        })),
        ruledOut: [{ text: evil, evidence: [] }],
        unknowns: [{ text: evil, why: evil }],
        qualityReasons: [evil],
      },
      { width: 80, style: plainStyle },
    );
    expect(screen).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    expect(screen).toContain('NOT FOUND');
  });
});

describe('wrapped', () => {
  it.each([
    ['a b c', 3, ['a b', 'c']],
    ['abcdef', 3, ['abc', 'def']],
    ['東京 大阪', 4, ['東京', '大阪']],
    ['', 5, []],
  ])('breaks %j at %d columns', (text, width, lines) => {
    expect(wrapped(text, width)).toEqual(lines);
  });
});
