import { OWN_CLUSTER } from '../domain/config-checks.ts';
import { WarroomError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { NeededRight } from '../playbook/needed-rights.ts';
import type { ProcessorBroker, ProcessorHostedCluster } from '../schema/generated.ts';
import { openApiServer, type ApiServer } from './api-server.ts';
import { createResourcePolicy } from './allowed-resources.ts';
import { openContainerEngine, openPrometheus } from './http-upstream.ts';
import { readInClusterAccess, readKubeconfig, type ApiAccess } from './kubeconfig.ts';
import { reviewRights, type RightsReview } from './review-rights.ts';
import { refuseExcess, testOwnAccess, type SelfTest } from './self-test.ts';
import { startClusterBroker, type BrokerAccess, type BrokerAuditLine } from './start-cluster-broker.ts';

/** Clusters of a processor: its own, unless it only reads a container engine, and hosted ones. */
export interface ClusterSources {
  readonly own?: { readonly kubeconfigFile?: string; readonly context?: string };
  readonly hosted: readonly ProcessorHostedCluster[];
}

/** Everything that a processor reaches through the cluster broker. */
export interface ClusterAccess {
  /** Names of the clusters, its own (`self`) first. */
  readonly clusters: readonly string[];
  /** Whether runs of the own cluster may ask its Prometheus. */
  readonly hasMetrics: boolean;
  /** Host and port of a cluster's API server. */
  address(cluster: string): string;
  /**
   * Opens a way to a cluster, when its credential is known to do no more than read: that is asked at the first opening,
   * and again until it was answered. Throws `not-allowed`, `offline` or `authentication`.
   */
  openCluster(cluster: string, run: string, signal: AbortSignal): Promise<BrokerAccess>;
  /** Opens a way to the container engine; undefined when none is configured. */
  openEngine(run: string): BrokerAccess | undefined;
  /** Tests the credential of a cluster anew, without judging it. */
  test(cluster: string, signal: AbortSignal): Promise<SelfTest>;
  /** Which of these rights the credential of a cluster has. Throws `offline` or `authentication`. */
  reviewRights(cluster: string, rights: readonly NeededRight[], signal: AbortSignal): Promise<RightsReview>;
  /** Secrets that are held now, so that redaction can find them. */
  knownValues(): Promise<readonly { readonly name: string; readonly value: string }[]>;
  close(): Promise<void>;
}

interface Cluster {
  readonly api: ApiServer;
  isTested: boolean;
}

export async function openClusterAccess(options: {
  readonly sources: ClusterSources;
  readonly broker?: ProcessorBroker;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly onRequest: (line: BrokerAuditLine) => void;
}): Promise<ClusterAccess> {
  const { sources, env, clock, onRequest, broker: settings = {} } = options;
  const policy = createResourcePolicy(settings);
  const clusters = new Map<string, Cluster>();
  const { own } = sources;
  if (own !== undefined) {
    clusters.set(OWN_CLUSTER, {
      api: await openApiServer({ load: async () => await loadOwn(own, env) }),
      isTested: false,
    });
  }
  for (const { name, kubeconfigFile, context } of sources.hosted) {
    const load = async (): Promise<ApiAccess> => await readKubeconfig(kubeconfigFile, context);
    clusters.set(name, { api: await openApiServer({ load }), isTested: false });
  }
  const prometheus = settings.prometheus === undefined ? undefined : openPrometheus(settings.prometheus);
  const engine = settings.docker === undefined ? undefined : openContainerEngine(settings.docker);
  const { listen } = settings;
  const broker = await startClusterBroker({
    clock,
    onRequest,
    ...(listen === undefined ? {} : { listen, ...(listen.name === undefined ? {} : { names: [listen.name] }) }),
  });

  function clusterOf(name: string): Cluster {
    const cluster = clusters.get(name);
    if (cluster !== undefined) return cluster;
    throw new WarroomError('not-found', `no cluster ${name} is configured here`, {
      why: clusters.size === 0 ? 'the target is not a cluster' : `known are ${[...clusters.keys()].join(', ')}`,
      hint: 'add it to target.hosted in the configuration of the processor',
    });
  }

  return {
    clusters: [...clusters.keys()],
    hasMetrics: prometheus !== undefined && own !== undefined,
    address: (name) => clusterOf(name).api.address,
    async openCluster(name, run, signal) {
      const cluster = clusterOf(name);
      if (!cluster.isTested) {
        const test = await testOwnAccess(cluster.api, signal);
        refuseExcess(test, name);
        cluster.isTested = true;
      }
      // Prometheus is that of the own cluster; it would answer for another one.
      const isOwn = name === OWN_CLUSTER && prometheus !== undefined;
      return broker.openRun({
        run,
        service: { kind: 'kubernetes', api: cluster.api, policy, ...(isOwn ? { prometheus } : {}) },
      });
    },
    openEngine: (run) =>
      engine === undefined ? undefined : broker.openRun({ run, service: { kind: 'engine', engine } }),
    async test(name, signal) {
      const cluster = clusterOf(name);
      const test = await testOwnAccess(cluster.api, signal);
      cluster.isTested = test.excess.length === 0;
      return test;
    },
    reviewRights: async (name, rights, signal) => await reviewRights(clusterOf(name).api, rights, signal),
    knownValues: async () => (await Promise.all([...clusters.values()].map(({ api }) => api.knownValues()))).flat(),
    async close() {
      await broker.close();
      for (const { api } of clusters.values()) api.close();
      prometheus?.close();
      engine?.close();
    },
  };
}

async function loadOwn(
  { kubeconfigFile, context }: NonNullable<ClusterSources['own']>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ApiAccess> {
  if (kubeconfigFile !== undefined) return await readKubeconfig(kubeconfigFile, context);
  const access = await readInClusterAccess(env);
  if (access !== undefined) return access;
  throw new WarroomError('usage', 'there is no credential for the cluster', {
    why: 'target.kubeconfigFile is not set, and this process does not run in a pod with a service account',
    hint: 'set target.kubeconfigFile to a kubeconfig of a read-only service account',
  });
}
