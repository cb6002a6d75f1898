import { resolve } from 'node:path';
import { clientConfigFile } from '../config/client-config.ts';
import { readVersion } from '../config/package-version.ts';
import { readConfigFile } from '../config/read-config-file.ts';
import { DEFAULT_BRANCH, DEFAULT_REF_NAMESPACE } from '../config/repository-defaults.ts';
import { userCacheFolder } from '../config/user-folders.ts';
import type { Scaffolded, ScaffoldFile } from '../composition.ts';
import { isWarroomError, WarroomError } from '../domain/errors.ts';
import { isLocalAddress } from '../domain/is-local-address.ts';
import { createRedaction } from '../redaction/create-redaction.ts';
import { readSchemaFiles } from '../scaffold/schema-files.ts';
import { warRoomFiles } from '../scaffold/war-room-files.ts';
import type { ClientConfig } from '../schema/generated.ts';
import type { CliContext, RepositoryAddress } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { addressFor, shownAddress } from './init-address.ts';
import { configure, type Configured } from './init-config.ts';
import { createPrompts } from './prompts.ts';

export interface InitFlags {
  readonly githubRepo?: string;
  readonly branch?: string;
  readonly dir?: string;
  readonly owner?: readonly string[];
  readonly workflow: boolean;
  readonly yes?: boolean;
}

/** Sets up a war room and this machine for it. Whatever is there stays, so that it can be repeated. */
export async function init(context: CliContext, flags: InitFlags): Promise<ExitCode> {
  const { io, env, cwd, signal } = context;
  const { cloneWorkTree, readGitUser, scaffoldRepository, workTreeState } = await import('../composition.ts');
  const configFile = clientConfigFile({ env, cwd, flags: context.flags });
  const existing = await readConfigFile('ClientConfig', configFile);
  const address = await addressFor(context, { githubRepo: flags.githubRepo, existing, configFile });
  const repository = repositoryOf(address, existing, flags.branch);
  const folder = flags.dir === undefined ? undefined : resolve(cwd, flags.dir);
  // What cannot end well is refused before anything is pushed.
  if (folder !== undefined) await workTreeState({ repository, folder, env, signal });
  const files = await scaffoldFiles(context, repository, flags);
  const { name, email } = await readGitUser({ env, cwd });
  const scaffolded = await scaffoldRepository({
    repository,
    files,
    ...(email === undefined ? {} : { committer: { name: name ?? email, email } }),
    env,
    cacheDir: userCacheFolder(env),
    mayAdd: (paths) => mayAdd(context, flags, paths),
    signal,
  }).catch((error: unknown) => {
    throw explained(error, flags.githubRepo);
  });
  if (scaffolded.kind === 'declined') {
    io.err('nothing was changed');
    return EXIT.failed;
  }
  const tick = io.errorStyle.good('✔');
  io.err(`${tick} ${whatHappened(scaffolded, repository)}`);
  if (folder !== undefined && (await cloneWorkTree({ repository, folder, env, signal })) === 'cloned') {
    io.err(`${tick} work tree cloned to ${folder}`);
  }
  const configured = await configure(context, { repository, existing, configFile, isYes: flags.yes === true });
  if (context.flags.json) io.out(JSON.stringify(initJson({ repository, scaffolded, configured, configFile, folder })));
  else if (!io.isTerminal) io.out(shownAddress(repository.url));
  if (scaffolded.kind !== 'unchanged') printNextSteps(context);
  return EXIT.done;
}

function repositoryOf(
  address: string,
  existing: ClientConfig | undefined,
  branch: string | undefined,
): RepositoryAddress {
  const known = existing?.repository?.url === address ? existing.repository : undefined;
  return {
    url: address,
    branch: branch ?? known?.branch ?? DEFAULT_BRANCH,
    refNamespace: known?.refNamespace ?? DEFAULT_REF_NAMESPACE,
  };
}

async function scaffoldFiles(
  context: CliContext,
  { url, branch }: RepositoryAddress,
  flags: InitFlags,
): Promise<readonly ScaffoldFile[]> {
  const redaction = createRedaction({ knownValues: [], key: context.random(32) });
  const [version, schemas] = await Promise.all([readVersion(), readSchemaFiles()]);
  const files = warRoomFiles({
    address: isLocalAddress(url) ? undefined : shownAddress(url),
    branch,
    version,
    schemas,
    owners: flags.owner ?? [],
    hasWorkflow: flags.workflow,
    now: context.clock.now(),
  });
  return await Promise.all(
    files.map(async ({ path, content }) => ({ path, content: await redaction.redact(content) })),
  );
}

/** A repository with content may be the wrong one. Where nobody can be asked, whoever wrote the command knows. */
async function mayAdd({ io, signal }: CliContext, flags: InitFlags, paths: readonly string[]): Promise<boolean> {
  if (flags.yes === true || !io.isInteractive) return true;
  io.err('The repository has content already. These files would be added, none would be changed:');
  for (const path of paths) io.err(`  ${path}`);
  const prompts = await createPrompts(io, signal);
  return await prompts.confirm({ message: 'Add them?', default: true });
}

function whatHappened({ kind, added }: Scaffolded, { url, branch }: RepositoryAddress): string {
  const address = shownAddress(url);
  const files = `${added.length} file${added.length === 1 ? '' : 's'}`;
  switch (kind) {
    case 'created':
      return `made the war room ${address}: ${files} on ${branch}`;
    case 'filled':
      return `set up the war room ${address}: ${files} on ${branch}`;
    case 'completed':
      return `completed the war room ${address}: added ${added.join(', ')} to ${branch}`;
    case 'unchanged':
    case 'declined':
      return `${address} is a war room already, nothing to do`;
  }
}

/** On GitHub a repository that is missing and one that may not be seen look the same. */
function explained(error: unknown, githubRepo: string | undefined): unknown {
  if (githubRepo === undefined || !isWarroomError(error, 'repository-missing', 'authentication')) return error;
  return new WarroomError(error.code, error.message, {
    ...(error.why === undefined ? {} : { why: error.why }),
    hint: `make it first, and let git log in: gh repo create ${githubRepo} --private && gh auth setup-git`,
    cause: error,
  });
}

function initJson(result: {
  readonly repository: RepositoryAddress;
  readonly scaffolded: Scaffolded;
  readonly configured: Configured;
  readonly configFile: string;
  readonly folder: string | undefined;
}): Readonly<Record<string, unknown>> {
  const { repository, scaffolded, configured, configFile, folder } = result;
  return {
    repository: shownAddress(repository.url),
    branch: repository.branch,
    result: scaffolded.kind,
    added: scaffolded.added,
    commit: scaffolded.commit ?? null,
    configFile,
    configuration: configured,
    dir: folder ?? null,
  };
}

function printNextSteps({ io }: CliContext): void {
  io.err('Next:');
  io.err('  1. register what can be asked     claude-warroom cluster add NAME --type hub');
  io.err('  2. run a processor next to it     claude-warroom processor run -c processor.yaml');
  io.err('  3. ask                            claude-warroom investigate');
}
