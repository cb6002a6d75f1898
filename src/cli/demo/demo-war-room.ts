import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { environmentValue, type Environment } from '../../config/environment.ts';
import { readVersion } from '../../config/package-version.ts';
import { loadProcessorConfig } from '../../config/processor-config.ts';
import type { ProcessorSettings } from '../../config/processor-settings.ts';
import { DEFAULT_BRANCH, DEFAULT_REF_NAMESPACE } from '../../config/repository-defaults.ts';
import { clusterRegistration } from '../../client/register-cluster.ts';
import { clusterPath } from '../../domain/repository-layout.ts';
import type { Clock } from '../../lib/clock.ts';
import type { RandomBytes } from '../../lib/random-text.ts';
import { createRedaction } from '../../redaction/create-redaction.ts';
import { readSchemaFiles } from '../../scaffold/schema-files.ts';
import { warRoomFiles } from '../../scaffold/war-room-files.ts';
import { formatYaml } from '../../schema/format-document.ts';
import type { RepositoryAddress } from '../context.ts';

/** Name under which the demo's processor serves this machine. */
export const DEMO_CLUSTER = 'this-host';

/** The places of a demo. Client and processor share the repository and nothing else. */
export interface DemoPlaces {
  readonly repository: RepositoryAddress;
  readonly cacheDir: string;
  readonly stateDir: string;
  readonly processorConfig: string;
  readonly processorLog: string;
  readonly workTree: string;
  /** Key of whoever asks, and whom the processor trusts. */
  readonly keyFile: string;
  readonly trustDir: string;
  /** Keys of processors that whoever asks believes. */
  readonly pinFile: string;
}

export function demoPlaces(folder: string): DemoPlaces {
  return {
    repository: { url: join(folder, 'war-room.git'), branch: DEFAULT_BRANCH, refNamespace: DEFAULT_REF_NAMESPACE },
    cacheDir: join(folder, 'client'),
    stateDir: join(folder, 'processor'),
    processorConfig: join(folder, 'processor.yaml'),
    processorLog: join(folder, 'processor.log'),
    workTree: join(folder, 'war-room'),
    keyFile: join(folder, 'id_ed25519'),
    trustDir: join(folder, 'trust'),
    pinFile: join(folder, 'processor-keys'),
  };
}

/** Makes the bare repository, as `init` does, with this host registered. */
export async function createDemoWarRoom(
  places: DemoPlaces,
  options: {
    readonly env: Environment;
    readonly clock: Clock;
    readonly random: RandomBytes;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { env, clock, random, signal } = options;
  const { repository, cacheDir } = places;
  const { scaffoldRepository } = await import('../../composition.ts');
  const redaction = createRedaction({ knownValues: [], key: random(32) });
  const [version, schemas] = await Promise.all([readVersion(), readSchemaFiles()]);
  const registration = clusterRegistration(DEMO_CLUSTER, { type: 'host', description: 'The machine of this demo' });
  const documents = [
    ...warRoomFiles({ branch: repository.branch, version, schemas, owners: [], hasWorkflow: true, now: clock.now() }),
    { path: clusterPath(DEMO_CLUSTER), content: formatYaml('ClusterRegistration', registration) },
  ];
  const files = await Promise.all(
    documents.map(async ({ path, content }) => ({ path, content: await redaction.redact(content) })),
  );
  await scaffoldRepository({ repository, files, env, cacheDir, mayAdd: () => Promise.resolve(true), signal });
}

/** Writes the configuration of a processor for this host and reads it like every other one. */
export async function demoProcessorSettings(
  places: DemoPlaces,
  { env, engine }: { readonly env: Environment; readonly engine: ProcessorSettings['engine'] },
): Promise<ProcessorSettings> {
  const { repository, stateDir, trustDir, processorConfig } = places;
  const text = formatYaml('ProcessorConfig', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'ProcessorConfig',
    cluster: { name: DEMO_CLUSTER, type: 'host' },
    holder: 'demo-processor',
    trust: 'required',
    trustDir,
    repository: { url: repository.url, branch: repository.branch },
    stateDir,
    target: { kind: 'local' },
    engine,
    concurrency: 1,
    polling: { minSeconds: 0.2, maxSeconds: 0.2 },
    progressSeconds: 0,
    indexSeconds: 0,
    pushesPerMinute: 100_000,
  });
  await writeFile(processorConfig, text, { mode: 0o600 });
  return await loadProcessorConfig(processorConfig, { env: withoutBrakes(env) });
}

/** What is set for a real processor on this machine is not meant for the demo. */
function withoutBrakes(env: Environment): Environment {
  const isBraked = environmentValue(env, 'WARROOM_PAUSE') !== undefined;
  return isBraked ? { ...env, WARROOM_PAUSE: undefined } : env;
}
