import { join } from 'node:path';
import { audited, openAudit, openOwnLedger } from './composition-journal.ts';
import { openAdministrators, openSigning } from './composition-signing.ts';
import { openOwnWarRoom } from './composition-war-room.ts';
import type { ClusterAccess } from './cluster-broker/open-cluster-access.ts';
import { programPath, type Environment } from './config/environment.ts';
import { readVersion } from './config/package-version.ts';
import type { ProcessorSettings } from './config/processor-settings.ts';
import type { ProcessorEvent } from './domain/events.ts';
import type { RedactedText } from './domain/redacted-text.ts';
import type { OpenAppendFile } from './lib/append-file.ts';
import { runChild } from './lib/child-process.ts';
import { systemClock, type Clock } from './lib/clock.ts';
import type { CloseStack } from './lib/close-stack.ts';
import { createFailpoint } from './lib/failpoint.ts';
import { randomHex, systemRandom } from './lib/random-text.ts';
import { createTokenBucket } from './lib/token-bucket.ts';
import type { ProcessorContext } from './processor/context.ts';
import type { EngineKeeper } from './processor/engine-keeper.ts';
import type { RedactionThread } from './redaction/thread.ts';

/** The part of composition that opens everything that the parts of a running processor share. */

interface ContextOptions {
  readonly settings: ProcessorSettings;
  readonly env: Environment;
  readonly emit: (event: ProcessorEvent) => void;
  readonly openStateFile?: OpenAppendFile;
  readonly clock?: Clock;
}

/** Time for deliveries to end after everything else did; what is left waits for the next start. */
const PUBLISHER_GRACE_MS = 3000;

/** Adds to `opened` what it has opened, at once: a start that is refused half-way leaves nothing open. */
export async function createContext(
  { settings, env, emit: tell, openStateFile: openFile, clock = systemClock }: ContextOptions,
  { thread, opened }: { readonly thread: RedactionThread; readonly opened: CloseStack },
): Promise<ProcessorContext> {
  const [
    { loadPlaybooks, builtinPlaybookDir },
    { openOutbox },
    { createPolicyGate, policyPath },
    { openPolicyFile },
    { openAccessWatch, openClusters, openHosts, openTarget },
    { openPublishers },
    { openSessions },
  ] = await Promise.all([
    import('./playbook/load-playbooks.ts'),
    import('./processor/outbox.ts'),
    import('./processor/policy-gate.ts'),
    import('./policy/policy-file.ts'),
    import('./composition-targets.ts'),
    import('./composition-publishers.ts'),
    import('./composition-sessions.ts'),
  ]);
  // First of all: without a good policy nothing is opened.
  const policyFile = policyPath(settings);
  const policy = policyFile === undefined ? undefined : await openPolicyFile(policyFile, systemClock);
  const path = programPath(env);
  const warRoom = await openOwnWarRoom(settings, { path, emit: tell });
  opened.add(async () => {
    await warRoom.close();
  });
  const audit = await openAudit(settings, { emit: tell, openFile });
  opened.add(async () => {
    await audit.close();
  });
  const emit = audited(audit, tell);

  const access = await openClusters(settings, env, emit);
  const createRedaction = await openRedaction(settings, { access, thread });
  const target = await openTarget(settings, access, path);
  opened.add(async () => {
    await target.close();
  });
  let identity = await target.identify();
  const ledger = await openOwnLedger(settings, { openFile, clock });
  opened.add(async () => {
    await ledger.close();
  });
  const { trustFolder, ...signing } = await openSigning(settings, { path, emit });
  const git = await readGitVersion(path);
  const engines = await openEngines(settings, { env, emit });
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
      : createPolicyGate({ file: policy, trust, cluster, playbooks, ledger, spentToday, clock, emit });
  const verify = async (text: string): Promise<RedactedText> => await (await createRedaction()).verify(text);
  const publishers = await openPublishers({ settings, env, emit, verify, createRedaction });
  opened.add(async () => {
    await publishers?.close(PUBLISHER_GRACE_MS);
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
    ...(await openSessions(settings, { engines, emit })),
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
    clock,
    random: systemRandom,
    emit,
    ...signing,
    audit,
    verifyAdministrator: await openAdministrators(trustFolder, { gate, path }),
    failpoint: createFailpoint(settings.failpoint),
    createRedaction,
    pushBudget: createTokenBucket({ capacity: 10, perMinute: settings.pushesPerMinute, clock: systemClock }),
    incarnation: randomHex(8, systemRandom),
    versions: {
      'claude-warroom': await readVersion(),
      node: process.versions.node,
      ...(git === undefined ? {} : { git }),
    },
  };
}

/** Sessions know the secrets of this moment: those that are configured, and those of the clusters that are read. */
async function openRedaction(
  settings: ProcessorSettings,
  { access, thread }: { readonly access: ClusterAccess | undefined; readonly thread: RedactionThread },
): Promise<ProcessorContext['createRedaction']> {
  const { createRedaction } = await import('./redaction/create-redaction.ts');
  const obfuscate = { ...settings.obfuscate, keep: [settings.cluster.name, settings.holder] };
  return async (use) =>
    createRedaction({
      knownValues: [...(await settings.readKnownValues()), ...((await access?.knownValues()) ?? [])],
      key: systemRandom(32),
      thread,
      ...(use === 'result' ? { obfuscate } : {}),
    });
}

/** Claude, and where its agents run: beside this process, or as Jobs. */
async function openEngines(
  settings: ProcessorSettings,
  { env, emit }: Pick<ContextOptions, 'env' | 'emit'>,
): Promise<EngineKeeper> {
  const [{ openClaudeEngine }, { EngineKeeper }] = await Promise.all([
    import('./claude/open-engine.ts'),
    import('./processor/engine-keeper.ts'),
  ]);
  const { jobs } = settings;
  const openExecutor =
    jobs === undefined
      ? undefined
      : (await import('./composition-executor.ts')).openJobExecutor(settings, jobs, { env, emit });
  return await EngineKeeper.open({
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
