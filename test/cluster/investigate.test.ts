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
import { describeWholeOnCluster, openCluster } from './the-cluster.ts';

const kubectl = await findProgram('kubectl', process.env['PATH']);
if (kubectl === undefined) printSkipReason('no cluster is investigated: there is no kubectl');

const canReadPages = hasGitHubParser();
const playbooks = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() }))
  .map(({ playbook }) => playbook)
  .filter(({ spec }) => !spec.targets.includes('host'));

/** What somebody would ask of the scene, and the planted fault that must come out first. */
interface Question {
  readonly namespace?: string;
  readonly resource?: string;
  readonly cause: string;
}

const QUESTIONS: Readonly<Record<string, Question>> = {
  'cluster-triage': { cause: 'NODE_NOT_READY' },
  'control-plane-health': { namespace: 'clusters-blue', cause: 'SCHED_VOLUME' },
  'api-timeout': { namespace: 'clusters-blue', cause: 'AGGREGATED_API_DOWN' },
  'etcd-latency': { namespace: 'clusters-blue', cause: 'ETCD_MEMBER_NOT_READY' },
  'node-health': { namespace: 'clusters-blue', cause: 'NODE_UNREACHABLE' },
  'nodepool-scaling': { namespace: 'clusters-blue', cause: 'NP_CAPACITY' },
  'upgrade-stuck': { namespace: 'clusters-blue', cause: 'CP_ROLLOUT_STUCK' },
  'networking-konnectivity-ovn': { namespace: 'clusters-blue', cause: 'CIDR_CONFLICT' },
  'ingress-dns': { namespace: 'shop', cause: 'ROUTE_HOST_CLAIMED' },
  certificates: { namespace: 'clusters-blue', cause: 'CERT_EXPIRED' },
  storage: { namespace: 'shop', cause: 'SC_MISSING' },
  'workload-crashloop': { namespace: 'shop', resource: 'deployment/web', cause: 'DEPENDENCY_DOWN' },
};

function questionAbout(id: string): Question {
  const question = QUESTIONS[id];
  if (question === undefined) throw new Error(`nobody asks anything of ${id}`);
  return question;
}

/** The hosted cluster of the scene, asked by its own name. */
const HOSTED = 'blue';

describeWholeOnCluster('an investigation of a real cluster', () => {
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
    await runCli(['cluster', 'add', 'production-hub', '--type', 'hub'], { home });
    const place = ['--hub', 'production-hub', '--namespace', 'clusters-blue'];
    const added = await runCli(['cluster', 'add', HOSTED, '--type', 'hosted', ...place], { home });
    expect(added.exit, added.stderr).toBe(0);
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
    expect(report).toContain('root cause found · complete');
    expect(report).toMatch(/ROOT CAUSE +Pod etcd-2 waits for a volume/u);
    expect(report + processor.stdout).not.toContain('hunter2-of-the-shop');
  });

  describe.skipIf(kubectl === undefined)('with each strategy of a cluster', () => {
    const reports = new Map<string, { readonly report: Report; readonly page: string }>();

    // All in one go: one processor answers them side by side.
    beforeAll(async () => {
      const ids = new Map<string, string>();
      for (const { metadata, spec } of playbooks) {
        const { namespace, resource } = questionAbout(metadata.id);
        const about = ['--cluster', 'production-hub', '--type', 'hub'];
        if (namespace !== undefined) about.push('--namespace', namespace);
        if (resource !== undefined) about.push('--resource', resource);
        ids.set(metadata.id, await ask([...about, '--strategy', spec.strategies[0] ?? metadata.id]));
      }
      // Nothing in these words speaks for a strategy.
      ids.set(HOSTED, await ask(['--cluster', 'blue', '--strategy', 'auto']));
      const processor = startCli(['processor', 'run', '-c', 'processor.yaml'], { home });
      try {
        for (const [strategy, text] of ids) reports.set(strategy, await readResult(text));
      } finally {
        await processor.close();
      }
    }, 300_000);

    async function ask(about: readonly string[]): Promise<string> {
      const sent = await runCli(['investigate', ...about, '--issue', 'something is wrong', '--yes'], { home });
      expect(sent.exit, sent.stderr).toBe(0);
      return sent.stdout.trim();
    }

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
      expect(firstCause(found.report)).toBe(questionAbout(id).cause);
    });

    it('looks inside a hosted cluster, and at its control plane on the hub', () => {
      const { report } = reports.get(HOSTED) ?? {};
      expect(report).toMatchObject({ strategy: { name: 'general', chosenBy: 'auto' }, outcome: 'inconclusive' });
      const seen = report?.coverage.filter(({ known }) => known).map(({ title }) => title);
      expect(seen).toEqual(expect.arrayContaining(['nodes and their conditions', 'the HostedCluster on its hub']));
      expect(report?.findings.map(({ code }) => code)).toContain('CONTROL_PLANE_UNWELL');
      expect(report?.recommendations[0]?.action).toBe('Look closer with the strategy control-plane-health.');
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
