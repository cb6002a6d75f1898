import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext } from './composition-context.ts';
import { credentialsOf, refusePublic } from './composition-war-room.ts';
import { programPath, type Environment } from './config/environment.ts';
import type { ProcessorSettings } from './config/processor-settings.ts';
import { WarroomError } from './domain/errors.ts';
import type { ProcessorEvent } from './domain/events.ts';
import type { HeldLease } from './kubernetes/hold-lease.ts';
import type { OpenAppendFile } from './lib/append-file.ts';
import type { Clock } from './lib/clock.ts';
import { createCloseStack } from './lib/close-stack.ts';
import { takeLockFile } from './lib/lock-file.ts';
import type { LeftOpen } from './processor/first-look.ts';

/** The part of composition that runs a processor: alone in its state folder and its cluster, with what runs beside it. */

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
  /** Of requests, claims and results; tests put in one that is wrong. */
  readonly clock?: Clock;
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
    const { settings, env } = options;
    const path = programPath(env);
    await refusePublic(context, { path, signal: options.abort });
    const { withCanaries } = await import('./composition-canary.ts');
    return await withCanaries(
      {
        settings,
        credentials: credentialsOf(settings),
        path,
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
