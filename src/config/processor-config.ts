import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import { isLocalAddress } from '../domain/is-local-address.ts';
import type {
  KnownValueSource,
  ProcessorAudit,
  ProcessorBroker,
  ProcessorCanary,
  ProcessorClaude,
  ProcessorExecutor,
  ProcessorConfig,
  ProcessorCredential,
  ProcessorPrometheus,
  ProcessorRepository,
  ProcessorSessionModel,
  ProcessorSessions,
  ProcessorTarget,
  SshTargetConfig,
} from '../schema/generated.ts';
import { environmentValue, type Environment } from './environment.ts';
import { environmentSecrets, readKnownValue } from './known-values.ts';
import { AGENT_DEFAULTS, SESSION_DEFAULTS } from './pod-defaults.ts';
import { resolvePublishers, storeSecrets } from './publisher-settings.ts';
import type {
  CanarySettings,
  JobSettings,
  ProcessorRepositorySettings,
  ProcessorSettings,
  SessionModelSettings,
  SessionSettings,
  TargetSettings,
} from './processor-settings.ts';
import { readConfigFile } from './read-config-file.ts';
import { readSecretFile } from './read-secret-file.ts';
import { DEFAULT_BRANCH, DEFAULT_REF_NAMESPACE, resolveAddress } from './repository-defaults.ts';

const DEFAULTS = {
  engine: 'auto',
  concurrency: 2,
  maxTimeout: 1800,
  polling: { minSeconds: 10, maxSeconds: 60 },
  lease: { seconds: 120, renewSeconds: 40 },
  progressSeconds: 15,
  announceSeconds: 600,
  indexSeconds: 120,
  stopSeconds: 280,
  predecessorSeconds: 300,
  pushesPerMinute: 6,
  retention: { days: 30, megabytes: 256 },
  canary: { everyMinutes: 60, deadlineSeconds: 900, strategy: 'general' },
  sessions: SESSION_DEFAULTS,
  disclosure: { publish: 'full', hold: false, allowPublicRemote: false },
} as const;

