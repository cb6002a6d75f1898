import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/diagnose/diagnose.ts';
import { runChild } from '../../../../src/lib/child-process.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { findProgram } from '../../../../src/lib/find-program.ts';
import { expandQuery } from '../../../../src/playbook/expand.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../../src/playbook/load-playbooks.ts';
import { createRedaction } from '../../../../src/redaction/create-redaction.ts';
import { withMetrics } from '../../../../src/target/metrics/open-metrics.ts';
import { closedEnvironment } from '../../../support/closed-environment.ts';
import { freePort } from '../../../support/free-port.ts';
import { printSkipReason } from '../../../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../../../support/temp-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { createScriptedTarget } from '../../../unit/playbook/scripted-target.ts';

const PATH = process.env['PATH'] ?? '';
const [prometheus, promtool] = await Promise.all([findProgram('prometheus', PATH), findProgram('promtool', PATH)]);
const isInstalled = prometheus !== undefined && promtool !== undefined;
if (!isInstalled) printSkipReason('prometheus and promtool are not installed, so no real Prometheus is asked');

const HOUR_S = 3600;
const QUOTA = 8_589_934_592;

/** Five hours of a database that grows by 3 % of its quota an hour, from 80 %, in the text format of OpenMetrics. */
function samples(nowS: number): string {
  const times = Array.from({ length: 61 }, (_, index) => nowS - 5 * HOUR_S + index * 300);
  const of = (name: string, value: (at: number) => number): string =>
    [
      `# TYPE ${name} gauge`,
      ...times.map((at) => `${name}{namespace="clusters-demo",pod="etcd-0"} ${value(at)} ${at}`),
    ].join('\n');
  const share = (at: number): number => 0.8 + (0.03 * (at - (nowS - 5 * HOUR_S))) / HOUR_S;
  return [
    of('etcd_mvcc_db_total_size_in_bytes', (at) => Math.round(QUOTA * share(at))),
    of('etcd_server_quota_backend_bytes', () => QUOTA),
    '# EOF\n',
  ].join('\n');
}

describe.skipIf(!isInstalled)('a real Prometheus', () => {
  let folder: TempFolder;
  let server: ChildProcess | undefined;
  let url: string;

  beforeAll(async () => {
    folder = await createTempFolder();
    const [config, text, data] = ['empty.yaml', 'samples.txt', 'data'].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(config, 'global: {}\n');
    await writeFile(text, samples(Math.floor(Date.now() / 1000)));
    const made = await runChild({
      argv: [promtool ?? '', 'tsdb', 'create-blocks-from', 'openmetrics', text, data],
      ...{ env: closedEnvironment(), timeoutMs: 30_000, maxBytes: 10_000 },
    });
    expect(made.end).toEqual({ kind: 'exited', exit: 0 });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = spawn(
      prometheus ?? '',
      [`--config.file=${config}`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`],
      { env: closedEnvironment(), stdio: 'ignore' },
    );
    await waitUntil(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true, {
      what: 'Prometheus',
    });
  }, 60_000);

  afterAll(async () => {
    if (server?.exitCode === null) {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
    }
    await folder.close();
  });

  it('tells when a database is full, and leaves unknown what it does not measure', async () => {
    const playbooks = await loadPlaybooks({ builtinDir: builtinPlaybookDir() });
    const playbook = playbooks.find(({ playbook: each }) => each.metadata.id === 'etcd-latency')?.playbook;
    if (playbook === undefined) throw new Error('no playbook');
    const { judgement } = await diagnose({
      ...{ playbook, clock: systemClock, inputs: { hcpNamespace: 'clusters-demo' }, targets: {} },
      redaction: createRedaction({ knownValues: [], key: new Uint8Array(32) }),
      target: withMetrics(createScriptedTarget({}), { url }, systemClock),
    });
    expect(judgement.findings.map(({ rule, object }) => [rule, object])).toEqual(
      expect.arrayContaining([
        ['size-large', 'pod/clusters-demo/etcd-0'],
        ['size-growing', 'pod/clusters-demo/etcd-0'],
      ]),
    );
    expect(judgement.findings.find(({ rule }) => rule === 'size-growing')).toMatchObject({
      severity: 'error',
      title: expect.stringMatching(/in about 1\.[67] hours$/u) as string,
    });
    expect(judgement.coverage.find(({ step }) => step === 'fsync')).toMatchObject({
      known: false,
      reason: expect.stringContaining('there are no values') as string,
    });
  });

  it('understands every query of the built-in playbooks, and says what is wrong with another', async () => {
    const { metrics } = withMetrics(createScriptedTarget({}), { url }, systemClock);
    const ask = async (query: string): Promise<string> => {
      const answer = await metrics?.query({ query, timeoutMs: 10_000, maxBytes: 1_000_000 });
      return answer?.stderr ?? 'no answer';
    };
    const values = { hcpNamespace: 'a', namespace: 'a', metricsInstance: 'web-1:9100' };
    const queries = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() })).flatMap(({ playbook }) =>
      playbook.spec.steps.flatMap(({ promql }) =>
        promql === undefined ? [] : [expandQuery(promql.query, values) ?? promql.query],
      ),
    );
    expect(queries.length).toBeGreaterThan(10);
    for (const query of queries) expect([query, await ask(query)]).toEqual([query, '']);
    expect(await ask('sum by (')).toMatch(/^Prometheus does not understand the query \(400\): .*parse error/u);
  });
});
