import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './config/environment.ts';
import type { ProcessorSettings } from './config/processor-settings.ts';
import { WarroomError } from './domain/errors.ts';
import type { ProcessorEvent } from './domain/events.ts';
import type { AgentExecutor } from './executor/executor.ts';
import type { RedactedText } from './domain/redacted-text.ts';
import type { HeldLease } from './kubernetes/hold-lease.ts';
import type { OpenAppendFile } from './lib/append-file.ts';
import { runChild } from './lib/child-process.ts';
import { systemClock } from './lib/clock.ts';
import { createCloseStack, type CloseStack } from './lib/close-stack.ts';
import { createFailpoint } from './lib/failpoint.ts';
import { takeLockFile } from './lib/lock-file.ts';
import { randomHex, systemRandom } from './lib/random-text.ts';
import { createTokenBucket } from './lib/token-bucket.ts';
import { readVersion } from './config/package-version.ts';
import type { ProcessorContext } from './processor/context.ts';
import type { LeftOpen } from './processor/first-look.ts';
import type { RedactionThread } from './redaction/thread.ts';
import type { CloneOptions } from './repository/git/clone-work-tree.ts';
import type { ProcessorCredentials } from './repository/git/git-environment.ts';
import type { ProbeOptions, RepositoryProbe } from './repository/git/probe-repository.ts';
import type { Scaffolded, ScaffoldFile, ScaffoldRepositoryOptions } from './repository/git/scaffold-repository.ts';
import type { WarRoom } from './repository/port.ts';
import type { TrustFolder } from './signature/trust-folder.ts';
import type { Target } from './target/port.ts';

/** Configuration becomes adapters here and nowhere else; each adapter is loaded when it is needed. */

/** Who commits for people; the files themselves say who asks. */
const CLIENT = { name: 'claude-warroom', email: 'claude-warroom@localhost' };

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

export interface OpenWarRoomOptions {
  readonly repository: { readonly url: string; readonly branch: string; readonly refNamespace: string };
  readonly cacheDir: string;
  readonly env: Environment;
  readonly committer?: { readonly name: string; readonly email: string };
  /** Told about each git process. */
  readonly onGitRun?: (args: readonly string[], result: { readonly exit: number; readonly ms: number }) => void;
}

/** The war room with the person's own git configuration. */
export async function openWarRoom(options: OpenWarRoomOptions): Promise<WarRoom> {
  const { openClientWarRoom } = await import('./repository/git/open-git-war-room.ts');
  return openClientWarRoom({
    repository: options.repository,
    cacheDir: options.cacheDir,
    env: options.env,
    clock: systemClock,
    committer: options.committer ?? CLIENT,
    ...(options.onGitRun === undefined ? {} : { onRun: options.onGitRun }),
  });
}

export interface GitUser {
  readonly name?: string;
  readonly email?: string;
  readonly signingKey?: string;
  readonly signingFormat?: string;
}

/** What git knows about the person; nothing when git itself cannot be asked. */
export async function readGitUser(options: { readonly env: Environment; readonly cwd: string }): Promise<GitUser> {
  const git = await import('./repository/git/git-user.ts');
  return await git.readGitUser(options);
}

export type { Scaffolded, ScaffoldFile };

/** Makes a repository a war room, with the person's own git configuration. */
export async function scaffoldRepository(
  options: Omit<ScaffoldRepositoryOptions, 'clock' | 'committer'> & Pick<OpenWarRoomOptions, 'committer'>,
): Promise<Scaffolded> {
  const git = await import('./repository/git/scaffold-repository.ts');
  return await git.scaffoldRepository({ ...options, clock: systemClock, committer: options.committer ?? CLIENT });
}

export type { RepositoryProbe };

/** A look at the repository that changes nothing, for `doctor`. */
export async function probeRepository(options: ProbeOptions): Promise<RepositoryProbe> {
  const git = await import('./repository/git/probe-repository.ts');
  return await git.probeRepository(options);
}

