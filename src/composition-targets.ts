import { join } from 'node:path';
import type { ClusterAccess } from './cluster-broker/open-cluster-access.ts';
import type { SelfTest } from './cluster-broker/self-test.ts';
import type { Environment } from './config/environment.ts';
import { loadInventory, resolveSshTarget } from './config/load-inventory.ts';
import type { ProcessorSettings } from './config/processor-settings.ts';
import { OWN_CLUSTER } from './domain/config-checks.ts';
import { isWarroomError, type WarroomError } from './domain/errors.ts';
import type { ProcessorEvent } from './domain/events.ts';
import type { InventoryEntry } from './domain/inventory-host.ts';
import { systemClock } from './lib/clock.ts';
import { randomHex, systemRandom } from './lib/random-text.ts';
import type { AccessWatch } from './processor/access-watch.ts';
import type { HostChooser } from './processor/host-chooser.ts';
import type { Playbook, PresenceAccess } from './schema/generated.ts';
import type { Target } from './target/port.ts';
import type { authorizedKeyLine } from './target/ssh/authorized-key.ts';
import type { Wrapper, WrapperOptions } from './target/ssh/create-wrapper.ts';

export { CRITICAL_PERMISSIONS } from './cluster-broker/access-rules.ts';

/** The part of composition that opens what is looked at: machines, containers and clusters. */

/** The cluster broker with everything that it asks; undefined when nothing is configured that needs it. */
export async function openClusters(
  settings: Pick<ProcessorSettings, 'target' | 'broker'>,
  env: Environment,
  emit: (event: ProcessorEvent) => void,
): Promise<ClusterAccess | undefined> {
  const { target, broker } = settings;
  if (target.kind !== 'kubernetes' && broker?.docker === undefined) return undefined;
  const { openClusterAccess } = await import('./cluster-broker/open-cluster-access.ts');
  const { auditEvent } = await import('./cluster-broker/audit-event.ts');
  return await openClusterAccess({
    sources: target.kind === 'kubernetes' ? { own: target, hosted: target.hosted } : { hosted: [] },
    ...(broker === undefined ? {} : { broker }),
    env,
    clock: systemClock,
    onRequest: (line) => {
      emit(auditEvent(line));
    },
  });
}

/** Where steps run. A cluster whose credential may do more than read is refused here, before anything is admitted. */
export async function openTarget(
  settings: Pick<ProcessorSettings, 'target' | 'stateDir' | 'cluster'>,
  access: ClusterAccess | undefined,
  path: string,
): Promise<Target> {
  const { target, stateDir } = settings;
  const folder = join(stateDir, 'cluster');
  if (target.kind === 'kubernetes' && access !== undefined) {
    const { createKubernetesTarget } = await import('./target/kubernetes/kubernetes-target.ts');
    const { refuseExcess } = await import('./cluster-broker/self-test.ts');
    try {
      await Promise.all(access.clusters.map((cluster) => refuseTooMuch(access, cluster, refuseExcess)));
      const kubernetes = await createKubernetesTarget({
        clock: systemClock,
        random: systemRandom,
        access,
        folder,
        path,
      });
      return closingWith(kubernetes, access);
    } catch (error) {
      await access.close();
      throw error;
    }
  }
  const machine = await openMeasured(settings);
  if (access === undefined) return machine;
  const { openAgentAccess } = await import('./cluster-broker/open-agent-access.ts');
  return closingWith(
    {
      ...machine,
      openAgentAccess: async (run, signal) => {
        return await openAgentAccess(access, {
          run,
          folder: join(folder, `agent-${randomHex(8, systemRandom)}`),
          signal,
        });
      },
    },
    access,
  );
}

/** A machine with the metrics that are configured for it. */
async function openMeasured(settings: Pick<ProcessorSettings, 'target' | 'cluster'>): Promise<Target> {
  const machine = await openMachine(settings);
  if (!('metrics' in settings.target)) return machine;
  const { withMetrics } = await import('./target/metrics/open-metrics.ts');
  return withMetrics(machine, settings.target.metrics, systemClock);
}

/** What is no cluster: a machine, its containers, or hosts of which each request names one. */
async function openMachine({ target, cluster }: Pick<ProcessorSettings, 'target' | 'cluster'>): Promise<Target> {
  const reach: InventoryEntry['reach'] =
    'ssh' in target ? { kind: 'ssh', ssh: resolveSshTarget(cluster.name, target.ssh, '/') } : { kind: 'local' };
  if (target.kind === 'inventory') {
    const { createUnchosenTarget } = await import('./target/unchosen-target.ts');
    return createUnchosenTarget({ name: cluster.name, clock: systemClock });
  }
  if (target.kind !== 'containers') return await openHost(reach);
  const { createContainerTarget } = await import('./target/containers/container-target.ts');
  return createContainerTarget({ engine: target.engine, machine: await openHost(reach), clock: systemClock });
}

