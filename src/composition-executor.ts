import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderUrl } from './client/web-url.ts';
import { readInClusterAccess, readKubeconfig, type ApiAccess } from './cluster-broker/kubeconfig.ts';
import type { Environment } from './config/environment.ts';
import type { JobSettings, ProcessorSettings } from './config/processor-settings.ts';
import { WarroomError } from './domain/errors.ts';
import type { ProcessorEvent } from './domain/events.ts';
import { resultFolder } from './domain/repository-layout.ts';
import type { AgentExecutor } from './executor/executor.ts';
import type { HeldLease } from './kubernetes/hold-lease.ts';
import { systemClock } from './lib/clock.ts';
import { recordField, textField } from './schema/json-fields.ts';
import { randomHex, systemRandom } from './lib/random-text.ts';

/** How long an agent may be silent: it asks for input three times a minute. */
const SILENT_MS = 90_000;

interface ExecutorSurroundings {
  readonly env: Environment;
  readonly emit: (event: ProcessorEvent) => void;
}

/** Makes the executor of a processor whose agents run as Jobs, once its own claude is proved. */
export function openJobExecutor(
  settings: ProcessorSettings,
  jobs: JobSettings,
  { env, emit }: ExecutorSurroundings,
): (claudeVersion: string) => Promise<AgentExecutor> {
  const { repository, holder } = settings;
  return async (claudeVersion) => {
    const [{ openKubernetesClient }, { createJobExecutor }] = await Promise.all([
      import('./kubernetes/client.ts'),
      import('./executor/kubernetes-job/job-executor.ts'),
    ]);
    const client = await openKubernetesClient({
      load: () => readAccess(jobs, env),
      namespace: await namespaceOf(jobs),
    });
    const { listen } = jobs;
    try {
      return await createJobExecutor({
        ...jobs,
        ...{ client, holder, claudeVersion, clock: systemClock, silentMs: SILENT_MS },
        relay: { host: listen.host, port: listen.port, advertise: listen.address },
        startMs: jobs.startSeconds * 1000,
        reportLink: (id) =>
          folderUrl({ address: repository.url, branch: repository.branch }, resultFolder(id)) ?? resultFolder(id),
        randomHex: (bytes) => randomHex(bytes, systemRandom),
        onWarning: (message) => {
          emit({ type: 'warning', code: 'agent-job', message });
        },
      });
    } catch (error) {
      client.close();
      throw error;
    }
  };
}

const LEASE_SECONDS = 30;

/**
 * Waits until no other processor of this cluster works, as during a rolling update. `lost` means that another one may
 * begin: this one stops at once.
 */
export async function holdProcessorLease(
  settings: ProcessorSettings,
  jobs: JobSettings,
  { env, emit, signal }: ExecutorSurroundings & { readonly signal: AbortSignal },
): Promise<HeldLease> {
  const [{ openKubernetesClient }, { holdLease }] = await Promise.all([
    import('./kubernetes/client.ts'),
    import('./kubernetes/hold-lease.ts'),
  ]);
  const client = await openKubernetesClient({ load: () => readAccess(jobs, env), namespace: await namespaceOf(jobs) });
  try {
    const lease = await holdLease({
      ...{
        client,
        signal,
        seconds: LEASE_SECONDS,
        clock: systemClock,
        name: leaseName(settings.cluster.name),
      },
      holder: `${settings.holder}-${randomHex(4, systemRandom)}`,
      onWait: (holder) => {
        emit({
          type: 'warning',
          code: 'lease',
          message: `waiting for ${holder}, which holds the Lease of this cluster`,
        });
      },
    });
    return {
      lost: lease.lost,
      async release() {
        await lease.release();
        client.close();
      },
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** What the account that makes Jobs can reach and may do, and who holds the Lease: asked of the cluster itself. */
export interface JobExecutorFacts {
  /** Host and port of the API server. */
  readonly address: string;
  readonly namespace: string;
  readonly missing: readonly string[];
  readonly excess: readonly string[];
  /** Undefined when nobody holds it, or may not be asked. */
  readonly leaseHolder: string | undefined;
}

export async function testJobExecutor(
  { cluster }: ProcessorSettings,
  jobs: JobSettings,
  env: Environment,
): Promise<JobExecutorFacts> {
  const [{ openKubernetesClient }, rights, { LEASES }] = await Promise.all([
    import('./kubernetes/client.ts'),
    import('./executor/kubernetes-job/job-rights.ts'),
    import('./kubernetes/resource.ts'),
  ]);
  const client = await openKubernetesClient({ load: () => readAccess(jobs, env), namespace: await namespaceOf(jobs) });
  try {
    const missing = await rights.missingRights(client);
    const lease = missing.includes('get leases') ? undefined : await client.find(LEASES, leaseName(cluster.name));
    const holder = textField(recordField(lease, 'spec'), 'holderIdentity') ?? '';
    return {
      ...{ address: client.address, namespace: client.namespace, missing },
      excess: await rights.excessiveRights(client),
      leaseHolder: holder === '' ? undefined : holder,
    };
  } finally {
    client.close();
  }
}

function leaseName(cluster: string): string {
  return `claude-warroom-${cluster}`;
}

/** Not the account that reads clusters: that one may not write, and the processor refuses to start when it may. */
async function readAccess({ credentialDir, kubeconfigFile }: JobSettings, env: Environment): Promise<ApiAccess> {
  if (kubeconfigFile !== undefined) return await readKubeconfig(kubeconfigFile);
  const access = await readInClusterAccess(env, credentialDir);
  if (access !== undefined) return access;
  throw new WarroomError('authentication', 'the account that makes Jobs cannot be used', {
    why: `${credentialDir ?? ''} has no ca.crt, or this process does not run in a pod`,
    hint: 'mount the Secret of its service account there, or name a kubeconfig in executor.kubeconfigFile',
  });
}

async function namespaceOf({ namespace, credentialDir }: JobSettings): Promise<string> {
  if (namespace !== undefined) return namespace;
  const file = join(credentialDir ?? '', 'namespace');
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text.trim() !== '') return text.trim();
  throw new WarroomError('invalid-file', 'the namespace of the Jobs is not known', {
    why: `${file} cannot be read or is empty`,
    hint: 'name it in executor.namespace',
  });
}
