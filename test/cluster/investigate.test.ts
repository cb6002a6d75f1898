import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultFolder } from '../../src/domain/repository-layout.ts';
import { parseRequestId } from '../../src/domain/request-id.ts';
import { findProgram } from '../../src/lib/find-program.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../src/playbook/load-playbooks.ts';
import { formatYaml } from '../../src/schema/format-document.ts';
import type { Report } from '../../src/schema/generated.ts';
import { parseDocument } from '../../src/schema/parse-document.ts';
import { createCliHome, runCli, startCli, type CliHome } from '../support/cli.ts';
import { readFileAt } from '../support/git-rig.ts';
import { hasGitHubParser } from '../support/github-parser.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { expectPageOnGitHub, expectUsableReport, firstCause } from '../support/usable-report.ts';
import { waitUntil } from '../support/wait-until.ts';
import { serverFacts } from './broker-rig.ts';
import type { ClusterApi } from './cluster-api.ts';
import { grantPrintedRoles, NAMESPACES } from './printed-roles.ts';
import { createFaultyCluster, type FaultyCluster } from './scene/create-faulty-cluster.ts';
import { createServiceAccount, writeKubeconfig } from './service-account.ts';
import { describeOnCluster, openCluster } from './the-cluster.ts';

const kubectl = await findProgram('kubectl', process.env['PATH']);
if (kubectl === undefined) printSkipReason('no cluster is investigated: there is no kubectl');

const canReadPages = hasGitHubParser();
const playbooks = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() }))
  .map(({ playbook }) => playbook)
  .filter(({ spec }) => !spec.targets.includes('host'));

/** What is planted for a strategy, where the age of objects that the server writes does not hide it. */
const FIRST_CAUSE: Readonly<Record<string, string>> = {
  'control-plane-health': 'CP_ETCD',
  'node-health': 'NODE_UNREACHABLE',
  certificates: 'CERT_EXPIRED',
  'nodepool-scaling': 'NP_CAPACITY',
};

/** The namespace that somebody would name. */
function namespaceOf(strategy: string): string {
  return ['workload-crashloop', 'storage'].includes(strategy) ? 'shop' : 'clusters-blue';
}

describeOnCluster('an investigation of a real cluster', () => {
  let api: ClusterApi;
  let faulty: FaultyCluster;
  let home: CliHome;

  beforeAll(async () => {
    api = await openCluster(...NAMESPACES);
    faulty = await createFaultyCluster(api, new Date());
    const { token } = await createServiceAccount(api, 'warroom/processor');
    await grantPrintedRoles(api, 'warroom/processor', []);
    home = await createCliHome();
    await writeKubeconfig(join(home.path, 'hub.kubeconfig'), await serverFacts(), { token });
    await runCli(['init', '--repo', 'warroom.git'], { home });
    await writeFile(
      join(home.path, 'processor.yaml'),
      formatYaml('ProcessorConfig', {
        apiVersion: 'warroom.intility.io/v1',
        kind: 'ProcessorConfig',
        cluster: { name: 'production-hub', type: 'hub' },
        trust: 'open',
        repository: { url: './warroom.git' },
        stateDir: './state',
        engine: 'diagnostics',
        target: {
          kind: 'kubernetes',
          kubeconfigFile: './hub.kubeconfig',
          hosted: [{ name: 'blue', kubeconfigFile: './hub.kubeconfig' }],
        },
        polling: { minSeconds: 0.2, maxSeconds: 0.2 },
        concurrency: 4,
      }),
    );
  });

  afterAll(async () => {
    await home.close();
    await faulty.close();
    api.close();
  });

  it.skipIf(kubectl === undefined)('goes from a question to a report that could judge every check', async () => {
    const about = ['--cluster', 'production-hub', '--type', 'hub', '--namespace', 'clusters-blue'];
    const what = ['--strategy', 'control-plane-health', '--issue', 'the API of blue does not answer'];
    const id = (await runCli(['investigate', ...about, ...what], { home })).stdout.trim();
    const processor = await runCli(['processor', 'run', '--once', '-c', 'processor.yaml'], { home });
    expect({ exit: processor.exit, stderr: processor.stderr }).toEqual({ exit: 0, stderr: '' });
    expect(processor.stdout).toContain('"event":"cluster-request"');
    const status = await runCli(['status', id, '--json'], { home });
    expect(JSON.parse(status.stdout)).toMatchObject({ id, phase: 'succeeded' });
    const { stdout: report } = await runCli(['get-results', id], { home });
    expect(report).toContain('All 15 checks could be judged');
    expect(report).toContain('data-etcd-2');
    expect(report + processor.stdout).not.toContain('hunter2-of-the-shop');
  });

  describe.skipIf(kubectl === undefined)('with each strategy of a cluster', () => {
    const reports = new Map<string, { readonly report: Report; readonly page: string }>();

    // All in one go: one processor answers them side by side.
    beforeAll(async () => {
      const ids = new Map<string, string>();
      for (const { metadata } of playbooks) {
        const about = ['--cluster', 'production-hub', '--type', 'hub', '--namespace', namespaceOf(metadata.id)];
        const what = ['--strategy', metadata.id, '--issue', 'something is wrong with blue'];
        const sent = await runCli(['investigate', ...about, ...what, '--yes'], { home });
        expect(sent.exit, sent.stderr).toBe(0);
        ids.set(metadata.id, sent.stdout.trim());
      }
      const processor = startCli(['processor', 'run', '-c', 'processor.yaml'], { home });
      try {
        for (const [strategy, text] of ids) reports.set(strategy, await readResult(text));
      } finally {
        await processor.close();
      }
    }, 300_000);

    async function readResult(text: string): Promise<{ report: Report; page: string }> {
      const id = parseRequestId(text);
      if (id === undefined) throw new Error(`not an id: ${text}`);
      const remote = { path: join(home.path, 'warroom.git') };
      const read = async (name: string): Promise<string | undefined> =>
        await readFileAt(remote, `${resultFolder(id)}/${name}`);
      const json = await waitUntil(async () => await read('report.json'), {
        what: `report of ${id}`,
        timeoutMs: 200_000,
        intervalMs: 500,
      });
      const parsed = parseDocument('Report', json, { file: 'report.json' });
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      return { report: parsed.value, page: (await read('README.md')) ?? '' };
    }

    it.each(playbooks)('$metadata.id ends in a report to act on', (playbook) => {
      const { id } = playbook.metadata;
      const found = reports.get(id);
      if (found === undefined) throw new Error(`no report of ${id}`);
      expectUsableReport(found.report, playbook);
      if (canReadPages) expectPageOnGitHub(found.page);
      const cause = FIRST_CAUSE[id];
      if (cause !== undefined) expect(firstCause(found.report)).toBe(cause);
    });
  });

  it('is not begun with a credential that may do more than read', async () => {
    const { token } = await createServiceAccount(api, 'warroom/strong');
    await api.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'strong' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'strong', namespace: 'warroom' }],
    });
    await writeKubeconfig(join(home.path, 'hub.kubeconfig'), await serverFacts(), { token });
    const { exit, stderr } = await runCli(['processor', 'run', '--once', '-c', 'processor.yaml'], { home });
    expect(exit).toBe(4);
    expect(stderr).toContain('may do more than read');
    expect(stderr).toContain('RBAC grants get secrets');
  });
});
