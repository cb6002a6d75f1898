import { recordField, textField } from '../schema/json-fields.ts';
import { isWarroomError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { KubernetesClient } from './client.ts';
import { LEASES, type ApiObject } from './resource.ts';

export interface HeldLease {
  /** Aborted when the lease is lost: whoever holds it stops at once. */
  readonly lost: AbortSignal;
  /** Lets the next one have it at once; nothing when it was lost. */
  release(): Promise<void>;
}

export interface HoldLeaseOptions {
  readonly client: Pick<KubernetesClient, 'find' | 'create' | 'replace'>;
  readonly name: string;
  /** Different for each process: two pods of one StatefulSet have the same name one after the other. */
  readonly holder: string;
  readonly seconds: number;
  readonly clock: Clock;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Told once for each holder that is waited for. */
  readonly onWait: (holder: string) => void;
}

/**
 * Waits for a Lease and keeps it, so that of two processors during a rolling update only one works. Times of other
 * machines are not compared: a lease is free when it has not changed for its whole length on the clock of whoever waits,
 * and it is lost when it could not be renewed for two thirds of that on the clock of its holder, who so stops first.
 */
export async function holdLease(options: HoldLeaseOptions): Promise<HeldLease> {
  const { client, name, holder, seconds, clock, signal } = options;
  const everyMs = (seconds * 1000) / 5;
  let lease = await take();
  let renewedMs = clock.monotonicMs();
  const lost = new AbortController();
  const done = new AbortController();

  async function take(): Promise<ApiObject> {
    let seen: { readonly version: string; readonly atMs: number } | undefined;
    let told: string | undefined;
    for (;;) {
      signal.throwIfAborted();
      const found = await client.find(LEASES, name, { signal });
      const other = textField(recordField(found, 'spec'), 'holderIdentity') ?? '';
      const version = found?.metadata.resourceVersion ?? '';
      if (seen?.version !== version) seen = { version, atMs: clock.monotonicMs() };
      const isFree = other === '' || clock.monotonicMs() - seen.atMs > seconds * 1000;
      if (found === undefined || isFree) {
        const taken = await write(found).catch(ifRaced);
        if (taken !== undefined) return taken;
        continue;
      }
      if (told !== other) options.onWait(other);
      told = other;
      await clock.sleep(everyMs, signal);
    }
  }

  /** By compare-and-set: creating fails when it exists, writing when somebody wrote it since. */
  async function write(old: ApiObject | undefined, identity: string = holder): Promise<ApiObject> {
    const now = clock.now().toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: identity, leaseDurationSeconds: seconds, renewTime: now };
    if (old === undefined) return await client.create(LEASES, { metadata: { name }, spec });
    return await client.replace(LEASES, { ...old, spec });
  }

  async function renew(): Promise<void> {
    while (!done.signal.aborted) {
      await clock.sleep(everyMs, done.signal);
      const askedMs = clock.monotonicMs();
      try {
        const limit = AbortSignal.any([done.signal, AbortSignal.timeout(everyMs)]);
        const found = await client.find(LEASES, name, { signal: limit });
        // Somebody else has it: whatever the clock says, this one is not the holder.
        if (textField(recordField(found, 'spec'), 'holderIdentity') !== holder) {
          lost.abort();
          return;
        }
        lease = await write(found);
        renewedMs = askedMs;
      } catch {
        // Tried again, until it is too late.
      }
    }
  }

  const watchdog = setInterval(() => {
    if (clock.monotonicMs() - renewedMs > (seconds * 2000) / 3) lost.abort();
  }, everyMs / 4);
  lost.signal.addEventListener('abort', () => {
    done.abort();
    clearInterval(watchdog);
  });
  const renewing = renew().catch(() => undefined);

  return {
    lost: lost.signal,
    async release() {
      const wasLost = lost.signal.aborted;
      done.abort();
      clearInterval(watchdog);
      await renewing;
      if (!wasLost) await write(lease, '').catch(() => undefined);
    },
  };
}

function ifRaced(error: unknown): undefined {
  if (!isWarroomError(error, 'conflict')) throw error;
  return undefined;
}
