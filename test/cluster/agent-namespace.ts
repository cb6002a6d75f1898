import { readFile } from 'node:fs/promises';
import { readYamlObjects } from '../../src/schema/yaml-objects.ts';
import { serverFacts } from './broker-rig.ts';
import type { ApiObject, ClusterApi } from './cluster-api.ts';
import { createToken, writeKubeconfig } from './service-account.ts';

const MANIFEST = 'manifests/components/job-executor/jobs.yaml';
const LIMITS = 'manifests/base/limits.yaml';
const ACCOUNT = 'claude-warroom-jobs';

/**
 * A namespace with the standard and the limits of the manifests for pods and their account for Jobs, apart from the one that other tests
 * fill.
 */
export async function createAgentNamespace(api: ClusterApi, namespace: string): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
  await api.applyAll([
    ...(await readMoved(MANIFEST, namespace)),
    ...(await readMoved(LIMITS, namespace)).filter(({ kind }) => kind === 'LimitRange'),
  ]);
}

async function readMoved(file: string, namespace: string): Promise<readonly ApiObject[]> {
  const text = await readFile(file, 'utf8');
  const moved = text.replaceAll('namespace: claude-warroom', `namespace: ${namespace}`);
  return readYamlObjects(moved, file) as unknown as readonly ApiObject[];
}

/** A kubeconfig with the account of the manifests, and no more rights than it has. */
export async function writeJobsKubeconfig(api: ClusterApi, namespace: string, file: string): Promise<void> {
  await writeKubeconfig(file, await serverFacts(), { token: await createToken(api, `${namespace}/${ACCOUNT}`) });
}
