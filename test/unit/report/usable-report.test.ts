import { describe, expect, it } from 'vitest';
import type { Playbook, Report } from '../../../src/schema/generated.ts';
import { usabilityProblems } from '../../support/usable-report.ts';
import { doubtfulReport, healthyReport, sampleReport } from './report-samples.ts';

const playbook = {
  spec: {
    strategies: ['api-timeout'],
    steps: ['load balancer', 'etcd: write latency'].map((title) => ({ title })),
    rules: [],
  },
} as unknown as Playbook;

async function problemsOf(
  change: (report: Report) => Partial<Report>,
  make = sampleReport,
): Promise<readonly string[]> {
  const report = await make();
  const strategy = { ...report.strategy, chosenBy: 'request' as const };
  return usabilityProblems({ ...report, strategy, ...change({ ...report, strategy }) }, playbook);
}

describe('a report to act on', () => {
  it.each([sampleReport, healthyReport, doubtfulReport])('is what %o makes', async (make) => {
    expect(await problemsOf(() => ({}), make)).toEqual([]);
  });

  it.each<[string, (report: Report) => Partial<Report>]>([
    ['nothing is said of the step load balancer', ({ coverage }) => ({ coverage: coverage.slice(1) })],
    ['another strategy was chosen', ({ strategy }) => ({ strategy: { ...strategy, chosenBy: 'auto' } })],
    ['is not of this playbook', ({ strategy }) => ({ strategy: { ...strategy, name: 'other' } })],
    ['cites nothing', ({ findings }) => ({ findings: findings.map((each) => ({ ...each, citations: [] })) })],
    [
      'has a quote that is not in its evidence',
      ({ findings }) => ({
        findings: findings.map((each) => ({
          ...each,
          citations: each.citations.map((citation) => ({ ...citation, verified: false })),
        })),
      }),
    ],
    ['which is not there', () => ({ evidence: [] })],
    ['is about nothing', ({ findings }) => ({ findings: findings.map((each) => ({ ...each, object: '' })) })],
    ['has a hole', ({ findings }) => ({ findings: findings.map((each) => ({ ...each, title: 'pod ${name} fails' })) })],
    [
      'a cause is claimed and not told',
      ({ rootCause: _, ...report }) => ({ ...report, rootCause: undefined }) as never,
    ],
    ['the cause rests on no finding', () => ({ findings: [] })],
    ['the bottom line is not the cause', () => ({ bottomLine: 'Something is wrong with etcd-0.' })],
    [
      'the bottom line does not name etcd/etcd-7',
      ({ findings }) => ({ findings: findings.map((each) => ({ ...each, object: 'etcd/etcd-7' })) }),
    ],
    ['health is not said plainly', () => ({ outcome: 'no-problem' })],
    ['healthy in spite of', () => ({ outcome: 'no-problem' })],
    ['doubt is not said plainly', () => ({ outcome: 'inconclusive' })],
    ['nothing says what to do', () => ({ recommendations: [] })],
    ['nobody can do: Think', () => ({ recommendations: [{ action: 'Think', risk: 'none' }] })],
    [
      'one command is recommended twice',
      ({ recommendations }) => ({ recommendations: [...recommendations, ...recommendations] }),
    ],
    [
      'no such command',
      () => ({
        recommendations: [{ action: 'Ask', command: 'claude-warroom look --cluster production-hub x', risk: 'none' }],
      }),
    ],
    [
      'another cluster',
      () => ({
        recommendations: [
          { action: 'Ask', command: 'claude-warroom investigate --cluster vm --issue x', risk: 'none' },
        ],
      }),
    ],
  ])('is not one of which it is true that %s', async (problem, change) => {
    expect((await problemsOf(change)).join('\n')).toContain(problem);
  });
});
