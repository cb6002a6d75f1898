import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAggregate } from '../../../src/report/aggregate/build-aggregate.ts';
import { renderAggregateMarkdown } from '../../../src/report/aggregate/aggregate-markdown.ts';
import { renderAggregateForAgent, renderAggregateTerminal } from '../../../src/report/aggregate/aggregate-terminal.ts';
import type { PartSource } from '../../../src/report/aggregate/part-summary.ts';
import { statusOfReport } from '../../../src/report/status-document.ts';
import type { Aggregate, Report, Status, TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { aReport, aRequest, aStatus } from '../../support/war-room-content.ts';
import { plainStyle } from './report-samples.ts';

const NAMES = ['hub-a', 'hub-b', 'hub-c'] as const;
const NOW = new Date('2026-11-20T15:00:00.000Z');
const WRITER = { cluster: 'hub-a', holder: 'processor-0', version: '0.1.0' };

function request(names: readonly string[] = NAMES): TroubleshootingRequest {
  const base = aRequest();
  const { targetCluster: _one, ...spec } = base.spec;
  const targetClusters = names.map((name) => ({ type: 'hub' as const, name }));
  return { ...base, spec: { ...spec, targetClusters, coordination: { mode: 'parallel' } } };
}

interface Said {
  readonly code?: string;
  readonly title?: string;
  readonly outcome?: Report['outcome'];
  readonly since?: string;
  readonly ruledOut?: string;
}

/** A part with one finding, which is its cause when the outcome says so. */
function answered(
  cluster: string,
  { code = 'SLOW_DISK', title = 'the disk is slow', outcome = 'root-cause', since, ruledOut }: Said = {},
): PartSource {
  const base = aReport();
  const finding = {
    ...{
      id: 'F1',
      code,
      title,
      severity: 'error' as const,
      object: `disk/${cluster}`,
      explanation: 'x',
      confidence: 0.9,
    },
    citations: [],
    ...(since === undefined ? {} : { since }),
  };
  const report: Report = {
    ...base,
    cluster: { type: 'hub', name: cluster },
    outcome,
    confidence: 0.9,
    bottomLine: `${title} in ${cluster}`,
    findings: outcome === 'no-problem' ? [] : [finding],
    hypotheses:
      outcome === 'root-cause' ? [{ rank: 1, statement: title, finding: 'F1', confidence: 0.9, explains: [] }] : [],
    ruledOut: ruledOut === undefined ? [] : [{ text: ruledOut, evidence: [] }],
  };
  const status = statusOfReport(report, {
    processor: { holder: 'p-0', incarnation: 'aaaaaaaa', version: '0.1.0' },
    createdAt: '2026-11-20T14:30:12.000Z',
  });
  return {
    target: { type: 'hub', name: cluster },
    kind: 'ended',
    status,
    signature: 'verified',
    manifestSha256: 'a'.repeat(64),
    report,
  };
}

function ended(cluster: string, change: Partial<Status>): PartSource {
  const { outcome: _o, quality: _q, bottomLine: _b, confidence: _c, ...status } = aStatus();
  return {
    target: { type: 'hub', name: cluster },
    kind: 'ended',
    status: { ...status, cluster, ...change },
    signature: 'unchecked',
    manifestSha256: 'b'.repeat(64),
  };
}

const open = (cluster: string): PartSource => ({ target: { type: 'hub', name: cluster }, kind: 'open' });
const expired = (cluster: string): PartSource => ({
  target: { type: 'hub', name: cluster },
  kind: 'expired',
  reason: 'nobody came',
});
const skipped = (cluster: string): PartSource =>
  ended(cluster, {
    phase: 'cancelled',
    reason: { code: 'stopped-on-root-cause', message: 'hub-a has found a root cause' },
  });

function build(sources: readonly PartSource[]): Aggregate {
  const names = sources.map(({ target }) => target.name);
  return buildAggregate({ request: request(names), requestSha256: 'c'.repeat(64), sources, writer: WRITER, now: NOW });
}

describe('what several clusters say together', () => {
  it.each<[string, readonly PartSource[], Partial<Aggregate>]>([
    [
      'is the cause that they share',
      [answered('hub-a'), answered('hub-b'), answered('hub-c', { outcome: 'no-problem' })],
      {
        phase: 'succeeded',
        outcome: 'root-cause',
        isComplete: true,
        bottomLine: 'The same cause in 2 of 3 clusters (hub-a, hub-b): the disk is slow.',
      },
    ],
    [
      'is the cause of the only one that has it',
      [answered('hub-a'), answered('hub-b', { outcome: 'no-problem' })],
      { outcome: 'root-cause', bottomLine: 'hub-a has the root cause: the disk is slow in hub-a.' },
    ],
    [
      'is every cause when they differ',
      [answered('hub-a'), answered('hub-b', { code: 'NO_ROUTE', title: 'no route' })],
      {
        bottomLine: '2 clusters name a cause of their own. hub-a: the disk is slow in hub-a. hub-b: no route in hub-b.',
      },
    ],
    [
      'is what they see alike when nobody knows a cause',
      [answered('hub-a', { outcome: 'inconclusive' }), answered('hub-b', { outcome: 'inconclusive' })],
      { outcome: 'inconclusive', bottomLine: 'No cause found; hub-a, hub-b report the same: the disk is slow.' },
    ],
    [
      'is that nothing is wrong when all say so',
      [answered('hub-a', { outcome: 'no-problem' }), answered('hub-b', { outcome: 'no-problem' })],
      { outcome: 'no-problem', bottomLine: 'No problem found in 2 clusters.' },
    ],
    [
      'is not that nothing is wrong while one has not answered',
      [answered('hub-a', { outcome: 'no-problem' }), open('hub-b')],
      {
        outcome: 'inconclusive',
        phase: 'pending',
        isComplete: false,
        bottomLine: 'No cause found. Not answered yet: hub-b.',
      },
    ],
    [
      'names who never answered and who failed',
      [
        answered('hub-a'),
        expired('hub-b'),
        ended('hub-c', { phase: 'failed', reason: { code: 'interrupted', message: 'x' } }),
      ],
      {
        phase: 'failed',
        isComplete: true,
        bottomLine:
          'hub-a has the root cause: the disk is slow in hub-a. No answer from hub-b (expired), hub-c (failed).',
      },
    ],
    [
      'does not count who was not asked any more',
      [answered('hub-a'), skipped('hub-b')],
      {
        phase: 'succeeded',
        bottomLine: 'hub-a has the root cause: the disk is slow in hub-a. Not asked any more: hub-b.',
      },
    ],
    [
      'is nothing without a report',
      [expired('hub-a'), expired('hub-b')],
      { phase: 'expired', bottomLine: 'No cluster has a report. No answer from hub-a (expired), hub-b (expired).' },
    ],
  ])('%s', (_, sources, expected) => {
    expect(build(sources)).toMatchObject(expected);
  });

  it('takes nothing that a broken part says', () => {
    const broken = {
      ...answered('hub-b'),
      signature: 'broken',
      problem: 'report.json is not the one that its manifest names',
    } as PartSource;
    const aggregate = build([answered('hub-a', { outcome: 'no-problem', title: 'all is well' }), broken]);
    expect(aggregate.parts[1]).toMatchObject({
      signature: 'broken',
      reason: 'not used: report.json is not the one that its manifest names',
    });
    expect(aggregate.parts[1]?.outcome).toBeUndefined();
    expect(JSON.stringify(aggregate)).not.toContain('the disk is slow');
    expect(aggregate.bottomLine).toContain('Not believed: hub-b.');
  });

  it('has the first sign and all moments on one line of time', () => {
    const early = answered('hub-b', { since: '2026-11-20T13:52:00.000Z' });
    const aggregate = build([answered('hub-a', { since: '2026-11-20T14:10:00.000Z' }), early]);
    expect(aggregate.firstSymptom).toEqual({
      at: '2026-11-20T13:52:00.000Z',
      cluster: 'hub-b',
      text: 'the disk is slow',
    });
    const times = aggregate.timeline.map(({ at }) => Date.parse(at));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(aggregate.timeline[0]?.cluster).toBe('hub-b');
  });

  it('says where they contradict each other', () => {
    const aggregate = build([
      answered('hub-a'),
      answered('hub-b', { code: 'NO_ROUTE', title: 'no route', ruledOut: 'the disk is slow' }),
      answered('hub-c', { outcome: 'no-problem' }),
    ]);
    expect(aggregate.disagreements.map(({ text }) => text)).toEqual([
      'different causes: hub-a: the disk is slow · hub-b: no route',
      'hub-b rules out what hub-a calls the cause: the disk is slow',
      'hub-c found no problem; hub-a, hub-b found a root cause',
    ]);
  });

  const anySource = fc.constantFrom<(name: string) => PartSource>(
    (name) => answered(name),
    (name) => answered(name, { outcome: 'no-problem' }),
    (name) => answered(name, { outcome: 'inconclusive', code: 'X' }),
    open,
    expired,
    skipped,
  );

  it('follows its schema, is complete exactly when nobody is open, and never calls an open request healthy', () => {
    fc.assert(
      fc.property(fc.array(anySource, { minLength: 2, maxLength: 5 }), (makers) => {
        const sources = makers.map((make, at) => make(`hub-${at}`));
        const aggregate = build(sources);
        expect(parseDocument('Aggregate', formatJson('Aggregate', aggregate), { file: 'a' })).toMatchObject({
          ok: true,
        });
        const isOpen = sources.some(({ kind }) => kind === 'open');
        expect(aggregate.isComplete).toBe(!isOpen);
        expect(aggregate.phase === 'pending').toBe(isOpen);
        if (isOpen) expect(aggregate.outcome).not.toBe('no-problem');
      }),
      { numRuns: 60 },
    );
  });
});

describe('the page over all parts', () => {
  const aggregate = build([answered('hub-a', { since: '2026-11-20T13:52:00.000Z' }), answered('hub-b'), open('hub-c')]);

  it('answers first, then shows the clusters side by side, with links to what has ended', () => {
    const page = renderAggregateMarkdown(aggregate);
    expect(page.indexOf('**Bottom line.**')).toBeLessThan(page.indexOf('## Side by side'));
    expect(page).toContain('**First sign:** 2026-11-20 13:52 UTC, `hub-a`: the disk is slow.');
    expect(page).toContain('[hub-a](hub-a/README.md)');
    expect(page).toContain('| `hub-c`<br>hub | ⏳ waiting |');
    expect(page).toContain('| 🟠 **cause:** the disk is slow | 2 of 3 | `hub-a`, `hub-b` |');
    expect(page).toContain('**Not complete:**');
    expect(page).toContain('`hub-a` verified, `hub-b` verified');
  });

  it('fits a terminal', () => {
    const text = renderAggregateTerminal(aggregate, { width: 80, style: plainStyle });
    const commands = /claude-warroom/u;
    for (const line of text.split('\n')) if (!commands.test(line)) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toContain('CLUSTERS      hub-a  root cause found · confidence high (0.90)');
    expect(text).toContain('no answer yet');
    expect(text).toContain('--cluster hub-a');
    expect(text).toContain('unverified');
  });

  it('is plain lines for an assistant', () => {
    expect(renderAggregateForAgent(aggregate)).toContain('in common: the disk is slow (hub-a, hub-b)');
  });
});

describe('clocks of several clusters', () => {
  const shifted = (change: Partial<Aggregate['parts'][number]>, hasBegun = true): string => {
    const aggregate = buildAggregate({
      ...{ request: request(), requestSha256: 'c'.repeat(64), writer: WRITER, now: NOW },
      sources: NAMES.map((name) => answered(name, { since: '2026-11-20T14:20:00.000Z' })),
    });
    const parts = aggregate.parts.map((part) => {
      if (part.cluster !== 'hub-b') return part;
      const { startedAt = '', ...rest } = part;
      return { ...rest, ...(hasBegun ? { startedAt } : {}), ...change };
    });
    return renderAggregateMarkdown({ ...aggregate, parts });
  };

  it.each([
    [
      'an hour ahead',
      { finishedAt: '2026-11-20T16:00:00.000Z' },
      /`hub-b` is at least 60 minutes ahead of that of `hub-a`/u,
    ],
    [
      'an hour behind',
      { startedAt: '2026-11-20T13:30:00.000Z' },
      /`hub-b` is at least 60 minutes behind: it was at work before/u,
    ],
  ])('that are %s are named below the time line', (_, change, text) => {
    expect(shifted(change)).toMatch(text);
  });

  it('of a part that only ended are looked at too', () => {
    const page = shifted({ finishedAt: '2026-11-20T13:30:00.000Z' }, false);
    expect(page).toMatch(/`hub-b` is at least 60 minutes behind: it was at work before/u);
  });

  it('are seen by whoever reads the page, also when its writer has the wrong one', () => {
    const aggregate = buildAggregate({
      ...{
        request: request(),
        requestSha256: 'c'.repeat(64),
        writer: WRITER,
        now: new Date(NOW.getTime() + 3_600_000),
      },
      sources: NAMES.map((name) => answered(name, { since: '2026-11-20T14:20:00.000Z' })),
    });
    const parts = aggregate.parts.map((part) =>
      part.cluster === 'hub-a' ? { ...part, finishedAt: new Date(NOW.getTime() + 3_600_000).toISOString() } : part,
    );
    const page = { ...aggregate, parts };
    expect(renderAggregateMarkdown(page)).not.toContain('The clock of');
    const text = renderAggregateTerminal(page, { width: 120, style: plainStyle, now: NOW });
    expect(text).toContain('the clock of hub-a is at least 60 minutes ahead: it ended later than now');
    const later = new Date(NOW.getTime() + 2 * 3_600_000);
    expect(renderAggregateTerminal(page, { width: 120, style: plainStyle, now: later })).not.toContain('the clock of');
  });

  it('that differ by a few minutes are not', () => {
    expect(shifted({ startedAt: '2026-11-20T14:26:00.000Z', finishedAt: '2026-11-20T15:04:00.000Z' })).not.toContain(
      'The clock of',
    );
  });
});