/** Whether a work tree of the war room is in a folder already; throws `usage` when something else is. */
export async function workTreeState(options: CloneOptions): Promise<'absent' | 'present'> {
  const git = await import('./repository/git/clone-work-tree.ts');
  return await git.workTreeState(options);
}

/** Clones a work tree of the war room for people to look into. */
export async function cloneWorkTree(options: CloneOptions): Promise<'cloned' | 'present'> {
  const git = await import('./repository/git/clone-work-tree.ts');
  return await git.cloneWorkTree(options);
}

/** The war room with the credentials of a processor, for its administrator; beside the mirror of the processor itself. */
export async function openZoneWarRoom({
  settings,
  env,
}: {
  readonly settings: ProcessorSettings;
  readonly env: Environment;
}): Promise<WarRoom> {
  const { openProcessorWarRoom } = await import('./repository/git/open-git-war-room.ts');
  const stateDir = join(settings.stateDir, 'administrator');
  await mkdir(join(stateDir, 'home'), { recursive: true, mode: 0o700 });
  return openProcessorWarRoom({
    repository: settings.repository,
    clock: systemClock,
    committer: CLIENT,
    stateDir,
    path: env['PATH'] ?? DEFAULT_PATH,
    credentials: credentialsOf(settings),
  });
}

export interface RunProcessorOptions {
  readonly settings: ProcessorSettings;
  readonly env: Environment;
  readonly once: boolean;
  readonly acceptTip?: string;
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
  readonly emit: (event: ProcessorEvent) => void;
  /** Opens the ledger and the audit log; tests put in a disk that fails. */
  readonly openStateFile?: OpenAppendFile;
}

/**
 * Opens everything a processor needs, runs it, and closes everything again. With `once` it resolves to the requests that
 * were pending at its first look and have no end.
 */
export async function runProcessor(options: RunProcessorOptions): Promise<readonly LeftOpen[]> {
  const { settings } = options;
  await mkdir(join(settings.stateDir, 'home'), { recursive: true, mode: 0o700 });
  const lock = await takeLockFile(join(settings.stateDir, 'lock'));
  if (lock === undefined) {
    throw new WarroomError('locked', `another processor uses ${settings.stateDir}`, {
      why: 'two processes with one ledger could run a request twice',
      hint: 'stop the other one, or set stateDir',
    });
  }
  try {
    const { withMetrics } = await import('./composition-metrics.ts');
    return await withMetrics(settings, options.emit, async (emit) => await runUnderLease({ ...options, emit }));
  } finally {
    await lock.release();
  }
}

/** With Jobs another replica may wait for its turn. */
async function runUnderLease(options: RunProcessorOptions): Promise<readonly LeftOpen[]> {
  const lease = await leaseOf(options);
  let left: readonly LeftOpen[];
  try {
    left = await work(options, lease?.lost);
  } finally {
    await lease?.release();
  }
  if (lease?.lost.aborted === true) {
    throw new WarroomError('locked', 'the processor has lost its Lease and stopped', {
      why: 'it could not be renewed in time, so another processor may work by now',
      hint: 'look at the API server; the processor waits for the Lease when it starts again',
    });
  }
  return left;
}

/** Ends at once when `lost` says that another processor may work. */
async function work(options: RunProcessorOptions, lost: AbortSignal | undefined): Promise<readonly LeftOpen[]> {
  const { createRedactionThread } = await import('./redaction/thread.ts');
  const opened = createCloseStack();
  const thread = createRedactionThread();
  opened.add(async () => {
    await thread.close();
  });
  const or = (signal: AbortSignal): AbortSignal => (lost === undefined ? signal : AbortSignal.any([signal, lost]));
  try {
    const context = await createContext(options, { thread, opened });
    const processor = await import('./processor/run-processor.ts');
    await refusePublic(context, options);
    const { withCanaries } = await import('./composition-canary.ts');
    const { settings, env } = options;
    return await withCanaries(
      {
        settings,
        credentials: credentialsOf(settings),
        path: env['PATH'] ?? DEFAULT_PATH,
        processorKey: context.key.fingerprint,
        // Who runs once wants to be done.
        isWanted: !options.once,
        stop: or(options.stop),
        emit: context.emit,
      },
      async () =>
        await processor.runProcessor(context, {
          once: options.once,
          stop: or(options.stop),
          abort: or(options.abort),
          ...(options.acceptTip === undefined ? {} : { acceptTip: options.acceptTip }),
        }),
    );
  } finally {
    await opened.close();
  }
}