/** Reads the configuration of a processor: defaults < file < environment. Secrets are read when they are asked for. */
export async function loadProcessorConfig(
  path: string,
  options: { readonly env: Environment },
): Promise<ProcessorSettings> {
  const { env } = options;
  const file = resolve(path);
  const config = await readConfigFile('ProcessorConfig', file);
  if (config === undefined) {
    throw new WarroomError('usage', `the configuration file ${file} does not exist`, {
      why: 'a processor needs one',
      hint: 'name it with  claude-warroom processor run -c FILE',
    });
  }
  const folder = dirname(file);
  const repository = resolveRepository(config.repository, folder);
  const stateDir = resolve(folder, config.stateDir);
  refuseOpenTrust(config.trust, repository.url);
  const pauseReason = environmentValue(env, 'WARROOM_PAUSE');
  const failpoint = environmentValue(env, 'WARROOM_FAILPOINT');
  const sources = (config.redaction?.knownValues ?? []).map((source) => resolveSource(source, folder));

  const publishers = resolvePublishers(config.publishers ?? [], folder);

  async function readToken(): Promise<string | undefined> {
    return await readCredentialToken(repository.credential, env);
  }

  return {
    file,
    cluster: config.cluster,
    holder: config.holder ?? defaultHolder(hostname()),
    trust: config.trust,
    ...(config.trustDir === undefined ? {} : { trustDir: resolve(folder, config.trustDir) }),
    ...(config.signingKeyFile === undefined ? {} : { signingKeyFile: resolve(folder, config.signingKeyFile) }),
    repository,
    stateDir,
    pauseFile: config.pauseFile === undefined ? join(stateDir, 'PAUSE') : resolve(folder, config.pauseFile),
    disclosure: { ...DEFAULTS.disclosure, ...config.disclosure },
    audit: resolveAudit(config.audit, { folder, stateDir }),
    ...(config.metrics === undefined ? {} : { metrics: config.metrics }),
    ...(config.canary === undefined ? {} : { canary: resolveCanary(config.canary, config.cluster.name, folder) }),
    target: resolveTarget(config.target ?? { kind: 'local' }, folder),
    ...(config.target?.execRead === true ? { execRead: true } : {}),
    ...(config.broker === undefined ? {} : { broker: resolveBroker(config.broker, folder) }),
    ...(config.sessions === undefined ? {} : { sessions: resolveSessions(config.sessions, folder, env) }),
    engine: config.engine ?? DEFAULTS.engine,
    claude: resolveClaude(config.claude ?? {}, folder),
    ...(config.executor?.kind === 'kubernetes-job' ? { jobs: resolveJobs(config.executor, folder, env) } : {}),
    ...(config.playbookDir === undefined ? {} : { playbookDir: resolve(folder, config.playbookDir) }),
    concurrency: config.concurrency ?? DEFAULTS.concurrency,
    maxTimeout: config.maxTimeout ?? DEFAULTS.maxTimeout,
    polling: config.polling ?? DEFAULTS.polling,
    lease: config.lease ?? DEFAULTS.lease,
    progressSeconds: config.progressSeconds ?? DEFAULTS.progressSeconds,
    announceSeconds: config.announceSeconds ?? DEFAULTS.announceSeconds,
    indexSeconds: config.indexSeconds ?? DEFAULTS.indexSeconds,
    stopSeconds: config.stopSeconds ?? DEFAULTS.stopSeconds,
    predecessorSeconds: config.predecessorSeconds ?? DEFAULTS.predecessorSeconds,
    pushesPerMinute: config.pushesPerMinute ?? DEFAULTS.pushesPerMinute,
    retention: config.retention ?? DEFAULTS.retention,
    ...publishers,
    obfuscate: config.redaction?.obfuscate ?? {},
    ...(pauseReason === undefined ? {} : { pauseReason }),
    ...(failpoint === undefined ? {} : { failpoint }),
    readToken,
    async readKnownValues() {
      const token = await readToken();
      const configured = await Promise.all(sources.map((source) => readKnownValue(source, env)));
      const { apiKeyFile } = config.claude ?? {};
      const key = apiKeyFile === undefined ? undefined : await readSecretFile(resolve(folder, apiKeyFile));
      const tokens = token === undefined ? [] : [{ name: 'git-token', value: token }];
      const metrics = await readMetricsTokens(config, folder);
      const stores = await storeSecrets(publishers.publishers ?? []);
      const keys = key === undefined ? [] : [{ name: 'api-key', value: key }];
      return [...environmentSecrets(env), ...tokens, ...keys, ...metrics, ...stores, ...configured];
    },
  };
}

/** `node1-example-com-processor`: fits a ref, a file name and 63 characters. */
export function defaultHolder(host: string): string {
  const name = host
    .replace(/[^A-Za-z0-9]+/gu, '-')
    .slice(0, 53)
    .replace(/^-+|-+$/gu, '');
  return `${name === '' ? 'host' : name}-processor`;
}

/** The checks of the domain have seen to it that a kind has what it needs. */
function resolveTarget(target: ProcessorTarget, folder: string): TargetSettings {
  const { kind, kubeconfigFile, context, hosted = [], inventoryFile, engine } = target;
  const ssh = target.ssh === undefined ? undefined : resolveSsh(target.ssh, folder);
  const metrics = target.metrics === undefined ? {} : { metrics: resolvePrometheus(target.metrics, folder) };
  if (kind === 'ssh' && ssh !== undefined) return { kind, ssh, ...metrics };
  if (kind === 'inventory' && inventoryFile !== undefined) {
    return { kind, inventoryFile: resolve(folder, inventoryFile) };
  }
  if (kind === 'containers' && engine !== undefined) {
    return { kind, engine, ...(ssh === undefined ? {} : { ssh }), ...metrics };
  }
  if (kind !== 'kubernetes') return { kind: 'local', ...metrics };
  return {
    kind,
    ...(kubeconfigFile === undefined ? {} : { kubeconfigFile: resolve(folder, kubeconfigFile) }),
    ...(context === undefined ? {} : { context }),
    hosted: hosted.map((each) => ({ ...each, kubeconfigFile: resolve(folder, each.kubeconfigFile) })),
  };
}

