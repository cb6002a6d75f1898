import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProgram } from '../../src/lib/find-program.ts';
import { formatYaml } from '../../src/schema/format-document.ts';
import { createCliHome, runCli, type CliHome } from '../support/cli.ts';
import { serverFacts } from './broker-rig.ts';
import type { ClusterApi } from './cluster-api.ts';
import { grantPrintedRoles, NAMESPACES } from './printed-roles.ts';
import { createFaultyCluster, type FaultyCluster } from './scene/create-faulty-cluster.ts';
import { createServiceAccount, writeKubeconfig } from './service-account.ts';
import { describeOnCluster, openCluster } from './the-cluster.ts';

const kubectl = await findProgram('kubectl', process.env['PATH']);

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
    expect(report).toContain('All 14 checks could be judged');
    expect(report).toContain('data-etcd-2');
    expect(report + processor.stdout).not.toContain('hunter2-of-the-shop');
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
