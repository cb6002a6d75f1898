import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { programPath, type Environment } from './config/environment.ts';
import type { ProcessorSettings } from './config/processor-settings.ts';
import type { ProcessorEvent } from './domain/events.ts';
import { systemClock } from './lib/clock.ts';
import type { ProcessorContext } from './processor/context.ts';
import type { ProcessorCredentials } from './repository/git/git-environment.ts';
import type { WarRoom } from './repository/port.ts';

/** The part of composition that opens the war room with the credentials of a processor. */

/** As the processor itself uses it, with its mirror in the state folder. */
export async function openOwnWarRoom(
  settings: ProcessorSettings,
  { path, emit }: { readonly path: string; readonly emit: (event: ProcessorEvent) => void },
): Promise<WarRoom> {
  const { openProcessorWarRoom } = await import('./repository/git/open-git-war-room.ts');
  return openProcessorWarRoom({
    repository: settings.repository,
    clock: systemClock,
    committer: {
      name: `claude-warroom processor ${settings.holder}`,
      email: `processor@${settings.cluster.name}.invalid`,
    },
    stateDir: settings.stateDir,
    path,
    credentials: credentialsOf(settings),
    onPush: (push) => {
      emit({ type: 'pushed', ...push });
    },
  });
}

/** Who commits for an administrator; the files themselves say who it is. */
const ADMINISTRATOR = { name: 'claude-warroom', email: 'claude-warroom@localhost' };

/** For its administrator, beside the mirror of the processor itself. */
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
    committer: ADMINISTRATOR,
    stateDir,
    path: programPath(env),
    credentials: credentialsOf(settings),
  });
}

/** Results must not become public by a mistake in the settings of a host. */
export async function refusePublic(
  context: ProcessorContext,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<void> {
  const [{ refusePublicRemote }, { anonymousAccess }] = await Promise.all([
    import('./processor/refuse-public-remote.ts'),
    import('./repository/git/anonymous-access.ts'),
  ]);
  const { url, credential, proxy } = context.settings.repository;
  await refusePublicRemote(context, () => anonymousAccess({ url, path, caFile: credential?.caFile, proxy, signal }));
}

/** The token is read for every use, because tokens are rotated. */
export function credentialsOf(settings: ProcessorSettings): ProcessorCredentials {
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
