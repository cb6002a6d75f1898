import { describe, inject, it } from 'vitest';
import { printSkipReason } from '../support/skip-reason.ts';
import { openClusterApi, type ClusterApi } from './cluster-api.ts';

/** The cluster of this run; see global-setup.ts. */
export const cluster = inject('cluster');

if (cluster.kind === 'none') printSkipReason(`nothing is tested on a real Kubernetes API: ${cluster.why}`);

/** Without a cluster one test is skipped in place of all of them. */
export function describeOnCluster(title: string, tests: () => void): void {
  if (cluster.kind === 'ready') describe(title, tests);
  else it.skip(title, () => undefined);
}

/** Whole processors on a cluster take minutes: `npm run test:cluster` starts them, `npm test` does not. */
export function describeWholeOnCluster(title: string, tests: () => void): void {
  if (process.env['WARROOM_TEST_CLUSTER'] === '1') {
    describeOnCluster(title, tests);
    return;
  }
  if (cluster.kind === 'ready') printSkipReason(`${title} is not tried: npm run test:cluster does`);
  it.skip(title, () => undefined);
}

/** Of an administrator. */
export function kubeconfigFile(): string {
  if (cluster.kind === 'none') throw new Error(cluster.why);
  return cluster.kubeconfigFile;
}

/** With the namespaces that a test file works in. */
export async function openCluster(...namespaces: readonly string[]): Promise<ClusterApi> {
  const api = await openClusterApi(kubeconfigFile());
  for (const name of namespaces) await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return api;
}