/** Only where there is a cluster to hold it in. */
async function leaseOf({ settings, env, emit, stop }: RunProcessorOptions): Promise<HeldLease | undefined> {
  if (settings.jobs === undefined) return undefined;
  const { holdProcessorLease } = await import('./composition-executor.ts');
  return await holdProcessorLease(settings, settings.jobs, { env, emit, signal: stop });
}

async function executorOf(
  settings: ProcessorSettings,
  env: Environment,
  emit: (event: ProcessorEvent) => void,
): Promise<((claudeVersion: string) => Promise<AgentExecutor>) | undefined> {
  if (settings.jobs === undefined) return undefined;
  const { openJobExecutor } = await import('./composition-executor.ts');
  return openJobExecutor(settings, settings.jobs, { env, emit });
}

/** Time for deliveries to end after everything else did; what is left waits for the next start. */
const PUBLISHER_GRACE_MS = 3000;

/** What happens at every look matters to nobody later. */
const UNAUDITED = new Set<ProcessorEvent['type']>([
  'synced',
  'sync-failed',
  'progress',
  'claim-lost',
  'phase-ended',
  'pushed',
  'disk-full',
]);

/** Adds to `opened` what it has opened, at once: a start that is refused half-way leaves nothing open. */
async function createContext(
  { settings, env, emit: tell, openStateFile }: RunProcessorOptions,
  { thread, opened }: { readonly thread: RedactionThread; readonly opened: CloseStack },
): Promise<ProcessorContext> {
  const [
    { openProcessorWarRoom },
    { loadPlaybooks, builtinPlaybookDir },
    { openLedger },
    { openOutbox },
    { createRedaction },
    { openClaudeEngine },
    { createPolicyGate, policyPath },
    { openPolicyFile },
    { openAuditLog },
    { openAccessWatch, openClusters, openHosts, openTarget },
    { openPublishers },
    { openSessions },
    { EngineKeeper },
  ] = await Promise.all([
    import('./repository/git/open-git-war-room.ts'),
    import('./playbook/load-playbooks.ts'),
    import('./admission/ledger.ts'),
    import('./processor/outbox.ts'),
    import('./redaction/create-redaction.ts'),
    import('./claude/open-engine.ts'),
    import('./processor/policy-gate.ts'),
    import('./policy/policy-file.ts'),
    import('./zone/audit-log.ts'),
    import('./composition-targets.ts'),
    import('./composition-publishers.ts'),
    import('./composition-sessions.ts'),
    import('./processor/engine-keeper.ts'),
  ]);
  // First of all: without a good policy nothing is opened.
  const policyFile = policyPath(settings);
  const policy = policyFile === undefined ? undefined : await openPolicyFile(policyFile, systemClock);
  const { repository } = settings;
  const path = env['PATH'] ?? DEFAULT_PATH;
  const warRoom = openProcessorWarRoom({
    repository,
    clock: systemClock,
    committer: {
      name: `claude-warroom processor ${settings.holder}`,
      email: `processor@${settings.cluster.name}.invalid`,
    },
    stateDir: settings.stateDir,
    path,
    credentials: credentialsOf(settings),
    onPush: (push) => {
      tell({ type: 'pushed', ...push });
    },
  });
  opened.add(async () => {
    await warRoom.close();
  });
  const audit = await openAuditLog({
    file: settings.audit.file,
    syslog: settings.audit.syslog,
    clock: systemClock,
    maxBytes: (settings.retention.megabytes * 1024 * 1024) / 2,
    openFile: openStateFile,
    onExport: (message) => {
      tell({ type: 'warning', code: 'audit-export', message });
    },
  });
  opened.add(async () => {
    await audit.close();
  });
  const emit = (event: ProcessorEvent): void => {
    tell(event);
    const { type, ...fields } = event;
    if (!UNAUDITED.has(type)) audit.record({ event: type, ...fields });
  };
  const access = await openClusters(settings, env, emit);
  const obfuscate = { ...settings.obfuscate, keep: [settings.cluster.name, settings.holder] };
  const createSession: ProcessorContext['createRedaction'] = async (use) =>
    createRedaction({
      knownValues: [...(await settings.readKnownValues()), ...((await access?.knownValues()) ?? [])],
      key: systemRandom(32),
      thread,
      ...(use === 'result' ? { obfuscate } : {}),
    });
  const target = await openTarget(settings, access, path);
  opened.add(async () => {
    await target.close();
  });
  let identity = await target.identify();
  const ledger = await openLedger({
    file: join(settings.stateDir, 'ledger.jsonl'),
    clock: systemClock,
    keepMs: settings.retention.days * 86_400_000,
    maxBytes: (settings.retention.megabytes * 1024 * 1024) / 2,
    openFile: openStateFile,
  });
  opened.add(async () => {
    await ledger.close();
  });
  const { trustFolder, ...signing } = await openSigning({ settings, emit }, path);
  const git = await readGitVersion(path);
  const openExecutor = await executorOf(settings, env, emit);
  const engines = await EngineKeeper.open({
    engine: settings.engine,
    open: async () =>
      await openClaudeEngine({
        ...{ settings, env, openExecutor },
        uid: process.getuid?.(),
        clock: systemClock,
        random: systemRandom,
      }),
    clock: systemClock,
    emit,
  });
  opened.add(async () => {
    await engines.close();
  });
  const playbooks = await loadPlaybooks({
    builtinDir: builtinPlaybookDir(),
    ...(settings.playbookDir === undefined ? {} : { siteDir: settings.playbookDir }),
  });
  const rights = await openAccessWatch(settings, access, {
    playbooks: playbooks.map(({ playbook }) => playbook),
    emit,
  });
  opened.add(async () => {
    await rights?.close();
  });
  await rights?.look();
  const { trust, cluster } = settings;
  const spentToday = (principal: string): number => engines.engine?.spentToday(principal) ?? 0;
  const gate =
    policy === undefined
      ? undefined
      : createPolicyGate({ file: policy, trust, cluster, playbooks, ledger, spentToday, clock: systemClock, emit });
  const verify = async (text: string): Promise<RedactedText> => await (await createSession()).verify(text);
  const publishers = await openPublishers({ settings, env, emit, verify, createRedaction: createSession });
  opened.add(async () => {
    await publishers?.close(PUBLISHER_GRACE_MS);
  });
  const { createVerifyAdministrator } = await import('./zone/signed-file.ts');
  // Without a policy there are no administrators: nothing counts that only they may sign.
  const verifyAdministrator =
    trustFolder === undefined || gate === undefined
      ? undefined
      : createVerifyAdministrator({
          trust: trustFolder,
          isAdministrator: (principal) => gate.isAdministrator(principal),
          clock: systemClock,
          path,
        });
  return {
    settings,
    warRoom,
    ledger,
    outbox: await openOutbox(join(settings.stateDir, 'outbox'), verify),
    ...(publishers === undefined ? {} : { publishers }),
    target: {
      ...target,
      identify: async (signal) => {
        identity = await target.identify(signal);
        return identity;
      },
    },
    // A cluster that did not answer at the start says who it is when it does.
    get identity() {
      return identity;
    },
    ...(settings.target.kind === 'inventory' ? { hosts: await openHosts(settings.target.inventoryFile) } : {}),
    ...(rights === undefined ? {} : { access: rights }),
    ...(await openSessions(settings, engines.engine)),
    playbooks,
    engines,
    // One that was lost at the start may be found later.
    get claude() {
      return engines.engine;
    },
    get noClaude() {
      return engines.why;
    },
    get warnings() {
      return engines.warnings;
    },
    policy: gate,
    clock: systemClock,
    random: systemRandom,
    emit,
    ...signing,
    audit,
    verifyAdministrator,
    failpoint: createFailpoint(settings.failpoint),
    createRedaction: createSession,
    pushBudget: createTokenBucket({ capacity: 10, perMinute: settings.pushesPerMinute, clock: systemClock }),
    incarnation: randomHex(8, systemRandom),
    versions: {
      'claude-warroom': await readVersion(),
      node: process.versions.node,
      ...(git === undefined ? {} : { git }),
    },
  };
}

