import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/lib/clock.ts';
import { createKubernetesTarget } from '../../../../src/target/kubernetes/kubernetes-target.ts';
import { withMetrics } from '../../../../src/target/metrics/open-metrics.ts';
import type { CommandResult, MetricsQuestion, Target } from '../../../../src/target/port.ts';
import { systemRandom } from '../../../../src/lib/random-text.ts';
import { startClusterRig } from '../../../support/cluster-rig.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { ONE_SERIES, startMockPrometheus, type MockPrometheus } from '../../../support/mock-prometheus.ts';
import { createTempFolder, type TempFolder } from '../../../support/temp-folder.ts';
import { createScriptedTarget } from '../../../unit/playbook/scripted-target.ts';

const UP: MetricsQuestion = { query: 'up{job="x y"}', timeoutMs: 5000, maxBytes: 10_000 };

let folder: TempFolder;
let mock: MockPrometheus;

beforeEach(async () => {
  folder = await createTempFolder();
});

afterEach(async () => {
  await mock.close();
  await folder.close();
});

async function ask(
  target: Target,
  question: Partial<MetricsQuestion> = {},
  signal?: AbortSignal,
): Promise<CommandResult> {
  if (target.metrics === undefined) throw new Error('no metrics');
  return await target.metrics.query({ ...UP, ...question }, signal);
}

describe('metrics asked directly', () => {
  const clock = new FakeClock(new Date('2026-11-20T12:00:00Z'));
  const direct = (access: { tokenFile?: string; caFile?: string; url?: string } = {}): Target =>
    withMetrics(createScriptedTarget({}), { url: mock.url, ...access }, clock);

  it('are questions by GET, with the token as it is now', async () => {
    mock = await startMockPrometheus();
    const tokenFile = join(folder.path, 'token');
    await writeFile(tokenFile, 'first\n');
    const target = direct({ tokenFile, url: `${mock.url}/` });
    const answer = await ask(target);
    expect(answer).toMatchObject({ end: { kind: 'exited', exit: 0 }, truncated: false, stderr: '' });
    expect(JSON.parse(answer.stdout)).toEqual(ONE_SERIES);
    await writeFile(tokenFile, 'second\n');
    await ask(target, { range: { durationMs: 600_000, stepMs: 60_000 } });
    expect(mock.asked).toEqual([
      { method: 'GET', target: '/api/v1/query?query=up%7Bjob%3D%22x+y%22%7D&timeout=20s', token: 'Bearer first' },
      {
        method: 'GET',
        target:
          '/api/v1/query_range?query=up%7Bjob%3D%22x+y%22%7D&start=1795175400.000&end=1795176000.000&step=60.000&timeout=20s',
        token: 'Bearer second',
      },
    ]);
  });

  it('come over TLS from a server that the configured authority vouches for', async () => {
    mock = await startMockPrometheus({ tls: true });
    const caFile = join(folder.path, 'ca.pem');
    await writeFile(caFile, mock.ca);
    expect(await ask(direct({ caFile }))).toMatchObject({ end: { kind: 'exited', exit: 0 } });
    expect(await ask(direct())).toMatchObject({
      end: { kind: 'unreachable' },
      stderr: expect.stringMatching(/^the certificate of Prometheus is not trusted \([A-Z_]+\)$/u) as string,
    });
    expect(mock.asked).toHaveLength(1);
  });

  it('do not follow a redirect with the token', async () => {
    mock = await startMockPrometheus();
    mock.answer = { status: 302, headers: { location: `${mock.url}/elsewhere` }, body: '' };
    expect((await ask(direct())).stderr).toContain('redirects are not followed');
    expect(mock.asked).toHaveLength(1);
  });

  it('say in words why there are none', async () => {
    mock = await startMockPrometheus();
    expect(await ask(direct({ tokenFile: join(folder.path, 'gone') }))).toMatchObject({
      end: { kind: 'denied' },
      stderr: `Prometheus cannot be asked: ${join(folder.path, 'gone')} cannot be read`,
    });
    mock.answer = { body: 'x'.repeat(20_000) };
    expect(await ask(direct())).toMatchObject({
      end: { kind: 'exited', exit: 1 },
      stderr: 'the answer is longer than 10000 bytes; ask for fewer series or a larger step',
    });
    mock.answer = { isSilent: true };
    expect((await ask(direct(), { timeoutMs: 50 })).end).toEqual({ kind: 'timeout' });
    const stop = new AbortController();
    const stopped = ask(direct(), {}, stop.signal);
    stop.abort();
    expect((await stopped).end).toEqual({ kind: 'aborted' });
    const closed = await startMockPrometheus();
    await closed.close();
    expect(await ask(direct({ url: closed.url }))).toMatchObject({
      end: { kind: 'unreachable' },
      stderr: 'Prometheus cannot be reached (ECONNREFUSED)',
    });
  });
});

describe('metrics of a cluster', () => {
  it('are asked through the cluster broker, which alone holds the token', async () => {
    mock = await startMockPrometheus();
    const tokenFile = join(folder.path, 'prometheus-token');
    await writeFile(tokenFile, 'prometheus-secret\n');
    const rig = await startClusterRig(folder.path, { broker: { prometheus: { url: mock.url, tokenFile } } });
    const target = await createKubernetesTarget({
      ...{ clock: systemClock, random: systemRandom, access: rig.access },
      ...{ folder: join(folder.path, 'ways'), path: '' },
    });
    try {
      expect(JSON.parse((await ask(target)).stdout)).toEqual(ONE_SERIES);
      const range = { durationMs: 600_000, stepMs: 60_000 };
      expect((await ask(target, { range })).end).toEqual({ kind: 'exited', exit: 0 });
      expect(mock.asked.map(({ token }) => token)).toEqual(['Bearer prometheus-secret', 'Bearer prometheus-secret']);
      expect(rig.audit.map(({ path, decision }) => [path.split('?')[0], decision])).toEqual([
        ['/api/v1/query', 'forwarded'],
        ['/api/v1/query_range', 'forwarded'],
      ]);
      const tooLong = { durationMs: 30 * 86_400_000, stepMs: 3_600_000 };
      expect((await ask(target, { range: tooLong })).stderr).toContain(
        'the range from start to end must be from 0 to 7',
      );
      mock.answer = { status: 401 };
      expect((await ask(target)).stderr).toContain('Prometheus refuses the credential of the processor');
      mock.answer = { status: 403, body: { error: 'not you' } };
      expect(await ask(target)).toMatchObject({
        end: { kind: 'denied' },
        stderr: 'the token may not read metrics (403): not you',
      });
    } finally {
      await target.close();
      await rig.close();
    }
  });

  it('are absent where no Prometheus is configured', async () => {
    mock = await startMockPrometheus();
    const rig = await startClusterRig(folder.path);
    const target = await createKubernetesTarget({
      ...{ clock: systemClock, random: systemRandom, access: rig.access },
      ...{ folder: join(folder.path, 'ways'), path: '' },
    });
    expect(target.metrics).toBeUndefined();
    await target.close();
    await rig.close();
  });
});
