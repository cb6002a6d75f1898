import { listClusters } from '../../client/clusters.ts';
import { readPause } from '../../client/pause.ts';
import { loadClientConfig, type ClientSettings } from '../../config/client-config.ts';
import { CLUSTERS_FOLDER, presenceRefPrefix, REQUESTS_FOLDER } from '../../domain/repository-layout.ts';
import type { CliContext, RepositoryAddress } from '../context.ts';
import { withWarRoom } from '../session.ts';
import { checkOfError, type Check } from './check.ts';
import { checkMachine } from './machine.ts';
import { checkProcessorFile } from './processor-file.ts';
import { checkClock, checkPause, checkProcessors, checkPush } from './war-room.ts';

/** All checks, in the order in which one needs the other. What cannot be checked any more is left out. */
export async function runChecks(
  context: CliContext,
  options: { readonly nodeVersion: string; readonly isPreflight: boolean; readonly processor?: string },
): Promise<readonly Check[]> {
  const { env, signal } = context;
  const machine = [
    ...(await checkMachine({ ...options, env, signal })),
    ...(options.processor === undefined ? [] : await checkProcessorFile(context, options.processor)),
  ];
  const configuration = await checkConfiguration(context);
  const isGitUsable = machine.every(({ name, state }) => name !== 'git' || state === 'ok');
  if (configuration.settings === undefined || !isGitUsable) return [...machine, configuration.check];
  const identity = await checkIdentity(context, configuration.settings);
  const { repository } = configuration.settings;
  const rest = repository === undefined ? [] : await checkWarRoom(context, repository);
  return [...machine, configuration.check, identity, ...rest];
}

async function checkConfiguration(
  context: CliContext,
): Promise<{ readonly check: Check; readonly settings?: ClientSettings }> {
  const name = 'configuration';
  const { env, cwd, flags } = context;
  try {
    const settings = await loadClientConfig({ env, cwd, flags });
    const { repository, source } = settings;
    if (repository === undefined) {
      const fix = 'set one up with  claude-warroom init   or name it with --repo URL';
      return { check: { name, state: 'fail', text: 'no war room is configured', fix }, settings };
    }
    return { check: { name, state: 'ok', text: `from ${source['repository.url'] ?? 'a flag'}` }, settings };
  } catch (error) {
    return { check: checkOfError(name, error) };
  }
}

async function checkIdentity(context: CliContext, settings: ClientSettings): Promise<Check> {
  const name = 'identity';
  if (settings.engineer !== undefined) return { name, state: 'ok', text: `${settings.engineer} (configuration)` };
  const connections = context.connections ?? (await import('../../composition.ts'));
  const { email } = await connections.readGitUser({ env: context.env, cwd: context.cwd });
  if (email !== undefined) return { name, state: 'ok', text: `${email} (git user.email)` };
  const fix = 'git config --global user.email you@example.com';
  return { name, state: 'fail', text: 'git has no user.email, so that nobody would know who asks', fix };
}

async function checkWarRoom(context: CliContext, repository: RepositoryAddress): Promise<readonly Check[]> {
  const { env, signal, clock } = context;
  const { probeRepository } = await import('../../composition.ts');
  try {
    const probe = await probeRepository({ repository, env, signal });
    return await withWarRoom(context, async ({ warRoom }) => {
      const { address, branch } = warRoom;
      const now = clock.now();
      const refPrefixes = [presenceRefPrefix(warRoom.refNamespace)];
      const snapshot = await warRoom.refresh({ refPrefixes, signal });
      const files = await snapshot.list([REQUESTS_FOLDER, CLUSTERS_FOLDER], { signal });
      const { clusters } = await listClusters(warRoom, { now, signal });
      const seen = clusters.flatMap(({ lastSeenAt }) => lastSeenAt ?? []);
      const newest = [probe.committedAt, ...seen].sort((a, b) => b.getTime() - a.getTime()).at(0);
      const isWarRoom = files.length > 0;
      const read: Check = isWarRoom
        ? { name: 'repository', state: 'ok', text: `${address} · branch ${branch} · read in ${probe.latencyMs} ms` }
        : {
            name: 'repository',
            state: 'warn',
            text: `${address} · branch ${branch} is not set up as a war room`,
            fix: `claude-warroom init --repo ${address}`,
          };
      return [
        read,
        checkPush(probe),
        checkClock(newest, now),
        ...checkProcessors(clusters, now),
        checkPause(await readPause(snapshot, signal), now),
      ];
    });
  } catch (error) {
    return [checkOfError('repository', error)];
  }
}