function credentialsOf(settings: ProcessorSettings): ProcessorCredentials {
  const { credential, proxy } = settings.repository;
  return {
    readToken: () => settings.readToken(),
    username: credential?.username,
    sshKeyFile: credential?.sshKeyFile,
    knownHostsFile: credential?.knownHostsFile,
    caFile: credential?.caFile,
    proxy,
  };
}

/** The key that signs results, and whose signatures count. */
async function openSigning(
  { settings, emit }: Pick<RunProcessorOptions, 'settings' | 'emit'>,
  path: string,
): Promise<Pick<ProcessorContext, 'key' | 'verifier'> & { readonly trustFolder: TrustFolder | undefined }> {
  const [{ openProcessorKey }, { openTrustFolder, ALLOWED_SIGNERS_FILE }, { createSignatureVerifier }] =
    await Promise.all([
      import('./signature/processor-key.ts'),
      import('./signature/trust-folder.ts'),
      import('./signature/signature-verifier.ts'),
    ]);
  const { stateDir, trust, trustDir, signingKeyFile } = settings;
  const key = await openProcessorKey({ file: signingKeyFile, stateDir, path });
  if (trustDir === undefined && trust === 'required') throw new Error('trust is required without a trustDir');
  // An open war room may have a policy without keys.
  if (trustDir === undefined || (trust === 'open' && !existsSync(join(trustDir, ALLOWED_SIGNERS_FILE)))) {
    return { key, verifier: undefined, trustFolder: undefined };
  }
  const trustFolder = await openTrustFolder({
    dir: trustDir,
    privateDir: join(stateDir, 'trust'),
    onProblem: (message) => {
      emit({ type: 'warning', code: 'trust', message: `the last good keys stay in force: ${message}` });
    },
  });
  const verifier =
    trust === 'open' ? undefined : createSignatureVerifier({ folder: trustFolder, clock: systemClock, path });
  return { key, verifier, trustFolder };
}