function resolveSessions({ model, ...rest }: ProcessorSessions, folder: string, env: Environment): SessionSettings {
  return {
    ...DEFAULTS.sessions,
    ...rest,
    kubeconfigFile: resolve(folder, rest.kubeconfigFile),
    ...(model === undefined ? {} : { model: resolveSessionModel(model, env) }),
  };
}

/** The checks of the domain have seen to it that a gateway has an address. */
function resolveSessionModel(model: ProcessorSessionModel, env: Environment): SessionModelSettings {
  const { kind = 'gateway', baseUrl = '', tokenSecret = '', maxUsd = 5, listen } = model;
  if (kind === 'gateway') return { kind, baseUrl, tokenSecret };
  const podIp = environmentValue(env, 'POD_IP') ?? '127.0.0.1';
  const host = listen?.host ?? podIp;
  const isEverywhere = ['0.0.0.0', '::'].includes(host);
  return {
    kind,
    maxUsd,
    listen: { host, port: listen?.port ?? 8444, address: listen?.address ?? (isEverywhere ? podIp : host) },
  };
}

function resolveBroker(broker: ProcessorBroker, folder: string): ProcessorBroker {
  const { prometheus, ...rest } = broker;
  return prometheus === undefined ? rest : { ...rest, prometheus: resolvePrometheus(prometheus, folder) };
}

function resolvePrometheus<T extends ProcessorPrometheus>(access: T, folder: string): T {
  const { tokenFile, caFile } = access;
  return {
    ...access,
    ...(tokenFile === undefined ? {} : { tokenFile: resolve(folder, tokenFile) }),
    ...(caFile === undefined ? {} : { caFile: resolve(folder, caFile) }),
  };
}

function resolveCanary(canary: ProcessorCanary, cluster: string, folder: string): CanarySettings {
  const { keyFile, ...rest } = canary;
  return {
    ...DEFAULTS.canary,
    principal: `canary@${cluster}.invalid`,
    ...rest,
    ...(keyFile === undefined ? {} : { keyFile: resolve(folder, keyFile) }),
  };
}

/** The checks of the domain have seen to it that an image is there. */
function resolveJobs(executor: ProcessorExecutor, folder: string, env: Environment): JobSettings {
  const { credentialDir, kubeconfigFile, namespace, listen, resources } = executor;
  const host = listen?.host ?? environmentValue(env, 'POD_IP') ?? '127.0.0.1';
  return {
    image: executor.image ?? '',
    ...(credentialDir === undefined ? {} : { credentialDir: resolve(folder, credentialDir) }),
    ...(kubeconfigFile === undefined ? {} : { kubeconfigFile: resolve(folder, kubeconfigFile) }),
    ...(namespace === undefined ? {} : { namespace }),
    listen: { host, port: listen?.port ?? 8443, address: listen?.address ?? host },
    maxJobs: executor.maxJobs ?? AGENT_DEFAULTS.maxJobs,
    startSeconds: executor.startSeconds ?? 180,
    ttlSeconds: executor.ttlSeconds ?? 3600,
    resources: { ...AGENT_DEFAULTS.resources, ...resources },
  };
}

/** Paths of the file are meant from its own folder. */
function resolveClaude(claude: ProcessorClaude, folder: string): ProcessorClaude {
  const { binary, apiKeyFile, contextDir, ...rest } = claude;
  return {
    ...rest,
    ...(binary === undefined ? {} : { binary: resolve(folder, binary) }),
    ...(apiKeyFile === undefined ? {} : { apiKeyFile: resolve(folder, apiKeyFile) }),
    ...(contextDir === undefined ? {} : { contextDir: resolve(folder, contextDir) }),
  };
}

