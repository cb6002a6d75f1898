import type { DocumentSigner } from '../client/document-signer.ts';
import type { VerificationSettings } from '../config/client-config.ts';
import { WarroomError } from '../domain/errors.ts';
import type { WarRoom } from '../repository/port.ts';
import type { ClientDefaults } from '../schema/generated.ts';
import type { CliContext, Connections } from './context.ts';
import { openSigner } from './open-signer.ts';

/** A war room that is open for one command, and who asks. */
export interface Session {
  readonly context: CliContext;
  readonly warRoom: WarRoom;
  readonly defaults: ClientDefaults;
  /** Signs what this person sends; the key is looked for once. */
  readonly signer: () => Promise<DocumentSigner>;
  readonly verification: VerificationSettings;
  /** Principal of this person: the configured engineer, else git's user.email; undefined when neither is set. */
  readonly principal: () => Promise<string | undefined>;
}

export interface SessionOptions {
  readonly isWriting?: boolean;
  /** `--signing-key`. */
  readonly signingKey?: string | undefined;
}

/** Opens the configured war room, runs, and closes it whatever happens. Commits carry the name of the person. */
export async function withWarRoom<Result>(
  context: CliContext,
  run: (session: Session) => Promise<Result>,
  options: SessionOptions = {},
): Promise<Result> {
  const { loadClientConfig } = await import('../config/client-config.ts');
  const { env, cwd, flags } = context;
  const config = await loadClientConfig({ env, cwd, flags });
  const { repository, engineer } = config;
  if (repository === undefined) {
    throw new WarroomError('usage', 'no war room is configured', {
      why: 'neither --repo, WARROOM_REPO, .warroom.yaml nor the configuration file names one',
      hint: 'set one up with  claude-warroom init   or name it with --repo URL',
    });
  }
  const connections = await connectionsOf(context);
  let known: Promise<GitUser> | undefined;
  const gitUser = (): Promise<GitUser> => (known ??= connections.readGitUser({ env, cwd }));
  const principal = async (): Promise<string | undefined> => engineer ?? (await gitUser()).email;
  const committer = options.isWriting === true ? committerOf(await gitUser(), engineer) : undefined;
  const warRoom = await connections.openWarRoom({
    repository,
    cacheDir: config.cacheDir,
    env,
    ...(committer === undefined ? {} : { committer }),
    ...(flags.verbose ? { onGitRun: gitReporter(context) } : {}),
  });
  try {
    let signer: Promise<DocumentSigner> | undefined;
    return await run({
      context,
      warRoom,
      defaults: config.defaults,
      principal,
      signer: () =>
        (signer ??= openSigner(context, { flag: options.signingKey, configured: config.signingKey, gitUser })),
      verification: config.verification,
    });
  } finally {
    await warRoom.close();
  }
}

/** The principal, for what cannot be sent without one. */
export async function requirePrincipal(session: Session): Promise<string> {
  const principal = await session.principal();
  if (principal !== undefined) return principal;
  throw new WarroomError('usage', 'it is not known who you are', {
    why: 'git has no user.email here and the configuration has no engineer',
    hint: 'git config --global user.email you@example.com',
  });
}

type GitUser = Awaited<ReturnType<Connections['readGitUser']>>;

async function connectionsOf(context: CliContext): Promise<Connections> {
  return context.connections ?? (await import('../composition.ts'));
}

function committerOf(user: GitUser, engineer: string | undefined): { name: string; email: string } | undefined {
  const email = engineer ?? user.email;
  return email === undefined ? undefined : { name: user.name ?? email, email };
}

/** One line per git process, for `-v`. */
function gitReporter({ io }: CliContext): NonNullable<Parameters<Connections['openWarRoom']>[0]['onGitRun']> {
  return (args, { exit, ms }) => {
    const shown = args.join(' ').replaceAll(/(:\/\/)[^/@\s]+@/gu, '$1');
    io.err(io.errorStyle.dim(`git ${shown}  → ${exit}, ${Math.round(ms)} ms`));
  };
}
