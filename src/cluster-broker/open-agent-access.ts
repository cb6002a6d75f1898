import { mkdir, rm } from 'node:fs/promises';
import type { AgentAccess } from '../target/port.ts';
import type { ClusterAccess } from './open-cluster-access.ts';
import { writeDockerFiles, writeKubectlFiles } from './run-files.ts';
import type { BrokerAccess } from './start-cluster-broker.ts';

/** Runs of the broker for one investigator, with files in a folder of their own that goes with them. */
export async function openAgentAccess(
  access: Pick<ClusterAccess, 'openCluster' | 'openEngine'>,
  options: {
    /** No cluster when absent: only the container engine. */
    readonly cluster?: string;
    readonly run: string;
    readonly folder: string;
    readonly signal: AbortSignal;
  },
): Promise<AgentAccess> {
  const { cluster, run, folder, signal } = options;
  const opened: BrokerAccess[] = [];
  const close = async (): Promise<void> => {
    for (const each of opened) each.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const environment: Record<string, string> = {};
    if (cluster !== undefined) {
      const way = await access.openCluster(cluster, run, signal);
      opened.push(way);
      Object.assign(environment, await writeKubectlFiles(folder, way));
    }
    const engine = access.openEngine(run);
    if (engine !== undefined) {
      opened.push(engine);
      Object.assign(environment, await writeDockerFiles(folder, engine));
    }
    return { environment, close };
  } catch (error) {
    await close();
    throw error;
  }
}