function resolveAudit(
  audit: ProcessorAudit | undefined,
  { folder, stateDir }: { readonly folder: string; readonly stateDir: string },
): ProcessorSettings['audit'] {
  return {
    file: audit?.file === undefined ? join(stateDir, 'audit.jsonl') : resolve(folder, audit.file),
    ...(audit?.syslog === undefined ? {} : { syslog: audit.syslog.address }),
  };
}

function resolveSsh(ssh: SshTargetConfig, folder: string): SshTargetConfig {
  const { keyFile, knownHostsFile, jump } = ssh;
  const files = { keyFile: resolve(folder, keyFile), knownHostsFile: resolve(folder, knownHostsFile) };
  if (jump === undefined) return { ...ssh, ...files };
  return {
    ...ssh,
    ...files,
    jump: {
      ...jump,
      ...(jump.keyFile === undefined ? {} : { keyFile: resolve(folder, jump.keyFile) }),
      ...(jump.knownHostsFile === undefined ? {} : { knownHostsFile: resolve(folder, jump.knownHostsFile) }),
    },
  };
}

function resolveRepository(repository: ProcessorRepository, folder: string): ProcessorRepositorySettings {
  return {
    url: resolveAddress(repository.url, folder),
    branch: repository.branch ?? DEFAULT_BRANCH,
    refNamespace: repository.refNamespace ?? DEFAULT_REF_NAMESPACE,
    ...(repository.credential === undefined ? {} : { credential: resolveCredential(repository.credential, folder) }),
    ...(repository.proxy === undefined ? {} : { proxy: repository.proxy }),
  };
}

function resolveCredential(credential: ProcessorCredential, folder: string): ProcessorCredential {
  const files = ['tokenFile', 'sshKeyFile', 'knownHostsFile', 'caFile'] as const;
  const resolved: ProcessorCredential = { ...credential };
  for (const name of files) {
    const file = credential[name];
    if (file !== undefined) resolved[name] = resolve(folder, file);
  }
  return resolved;
}

function resolveSource(source: KnownValueSource, folder: string): KnownValueSource {
  return source.file === undefined ? source : { ...source, file: resolve(folder, source.file) };
}

/** Anybody who can push to an open war room has commands run here, so it may not be reachable from elsewhere. */
function refuseOpenTrust(trust: ProcessorConfig['trust'], url: string): void {
  if (trust !== 'open' || isLocalAddress(url)) return;
  throw new WarroomError('not-allowed', 'trust: open is refused for this repository', {
    why: 'repository.url is neither a local path nor file:// nor a loopback address, so others can push unsigned requests',
    hint: 'set trust: required, or serve a local repository',
  });
}

async function readCredentialToken(
  credential: ProcessorCredential | undefined,
  env: Environment,
): Promise<string | undefined> {
  if (credential?.tokenFile !== undefined) {
    return checkToken(await readSecretFile(credential.tokenFile), `the file ${credential.tokenFile}`);
  }
  if (credential?.tokenEnv !== undefined) {
    return checkToken(environmentValue(env, credential.tokenEnv), `the environment variable ${credential.tokenEnv}`);
  }
  return undefined;
}

/** A file that cannot be read now is told to whoever asks for metrics; it is no reason to withhold results. */
async function readMetricsTokens(
  { broker, target }: ProcessorConfig,
  folder: string,
): Promise<readonly { readonly name: string; readonly value: string }[]> {
  const files = [broker?.prometheus?.tokenFile, target?.metrics?.tokenFile].filter((file) => file !== undefined);
  const values = await Promise.all(files.map(async (file) => await readSecretFile(resolve(folder, file))));
  return values.flatMap((value) => (value === undefined || value === '' ? [] : [{ name: 'metrics-token', value }]));
}

/** git reads a token as one line; a second line would be read as something else. */
function checkToken(token: string | undefined, where: string): string {
  if (token !== undefined && /^[^\p{Cc}]+$/u.test(token)) return token;
  throw new WarroomError('authentication', 'cannot read the token for git', {
    why: `${where} does not hold one line of text`,
    hint: 'correct repository.credential, or provide the token there',
  });
}
