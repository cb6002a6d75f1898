import { describe, inject, it } from 'vitest';
import { printSkipReason } from '../support/skip-reason.ts';
import { waitUntil } from '../support/wait-until.ts';
import { openClusterApi, type ClusterApi } from './cluster-api.ts';

/** The cluster of this run; see global-setup.ts. */
export const cluster = inject('cluster');

if (cluster.kind === 'none') printSkipReason(`nothing is tested on a real Kubernetes API: ${cluster.why}`);

/** Without a cluster one test is skipped in place of all of them. */
export function describeOnCluster(title: string, tests: () => void): void {
  if (cluster.kind === 'ready') describe(title, tests);
  else it.skip(title, () => undefined);
}

const REMOVE_MS = 90_000;

/** Takes a namespace away with all that is in it; needs the controllers. */
export async function removeNamespace(api: ClusterApi, name: string): Promise<void> {
  const path = `/api/v1/namespaces/${name}`;
  // At once: without a kubelet nobody ends the time that a bound pod is given.
  await api.send('DELETE', `${path}/pods?gracePeriodSeconds=0`);
  await api.send('DELETE', path);
  // The controller that lets go of claims which no pod uses does not run here.
  const { status, text } = await api.send('GET', `${path}/persistentvolumeclaims`);
  const { items } = (status === 200 ? JSON.parse(text) : { items: [] }) as { items: { metadata: { name: string } }[] };
  for (const { metadata } of items) {
    const body = { metadata: { finalizers: null } };
    const contentType = 'application/merge-patch+json';
    await api.send('PATCH', `${path}/persistentvolumeclaims/${metadata.name}`, { body, contentType });
  }
  await waitUntil(async () => (await api.send('GET', path)).status === 404, {
    what: `the end of the namespace ${name}`,
    timeoutMs: REMOVE_MS,
    intervalMs: 200,
  });
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
