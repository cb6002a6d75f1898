import { isTerminal } from '../domain/phase.ts';
import { claimRef } from '../domain/repository-layout.ts';
import type { RequestId } from '../domain/request-id.ts';
import { randomHex } from '../lib/random-text.ts';
import type { Snapshot } from '../repository/port.ts';
import type { Claim } from '../schema/generated.ts';
import { formatClaim } from './claim-file.ts';
import type { ProcessorContext } from './context.ts';
import { readStatus } from './read-status.ts';
import type { Candidate } from './candidate.ts';
import type { Survey } from './survey.ts';

/** Long, so that a restart of the processor does not lose a claim whose result only waits for a person. */
const LEASE_SECONDS = 3600;
const RENEW_MS = (LEASE_SECONDS * 1000) / 3;

/**
 * Results that are finished and may not leave yet: an administrator has not released them, or the zone is paused. Their
 * claims are kept alive, so that nobody does the work again, and say to everybody what they wait for.
 */
export class WaitingResults {
  readonly #context: ProcessorContext;
  readonly #renewedMs = new Map<RequestId, number>();

  constructor(context: ProcessorContext) {
    this.#context = context;
  }

  /** Ids that wait now; nobody works on them. */
  async ids(isPaused: boolean, busy: ReadonlySet<RequestId>): Promise<ReadonlySet<RequestId>> {
    const { outbox } = this.#context;
    const waiting = new Set<RequestId>();
    for (const id of await outbox.ids()) {
      if (!busy.has(id) && (isPaused || (await outbox.isHeld(id)))) waiting.add(id);
    }
    return waiting;
  }

  async tend(ids: ReadonlySet<RequestId>, snapshot: Snapshot, survey: Survey): Promise<void> {
    for (const id of this.#renewedMs.keys()) if (!ids.has(id)) this.#renewedMs.delete(id);
    for (const id of ids) await this.#keepClaim(id, snapshot, survey);
  }

  async #keepClaim(id: RequestId, snapshot: Snapshot, survey: Survey): Promise<void> {
    const { settings, clock } = this.#context;
    const candidate = survey.candidates.find((one) => one.id === id);
    if (candidate === undefined) {
      if (await this.#isSettled(id, snapshot)) await this.#drop(id);
      return;
    }
    const { claim } = candidate;
    if (claim !== undefined && claim.claim.holder !== settings.holder) {
      await this.#drop(id);
      return;
    }
    const sinceMs = clock.monotonicMs() - (this.#renewedMs.get(id) ?? -Infinity);
    if (claim?.claim.leaseSeconds === LEASE_SECONDS && sinceMs < RENEW_MS) return;
    await this.#renew(candidate);
  }

  /** Also brings back a claim that somebody deleted: the work is done, and only its end is missing. */
  async #renew(candidate: Candidate): Promise<void> {
    const { warRoom, settings, clock, outbox, random, incarnation } = this.#context;
    const { id, claim } = candidate;
    const { attempt } = await outbox.read(id);
    const now = clock.now().toISOString();
    const isHeld = await outbox.isHeld(id);
    const message = isHeld
      ? `held for release by the administrator of ${settings.cluster.name}`
      : `finished; ${settings.cluster.name} is paused in its zone, and nothing leaves`;
    const document: Claim = {
      ...(claim?.claim ?? {
        apiVersion: 'warroom.intility.io/v1',
        kind: 'Claim',
        id,
        cluster: settings.cluster.name,
        attempts: [
          { number: Math.max(1, attempt), holder: settings.holder, incarnation, startedAt: now, result: 'running' },
        ],
        requestSha256: candidate.file.sha256,
        claimedAt: now,
      }),
      holder: settings.holder,
      incarnation,
      attempt: Math.max(1, attempt),
      leaseSeconds: LEASE_SECONDS,
      nonce: randomHex(16, random),
      progress: { phase: 'publishing', message, done: 0, total: 0, updates: (claim?.claim.progress.updates ?? 0) + 1 },
    };
    const outcome = await warRoom.setRef({
      ref: claimRef(warRoom.refNamespace, settings.cluster.name, id),
      expected: claim?.commit,
      file: { path: 'claim.json', content: await formatClaim(this.#context, document) },
    });
    if (outcome.kind === 'set') this.#renewedMs.set(id, clock.monotonicMs());
  }

  async #isSettled(id: RequestId, snapshot: Snapshot): Promise<boolean> {
    const { folder } = await this.#context.outbox.read(id);
    const status = await readStatus(snapshot, folder);
    return status !== undefined && isTerminal(status.phase);
  }

  async #drop(id: RequestId): Promise<void> {
    await this.#context.outbox.remove(id);
    this.#context.emit({ type: 'fenced', id });
  }
}
