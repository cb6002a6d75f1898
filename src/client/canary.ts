import { isWarroomError } from '../domain/errors.ts';
import { resultFolder } from '../domain/repository-layout.ts';
import { CANARY_SLUG, type RequestId } from '../domain/request-id.ts';
import type { Target } from '../domain/request.ts';
import type { Clock } from '../lib/clock.ts';
import { sha256 } from '../lib/digest.ts';
import type { RandomBytes } from '../lib/random-text.ts';
import type { WarRoom } from '../repository/port.ts';
import { draftRequest, readyRequest, type ReadyRequest } from './draft-request.ts';
import { refreshRequests } from './list-requests.ts';
import type { ProcessorKeys } from './processor-keys.ts';
import type { RequestView } from './request-view.ts';
import { submitRequest } from './submit-request.ts';
import { verifyResult } from './verify-result.ts';
import { watchRequest } from './watch-request.ts';

export type CanaryOutcome =
  | { readonly result: 'answered'; readonly id: RequestId; readonly ms: number }
  /** `code` is that of an error, the phase in which it ended, `late`, `unverified` or `bug`. */
  | { readonly result: 'failed'; readonly code: string; readonly message: string };

export interface CanaryOptions {
  /** A view of its own: what the processor itself remembers must not answer for the remote. */
  readonly warRoom: WarRoom;
  readonly cluster: Target;
  readonly strategy: string;
  readonly principal: string;
  /** Undefined where signatures are not required. */
  readonly sign: ((text: string) => Promise<string>) | undefined;
  readonly deadlineMs: number;
  /** Fingerprint of the key that must have signed the answer. */
  readonly processorKey: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly path: string;
  readonly signal: AbortSignal;
}

/** One request through the whole loop, as a person would send and read it. Never throws. */
export async function flyCanary(options: CanaryOptions): Promise<CanaryOutcome> {
  const { clock, warRoom, deadlineMs, signal } = options;
  const since = clock.monotonicMs();
  try {
    const ready = canaryRequest(options);
    const signature = await options.sign?.(ready.text);
    await submitRequest(warRoom, { ...ready, signature }, { signal });
    const timeoutMs = Math.max(0, deadlineMs - (clock.monotonicMs() - since));
    let last: RequestView | undefined;
    for await (const view of watchRequest(warRoom, ready.id, { clock, signal, timeoutMs })) last = view;
    const ms = Math.round(clock.monotonicMs() - since);
    if (last?.finishedAt === undefined || ms > deadlineMs) {
      return failed('late', `no answer to ${ready.id} within ${Math.round(deadlineMs / 1000)} s`);
    }
    if (last.phase !== 'succeeded') return failed(last.phase, `${ready.id} ended as ${last.phase}`);
    const doubt = await doubtOf(ready, options);
    return doubt === undefined ? { result: 'answered', id: ready.id, ms } : failed('unverified', doubt);
  } catch (error) {
    if (isWarroomError(error)) return failed(error.code, error.message);
    return failed('bug', 'an error that nobody foresaw');
  }
}

/** It costs no money, and ends by itself when nobody answers in time. */
function canaryRequest({
  warRoom,
  cluster,
  strategy,
  principal,
  deadlineMs,
  clock,
  random,
}: CanaryOptions): ReadyRequest {
  const now = clock.now();
  const { request } = draftRequest(
    {
      name: CANARY_SLUG,
      description: 'canary: measures whether requests are answered',
      targets: [cluster],
      strategy,
      engine: 'diagnostics',
      timeoutSeconds: Math.min(600, Math.round(deadlineMs / 1000)),
    },
    { engineer: principal, repository: warRoom.address, now, random },
  );
  const expiresAt = new Date(now.getTime() + deadlineMs).toISOString();
  return readyRequest({ ...request, spec: { ...request.spec, expiresAt } });
}

/** Why the answer is not what this processor made of exactly this request. */
async function doubtOf(ready: ReadyRequest, options: CanaryOptions): Promise<string | undefined> {
  const { warRoom, cluster, clock, path, processorKey, signal } = options;
  const verdict = await verifyResult(await refreshRequests(warRoom, { signal }), {
    id: ready.id,
    cluster: cluster.name,
    folder: resultFolder(ready.id),
    keys: NO_KEYS,
    mode: 'pin',
    now: clock.now(),
    path,
    requestSha256: sha256(ready.text),
    signal,
  });
  if (verdict.kind === 'unverified') return verdict.why;
  return verdict.fingerprint === processorKey ? undefined : `it is signed by key ${verdict.fingerprint}`;
}

/** The processor knows its own key, so nothing is remembered. */
const NO_KEYS: ProcessorKeys = {
  all: [],
  ofCluster: () => [],
  pin: () => Promise.resolve(),
  replace: () => Promise.resolve(),
};

function failed(code: string, message: string): CanaryOutcome {
  return { result: 'failed', code, message };
}

/** After a failure the next one comes sooner, so that the end of an outage is seen. */
const RETRY_MS = 5 * 60 * 1000;

/** One canary after the other until `signal`; one that was cut off by it is not told. */
export async function flyCanaries(options: {
  readonly everyMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly fly: () => Promise<CanaryOutcome>;
  readonly tell: (outcome: CanaryOutcome) => void;
}): Promise<void> {
  const { everyMs, clock, signal, fly, tell } = options;
  while (!signal.aborted) {
    const since = clock.monotonicMs();
    const outcome = await fly();
    if (isStopped(signal)) return;
    tell(outcome);
    const intervalMs = outcome.result === 'answered' ? everyMs : Math.min(everyMs, RETRY_MS);
    const pauseMs = Math.max(0, intervalMs - (clock.monotonicMs() - since));
    await clock.sleep(pauseMs, signal).catch((error: unknown) => {
      if (!isStopped(signal)) throw error;
    });
  }
}

function isStopped(signal: AbortSignal): boolean {
  return signal.aborted;
}
