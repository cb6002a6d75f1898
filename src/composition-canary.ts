import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessorSettings } from './config/processor-settings.ts';
import type { ProcessorEvent } from './domain/events.ts';
import { SIGNATURE_NAMESPACES } from './domain/signature.ts';
import { systemClock } from './lib/clock.ts';
import { systemRandom } from './lib/random-text.ts';
import type { ProcessorCredentials } from './repository/git/git-environment.ts';

export interface CanaryWork {
  readonly settings: ProcessorSettings;
  readonly credentials: ProcessorCredentials;
  readonly path: string;
  /** Fingerprint of the key that signs results here. */
  readonly processorKey: string;
  readonly isWanted: boolean;
  readonly stop: AbortSignal;
  readonly emit: (event: ProcessorEvent) => void;
}

/** Runs `work` with canaries beside it, where they are configured. They end with it, or with `stop`. */
export async function withCanaries<Result>(canary: CanaryWork, work: () => Promise<Result>): Promise<Result> {
  const { settings, stop } = canary;
  if (settings.canary === undefined || !canary.isWanted) return await work();
  const over = new AbortController();
  const flying = fly({ ...canary, stop: AbortSignal.any([stop, over.signal]) }, settings.canary).catch(
    (error: unknown) => {
      // Whoever measures must not stop what is measured; without a canary that came back its alert tells the rest.
      const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      canary.emit({ type: 'warning', code: 'canary', message: `there are no canaries any more: ${why}` });
    },
  );
  try {
    return await work();
  } finally {
    over.abort();
    await flying;
  }
}

async function fly(
  { settings, credentials, path, processorKey, stop: signal, emit }: CanaryWork,
  { everyMinutes, deadlineSeconds, strategy, principal, keyFile }: NonNullable<ProcessorSettings['canary']>,
): Promise<void> {
  const [{ openProcessorWarRoom }, { flyCanaries, flyCanary }, { signBytes }] = await Promise.all([
    import('./repository/git/open-git-war-room.ts'),
    import('./client/canary.ts'),
    import('./signature/sign-bytes.ts'),
  ]);
  const stateDir = join(settings.stateDir, 'canary');
  await mkdir(join(stateDir, 'home'), { recursive: true, mode: 0o700 });
  const warRoom = openProcessorWarRoom({
    repository: settings.repository,
    clock: systemClock,
    committer: { name: 'claude-warroom canary', email: `canary@${settings.cluster.name}.invalid` },
    stateDir,
    path,
    credentials,
  });
  const sign = async (text: string): Promise<string> =>
    await signBytes(text, {
      key: { kind: 'file', path: keyFile ?? '' },
      namespace: SIGNATURE_NAMESPACES.request,
      env: { PATH: path },
      signal,
    });
  try {
    await flyCanaries({
      everyMs: everyMinutes * 60_000,
      clock: systemClock,
      signal,
      fly: async () =>
        await flyCanary({
          warRoom,
          cluster: settings.cluster,
          strategy,
          principal,
          sign: keyFile === undefined ? undefined : sign,
          deadlineMs: deadlineSeconds * 1000,
          processorKey,
          clock: systemClock,
          random: systemRandom,
          path,
          signal,
        }),
      tell: (outcome) => {
        emit({ type: 'canary', ...outcome });
      },
    });
  } finally {
    await warRoom.close();
  }
}