/** Results must not become public by a mistake in the settings of a host. */
async function refusePublic(context: ProcessorContext, { settings, env, abort }: RunProcessorOptions): Promise<void> {
  const [{ refusePublicRemote }, { anonymousAccess }] = await Promise.all([
    import('./processor/refuse-public-remote.ts'),
    import('./repository/git/anonymous-access.ts'),
  ]);
  const { url, credential, proxy } = settings.repository;
  const path = env['PATH'] ?? DEFAULT_PATH;
  await refusePublicRemote(context, () =>
    anonymousAccess({ url, path, caFile: credential?.caFile, proxy, signal: abort }),
  );
}

/** `2.39.5`; undefined when git does not say it, which the war room itself reports better. */
async function readGitVersion(path: string): Promise<string | undefined> {
  const { stdout } = await runChild({
    argv: ['git', '--version'],
    env: { PATH: path, LC_ALL: 'C' },
    timeoutMs: 5000,
    maxBytes: 1024,
  });
  return /^git version (\S{1,80})/u.exec(stdout.toString('utf8'))?.[1];
}

/** The machine that this process runs on, for playbooks that are run by hand. */
export async function openLocalTarget(): Promise<Target> {
  const { createLocalTarget } = await import('./target/local/local-target.ts');
  return createLocalTarget({ clock: systemClock });
}
