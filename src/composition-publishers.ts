import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './config/environment.ts';
import type { ProcessorSettings, PublisherSettings } from './config/processor-settings.ts';
import { readSecretFile } from './config/read-secret-file.ts';
import { WarroomError } from './domain/errors.ts';
import type { ProcessorEvent } from './domain/events.ts';
import type { RedactedText } from './domain/redacted-text.ts';
import { systemClock } from './lib/clock.ts';
import type { ExtraPublishers } from './publisher/extra-publishers.ts';
import type { Publisher } from './publisher/port.ts';
import type { ObjectStore, StoreCredential } from './publisher/s3/object-store.ts';
import type { Redaction } from './redaction/create-redaction.ts';
import type { ClientObjectStore, ConfigMapPublisherConfig, S3PublisherConfig } from './schema/generated.ts';

/** Places besides Git become adapters here; those that are not configured are not even loaded. */

export interface OpenPublishersOptions {
  readonly settings: ProcessorSettings;
  readonly env: Environment;
  readonly emit: (event: ProcessorEvent) => void;
  readonly verify: (text: string) => Promise<RedactedText>;
  readonly createRedaction: () => Promise<Redaction>;
}

/** Results that wait for one publisher: more than a bad week. What goes for them is in Git. */
const QUEUE = { maxEntries: 500, maxBytes: 128 * 1024 * 1024 };

export async function openPublishers(options: OpenPublishersOptions): Promise<ExtraPublishers | undefined> {
  const { settings, emit, verify } = options;
  const { publishers = [], stateDir } = settings;
  if (publishers.length === 0) return undefined;
  const [{ ExtraPublishers }, { openPublisherQueue }, { publisherFolder }] = await Promise.all([
    import('./publisher/extra-publishers.ts'),
    import('./publisher/queue.ts'),
    import('./publisher/waiting.ts'),
  ]);
  const lanes = [];
  for (const each of publishers) {
    const folder = publisherFolder(stateDir, each.kind);
    lanes.push({
      publisher: await openPublisher(each, options),
      queue: await openPublisherQueue({ folder, verify, ...QUEUE }),
    });
  }
  return new ExtraPublishers({ lanes, clock: systemClock, random: Math.random, emit });
}

async function openPublisher(publisher: PublisherSettings, options: OpenPublishersOptions): Promise<Publisher> {
  switch (publisher.kind) {
    case 's3':
      return await openS3(publisher.s3);
    case 'configmap':
      return await openConfigMap(publisher.configmap, options);
  }
}

async function openS3(config: S3PublisherConfig): Promise<Publisher> {
  const [{ openObjectStore }, { createS3Publisher }] = await Promise.all([
    import('./publisher/s3/object-store.ts'),
    import('./publisher/s3/s3-publisher.ts'),
  ]);
  const { bucket, endpoint, region, pathStyle, caFile, prefix = '', aboveKiB = 256, timeoutSeconds = 20 } = config;
  const store = openObjectStore({
    ...{ bucket, endpoint, region, pathStyle },
    readAuthority: caFile === undefined ? undefined : () => readAuthority(caFile),
    readCredential: () => readStoreCredential(config),
  });
  return createS3Publisher({ store, prefix, aboveBytes: aboveKiB * 1024, timeoutMs: timeoutSeconds * 1000 });
}

async function readStoreCredential(config: S3PublisherConfig): Promise<StoreCredential> {
  const read = async (file: string): Promise<string> => {
    const text = await readSecretFile(file);
    if (text !== undefined && /^[\x21-\x7e]+$/u.test(text)) return text;
    throw new WarroomError('authentication', 'cannot read the access key of the object store', {
      why: `${file} does not hold one line of text`,
      hint: 'see that the file is there and readable for the processor',
    });
  };
  return {
    accessKeyId: await read(config.accessKeyIdFile),
    secretAccessKey: await read(config.secretAccessKeyFile),
  };
}

async function readAuthority(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new WarroomError('usage', 'cannot read the certificate authority of the object store', {
      why: `${file} is not there or not readable`,
      hint: 'correct caFile',
      cause,
    });
  });
}

async function openConfigMap(
  config: ConfigMapPublisherConfig,
  { env, createRedaction }: OpenPublishersOptions,
): Promise<Publisher> {
  const [{ createConfigMapPublisher }, { openKubernetesClient }, { readInClusterAccess, readKubeconfig }] =
    await Promise.all([
      import('./publisher/configmap/configmap-publisher.ts'),
      import('./kubernetes/client.ts'),
      import('./cluster-broker/kubeconfig.ts'),
    ]);
  const { accountDir, kubeconfigFile, keep = 50 } = config;
  const load = async (): ReturnType<typeof readKubeconfig> => {
    if (kubeconfigFile !== undefined) return await readKubeconfig(kubeconfigFile);
    const access = accountDir === undefined ? undefined : await readInClusterAccess(env, accountDir);
    if (access !== undefined) return access;
    throw new WarroomError('not-found', 'cannot use the account of the configmap publisher', {
      why: `${accountDir ?? ''} has no ca.crt, or this is no pod`,
      hint: 'mount the Secret claude-results-writer there, or name a kubeconfigFile',
    });
  };
  return createConfigMapPublisher({
    keep,
    redact: async (text) => await (await createRedaction()).redact(text),
    openClient: async () => {
      const own = accountDir === undefined ? undefined : await readSecretFile(join(accountDir, 'namespace'));
      const namespace = config.namespace ?? own;
      if (namespace !== undefined && namespace !== '') return await openKubernetesClient({ load, namespace });
      throw new WarroomError('not-found', 'the configmap publisher does not know its namespace', {
        why: `${accountDir ?? ''} has no file namespace`,
        hint: 'mount the Secret claude-results-writer there, or set publishers[].configmap.namespace',
      });
    },
  });
}

/** A store that somebody reads with a credential of their own. */
export async function openReaderStore(config: ClientObjectStore, env: Environment): Promise<ObjectStore> {
  const { openObjectStore } = await import('./publisher/s3/object-store.ts');
  const { bucket, endpoint, region, pathStyle, caFile } = config;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  const credential =
    accessKeyId === undefined || secretAccessKey === undefined
      ? undefined
      : { accessKeyId, secretAccessKey, ...(token === undefined ? {} : { sessionToken: token }) };
  return openObjectStore({
    ...{ bucket, endpoint, region, pathStyle },
    readAuthority: caFile === undefined ? undefined : () => readAuthority(caFile),
    ...(credential === undefined ? {} : { readCredential: () => Promise.resolve(credential) }),
  });
}
