import type { TestProject } from 'vitest/node';
import { createTempFolder } from '../support/temp-folder.ts';
import { openClusterApi } from './cluster-api.ts';
import { applyDefinitions } from './definitions.ts';
import { findPrograms } from './programs.ts';
import { startControlPlane } from './start-control-plane.ts';

/** The cluster that the tests of this run have. */
export type ProvidedCluster =
  | {
      readonly kind: 'ready';
      readonly kubeconfigFile: string;
      /** Of the store of a control plane that is ours alone. */
      readonly etcdPid?: number;
    }
  | { readonly kind: 'none'; readonly why: string };

declare module 'vitest' {
  interface ProvidedContext {
    readonly cluster: ProvidedCluster;
  }
}

/**
 * One control plane for all files. A cluster that exists is used only when it is named by `WARROOM_TEST_KUBECONFIG`, so that
 * nobody's own is touched by accident: tests create and change objects everywhere in it.
 */
export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { env } = process;
  const given = env['WARROOM_TEST_KUBECONFIG'];
  if (given !== undefined && given !== '') {
    await prepare(given);
    provide('cluster', { kind: 'ready', kubeconfigFile: given });
    return undefined;
  }
  const found = await findPrograms(env);
  if (found.kind === 'missing') {
    const why = `${found.names.join(', ')} not built in ${found.folder} (npm run test:cluster builds them)`;
    provide('cluster', { kind: 'none', why });
    return undefined;
  }
  const folder = await createTempFolder('warroom-cluster');
  try {
    const controlPlane = await startControlPlane(found.paths, folder.path);
    const { kubeconfigFile, etcdPid } = controlPlane;
    await prepare(kubeconfigFile);
    provide('cluster', { kind: 'ready', kubeconfigFile, etcdPid });
    return async () => {
      await controlPlane.close();
      await folder.close();
    };
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function prepare(kubeconfigFile: string): Promise<void> {
  const api = await openClusterApi(kubeconfigFile);
  try {
    await applyDefinitions(api);
  } finally {
    api.close();
  }
}
