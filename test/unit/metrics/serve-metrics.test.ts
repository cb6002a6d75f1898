import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { findProgram } from '../../../src/lib/find-program.ts';
import { openProcessorMetrics, type ProcessorMetrics } from '../../../src/metrics/open-metrics.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const promtool = await findProgram('promtool', process.env['PATH']);
if (promtool === undefined) printSkipReason('metrics are not checked with promtool: it is not installed');

const id = '2026-11-20-1430-api-timeout-k7m2' as RequestId;

async function withMetrics(
  action: (metrics: ProcessorMetrics, ask: (path: string, method?: string) => Promise<Answer>) => Promise<void>,
  prepare: (stateDir: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await withTempFolder(async (stateDir) => {
    await prepare(stateDir);
    const metrics = await openProcessorMetrics({
      listen: { host: '127.0.0.1', port: 0 },
      stateDir,
      version: '1.2.3',
      dailyLimitUsd: 100,
      canaryEverySeconds: 3600,
      clock: createManualClock(),
    });
    try {
      await action(metrics, async (path, method = 'GET') => {
        const response = await fetch(`http://127.0.0.1:${metrics.port}${path}`, { method });
        return { status: response.status, text: await response.text() };
      });
    } finally {
      await metrics.close();
    }
  });
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

describe('the port for metrics and health', () => {
  it('is alive from the start, and ready only when the war room was seen', async () => {
    await withMetrics(async (metrics, ask) => {
      expect(await ask('/healthz')).toEqual({ status: 200, text: 'ok\n' });
      expect(await ask('/readyz')).toEqual({ status: 503, text: 'trust and policy are not loaded yet\n' });
      metrics.observe({ type: 'sync-failed', code: 'offline', message: 'gone', retryMs: 1000 });
      expect((await ask('/healthz')).status).toBe(200);
      metrics.observe({ type: 'synced', tip: 'c0ffee', pending: 0, queue: { length: 0 } });
      expect(await ask('/readyz')).toEqual({ status: 200, text: 'ok\n' });
    });
  });

  it('answers nothing else', async () => {
    await withMetrics(async (_metrics, ask) => {
      expect((await ask('/')).status).toBe(404);
      expect((await ask('/metrics/../../etc/passwd')).status).toBe(404);
      expect(await ask('/metrics', 'POST')).toEqual({ status: 405, text: 'only GET is answered here\n' });
    });
  });

  it('says which address is taken', async () => {
    await withMetrics(async ({ port }) => {
      const second = openProcessorMetrics({
        listen: { host: '127.0.0.1', port },
        stateDir: '/nowhere',
        version: '1.2.3',
        dailyLimitUsd: 0,
        canaryEverySeconds: 0,
        clock: createManualClock(),
      });
      await expect(second).rejects.toMatchObject({
        code: 'usage',
        message: `the metrics cannot be served on 127.0.0.1 port ${port}`,
        why: expect.stringContaining('EADDRINUSE') as string,
      });
    });
  });
});

describe('what Prometheus reads', () => {
  it('has every series at 0 before anything happens', async () => {
    await withMetrics(async (_metrics, ask) => {
      const { text } = await ask('/metrics');
      expect(text).toContain('claude_warroom_build_info{version="1.2.3"} 1\n');
      expect(text).toContain('claude_warroom_requests_total{phase="timed-out",outcome="none"} 0\n');
      expect(text).toContain('claude_warroom_phase_duration_seconds_count{phase="collecting"} 0\n');
      expect(text).toContain('claude_warroom_redaction_failures_total 0\n');
      expect(text).toContain('claude_warroom_model_daily_limit_usd 100\n');
      expect(text).toMatch(/^process_cpu_seconds_total /mu);
    });
  });

  it('counts what the processor tells, and measures its state folder', async () => {
    await withMetrics(
      async (metrics, ask) => {
        metrics.observe({ type: 'published', id, phase: 'succeeded', outcome: 'root-cause', commit: 'c0ffee' });
        metrics.observe({ type: 'phase-ended', id, phase: 'collecting', ms: 4000 });
        const { text } = await ask('/metrics');
        expect(text).toContain('claude_warroom_requests_total{phase="succeeded",outcome="root-cause"} 1\n');
        expect(text).toContain('claude_warroom_phase_duration_seconds_bucket{le="5",phase="collecting"} 1\n');
        expect(text).toContain('claude_warroom_ledger_size_bytes 10\n');
        expect(text).toContain('claude_warroom_outbox_results 2\n');
        expect(text).toContain('claude_warroom_held_results 1\n');
        expect(text).toContain('claude_warroom_model_spend_today_usd 3.5\n');
        expect(text).toContain('claude_warroom_model_session_spend_today_usd 2\n');
        expect(Number(/^claude_warroom_state_free_bytes (\d+)/mu.exec(text)?.[1])).toBeGreaterThan(0);
      },
      async (stateDir) => {
        await writeFile(join(stateDir, 'ledger.jsonl'), '{"seq": 1}');
        await writeFile(
          join(stateDir, 'spend.json'),
          '{"day":"2026-11-20","usd":{"alice":1.5,"bob":2},"sessionUsd":2}',
        );
        const other = id.replace('k7m2', 'k7m3');
        for (const [name, meta] of [
          [id, '{"isHeld":true}'],
          [other, '{}'],
        ] as const) {
          await mkdir(join(stateDir, 'outbox', name), { recursive: true });
          await writeFile(join(stateDir, 'outbox', name, 'meta.json'), meta);
        }
        await mkdir(join(stateDir, 'outbox', `${id}.new`));
      },
    );
  });

  it('never makes a series of what somebody wrote, and never stops the processor', async () => {
    await withMetrics(async (metrics, ask) => {
      const hostile = 'x"} 1\nclaude_warroom_evil 1';
      const before = seriesOf((await ask('/metrics')).text);
      metrics.observe({ type: 'sync-failed', code: hostile, message: hostile, retryMs: 1 });
      metrics.observe({
        type: 'reported',
        id,
        engine: 'claude',
        outcome: 'root-cause',
        redactions: { [hostile]: 3, jwt: Number.NaN },
      });
      metrics.observe({ type: 'consulted', id, result: 'failed', usd: -1, turns: Number.POSITIVE_INFINITY });
      metrics.observe({ type: 'admitted', id, requester: hostile, strategy: hostile });
      const { text } = await ask('/metrics');
      expect(seriesOf(text)).toEqual(before);
      expect(text).not.toContain('evil');
      expect(text).not.toContain(id);
      expect(text).toContain('claude_warroom_sync_failures_total{code="other"} 1\n');
      expect(text).toContain('claude_warroom_redactions_total{rule="other"} 3\n');
    });
  });

  it.runIf(promtool !== undefined)('passes promtool check metrics', async () => {
    await withMetrics(async (_metrics, ask) => {
      const own = (await ask('/metrics')).text.split('\n').filter((line) => line.includes('claude_warroom_'));
      expect(await lint(promtool ?? '', `${own.join('\n')}\n`)).toBe('');
    });
  });
});

/** Names and labels of our own series, without their values. */
function seriesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('claude_warroom_'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')));
}

async function lint(program: string, text: string): Promise<string> {
  return await new Promise((resolve) => {
    const child = execFile(program, ['check', 'metrics'], (_error, stdout, stderr) => {
      resolve(`${stdout}${stderr}`);
    });
    child.stdin?.end(text);
  });
}
