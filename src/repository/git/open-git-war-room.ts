import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Environment } from '../../config/environment.ts';
import { sha256 } from '../../lib/digest.ts';
import type { Clock } from '../../lib/clock.ts';
import type { WarRoom } from '../port.ts';
import type { Committer } from './fast-import.ts';
import { clientProfile, processorProfile, type ProcessorCredentials } from './git-environment.ts';
import { withoutCredentials } from './git-failure.ts';
import { GitWarRoom, type GitWarRoomOptions } from './git-war-room.ts';

interface CommonOptions {
  readonly repository: { readonly url: string; readonly branch: string; readonly refNamespace: string };
  readonly clock: Clock;
  readonly committer: Committer;
  readonly onRun?: GitWarRoomOptions['onRun'];
  readonly onPush?: GitWarRoomOptions['onPush'];
}

/** The war room as a person sees it: their git configuration, and one mirror per address in the cache folder. */
export function openClientWarRoom(
  options: CommonOptions & { readonly env: Environment; readonly cacheDir: string },
): WarRoom {
  const url = gitUrl(options.repository.url);
  return new GitWarRoom({
    ...common(options, url),
    profile: clientProfile(options.env),
    folder: join(options.cacheDir, 'git', `${sha256(`${url}#${options.repository.branch}`).slice(0, 16)}.git`),
    isShared: true,
    isScoped: false,
  });
}

/** The war room as a processor sees it: closed environment, and a mirror that only this process uses. */
export function openProcessorWarRoom(
  options: CommonOptions & {
    readonly stateDir: string;
    readonly credentials: ProcessorCredentials;
    readonly path: string;
  },
): GitWarRoom {
  const url = gitUrl(options.repository.url);
  return new GitWarRoom({
    ...common(options, url),
    profile: processorProfile(url, {
      credentials: options.credentials,
      emptyHome: join(options.stateDir, 'home'),
      path: options.path,
    }),
    folder: join(options.stateDir, 'mirror.git'),
    isShared: false,
    isScoped: true,
  });
}

function common(
  options: CommonOptions,
  url: string,
): Omit<GitWarRoomOptions, 'profile' | 'folder' | 'isShared' | 'isScoped'> {
  const { repository, clock, committer, onRun, onPush } = options;
  return {
    url,
    address: withoutCredentials(repository.url),
    branch: repository.branch,
    refNamespace: repository.refNamespace,
    clock,
    committer,
    onRun,
    ...(onPush === undefined ? {} : { onPush }),
  };
}

/** Local paths as file:// (a plain path would make git ignore depth and filter); everything else as it is. */
export function gitUrl(address: string): string {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//iu.test(address);
  const isScpLike = /^[^/]+@?[^/]*:/u.test(address) && !address.startsWith('.');
  return isUrl || isScpLike ? address : pathToFileURL(resolve(address)).href;
}
