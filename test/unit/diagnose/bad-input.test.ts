import { describe, expect, it } from 'vitest';
import type { CliContext } from '../../../src/cli/context.ts';
import { reportOfRun } from '../../../src/cli/playbook/local-report.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import { renderReportMarkdown } from '../../../src/report/markdown.ts';
import { renderReportTerminal } from '../../../src/report/terminal.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import type { Report } from '../../../src/schema/generated.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { playbookOf, ruleOf, stepOf } from '../playbook/sample-playbook.ts';
import { createScriptedTarget, type Answer } from '../playbook/scripted-target.ts';

const playbook = playbookOf({
  steps: [
    stepOf('pods', { required: true, output: { format: 'json' } }),
    stepOf('disk', { output: { format: 'text' } }),
  ],
  rules: [
    ruleOf('failing', {
      from: 'pods',
      iterate: 'items[*]',
      where: [{ path: 'ready', op: 'eq', value: false }],
      finding: { object: '${name}', title: '${name} is not ready' },
    }),
  ],
});

const style = { bold: String, dim: String, good: String, warn: String, bad: String, accent: String };

interface Written {
  readonly report: Report;
  readonly terminal: string;
  readonly markdown: string;
}

async function reportOf(pods: Answer, name = 'web-1'): Promise<Written> {
  const clock = createManualClock();
  const redaction = createRedaction({ knownValues: [], key: new Uint8Array(32) });
  const target = createScriptedTarget({ pods, disk: 'free\n' });
  const diagnosis = await diagnose({ playbook, target, inputs: {}, redaction, clock });
  const context = { clock, random: (size: number) => new Uint8Array(size) } as unknown as CliContext;
  const report = await reportOfRun(context, {
    loaded: { playbook, ownRules: [], sha256: '0'.repeat(64), file: 'sample.yaml', origin: 'site' },
    ...{ diagnosis, redaction, startedAt: clock.now(), finishedAt: clock.now() },
    identity: { kind: 'local', identity: 'test', name, platform: 'linux' },
    type: 'host',
    againCommand: () => undefined,
  });
  formatJson('Report', report);
  return {
    report,
    terminal: renderReportTerminal(report, { width: 100, style, evidenceCommand: () => undefined }),
    markdown: renderReportMarkdown(report),
  };
}

const HALF = '{"items":[{"name":"a","ready":true},{"name":"b","rea';

describe('what a target gives instead of an answer', () => {
  it.each<[string, Answer]>([
    ['a tool that is not there', { end: { kind: 'missing-tool' } }],
    ['a permission that is denied', { end: { kind: 'denied' }, stderr: 'permission denied' }],
    ['a host that cannot be reached', { end: { kind: 'unreachable' }, stderr: 'no route to host' }],
    ['no answer in time', { end: { kind: 'timeout' }, stdout: HALF }],
    ['half-written JSON', { stdout: HALF }],
    ['output that was cut at its limit', { stdout: HALF, truncated: true }],
    ['binary output', { stdout: '\u0000\u0001\uFFFD\u001B[2J\uFFFD' }],
    ['nothing at all', { stdout: '' }],
    ['words instead of JSON', { stdout: 'Error: try again\n' }],
    ['JSON of another form', { stdout: '[1, 2, "three"]' }],
    ['JSON that is very deep', { stdout: `${'['.repeat(5000)}${']'.repeat(5000)}` }],
  ])('%s is never health', async (_, answer) => {
    const { report, terminal, markdown } = await reportOf(answer);
    expect(report.outcome).toBe('inconclusive');
    expect([...report.unknowns, ...report.coverage.filter(({ known }) => !known)].length).toBeGreaterThan(0);
    for (const text of [terminal, markdown]) {
      expect(text).not.toMatch(/No problem was found|is healthy/u);
      expect(text).not.toMatch(/\n\s+at .*:\d+:\d+/u);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F]/u);
    }
  });
});

const HOSTILE = 'x"\'`$(id)\n\u001B[31m</pre><img src=x onerror=alert(1)>|[a](javascript:1) @everyone';

describe('names that want to be more', () => {
  it.each([
    ['an object', { name: HOSTILE, answer: 'web-1' }],
    ['the host', { name: 'pod-1', answer: HOSTILE }],
  ])('stay names when they are those of %s', async (_, { name, answer }) => {
    const pods = JSON.stringify({ items: [{ name, ready: false }] });
    const { report, terminal, markdown } = await reportOf(pods, answer);
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]?.title.includes('\n')).toBe(false);
    expect(terminal.replaceAll('\n', '')).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F]/u);
    // Inside of a code span nothing has a meaning.
    const outside = markdown
      .replaceAll(/^```.*?^```$/gmsu, '')
      .replaceAll(/(?<![`\\])(?<ticks>`+)(?!`).*?(?<!`)\k<ticks>(?!`)/gu, '');
    expect(outside).not.toMatch(/(?<!\\)<img/u);
    expect(outside).not.toMatch(/(?<!\\)\]\(javascript:/u);
  });
});