/** Clusters that do not answer now are tested before the first command instead: a processor must start during an outage. */
async function refuseTooMuch(
  access: ClusterAccess,
  cluster: string,
  refuse: (test: SelfTest, cluster: string) => void,
): Promise<void> {
  try {
    refuse(await access.test(cluster, AbortSignal.timeout(60_000)), cluster);
  } catch (error) {
    if (!isWarroomError(error, 'offline', 'authentication')) throw error;
  }
}

function closingWith(target: Target, access: ClusterAccess): Target {
  return {
    ...target,
    close: async () => {
      await target.close();
      await access.close();
    },
  };
}

/** Watches whether the clusters still grant what the playbooks read; undefined where no cluster is looked at. */
export async function openAccessWatch(
  settings: Pick<ProcessorSettings, 'target' | 'cluster'>,
  access: ClusterAccess | undefined,
  options: { readonly playbooks: readonly Playbook[]; readonly emit: (event: ProcessorEvent) => void },
): Promise<AccessWatch | undefined> {
  if (settings.target.kind !== 'kubernetes' || access === undefined) return undefined;
  const [{ AccessWatch: Watch }, { neededRights }] = await Promise.all([
    import('./processor/access-watch.ts'),
    import('./playbook/needed-rights.ts'),
  ]);
  const { type } = settings.cluster;
  return new Watch({
    clusters: access.clusters,
    review: async (cluster, signal) => {
      const rights = neededRights(options.playbooks, { type, place: cluster === OWN_CLUSTER ? 'self' : 'hosted' });
      return await access.reviewRights(cluster, rights, signal);
    },
    clock: systemClock,
    emit: options.emit,
  });
}

/** What the credentials of a processor may do in its clusters, for `doctor`. */
export async function testClusterAccess(
  settings: Pick<ProcessorSettings, 'target' | 'cluster'>,
  env: Environment,
  playbooks: readonly Playbook[],
): Promise<
  readonly { readonly cluster: string; readonly test: SelfTest | WarroomError; readonly access?: PresenceAccess }[]
> {
  // Without what it listens on: a processor may be listening there now, and nobody is to ask here.
  const access = await openClusters({ target: settings.target }, env, () => undefined);
  if (access === undefined) return [];
  try {
    const watch = await openAccessWatch(settings, access, { playbooks, emit: () => undefined });
    await watch?.look();
    return await Promise.all(
      access.clusters.map(async (cluster) => {
        const test = await access.test(cluster, AbortSignal.timeout(60_000)).catch((error: unknown) => {
          if (isWarroomError(error)) return error;
          throw error;
        });
        const found = watch?.found.find((each) => each.cluster === cluster);
        return { cluster, test, ...(found === undefined ? {} : { access: found }) };
      }),
    );
  } finally {
    await access.close();
  }
}

/** The hosts of an inventory, each opened when a request names it. */
export async function openHosts(inventoryFile: string): Promise<HostChooser> {
  const { createHostChooser } = await import('./processor/host-chooser.ts');
  return createHostChooser(await loadInventory(inventoryFile), openHost);
}

/** One machine; `inspect` of containers is reduced on every one. */
export async function openHost(reach: InventoryEntry['reach']): Promise<Target> {
  const { withInspectFilter } = await import('./target/containers/inspect-filter.ts');
  return withInspectFilter(await openPlainHost(reach), systemClock);
}

async function openPlainHost(reach: InventoryEntry['reach']): Promise<Target> {
  if (reach.kind === 'local') {
    const { createLocalTarget } = await import('./target/local/local-target.ts');
    return createLocalTarget({ clock: systemClock });
  }
  const { createSshTarget } = await import('./target/ssh/ssh-target.ts');
  return createSshTarget({ host: reach.ssh, clock: systemClock, random: systemRandom });
}

/** Text for a host that decides itself what runs there: its script, and the line for its authorized_keys. */
export async function createHostWrapper(
  options: WrapperOptions & Parameters<typeof authorizedKeyLine>[0],
): Promise<Wrapper & { readonly authorizedKeys: string }> {
  const ssh = await import('./target/ssh/create-wrapper.ts');
  const keys = await import('./target/ssh/authorized-key.ts');
  return { ...ssh.createWrapper(options), authorizedKeys: `${keys.authorizedKeyLine(options)}\n` };
}
