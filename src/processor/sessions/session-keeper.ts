import { ledgerId } from '../../admission/admit-session.ts';
import { isWarroomError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/request-id.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { PODS } from '../../kubernetes/resource.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { Snapshot } from '../../repository/port.ts';
import { nextStep } from '../../session/next-step.ts';
import { describeEnd, type SessionEnd } from '../../session/session-end.ts';
import {
  endPatch,
  readSessionPod,
  SESSION_CONTAINER,
  sessionSelector,
  type SessionPod,
} from '../../session/session-pod.ts';
import { endedState, livingState } from '../../session/session-state.ts';
import type { ShownTranscript } from '../../session/record-page.ts';
import { MAX_TRANSCRIPT_BYTES, parseTranscript } from '../../session/transcript.ts';
import type { SessionContext } from './session-context.ts';
import { SessionDesk } from './session-desk.ts';
import { readSessionDocuments, readSessionInbox } from './session-documents.ts';
import { SessionModels } from './session-models.ts';
import { SessionOrders } from './session-orders.ts';
import { SessionPublisher } from './session-publisher.ts';

export interface SessionLook {
  readonly snapshot: Snapshot;
  readonly isPaused: boolean;
  /** Nothing leaves while the zone is paused. */
  readonly mayPublish: boolean;
  readonly signal: AbortSignal;
}

/** Between two looks at the pods alone. */
const TEND_MS = 5000;
const LAST_LOOK_MS = 3000;

/**
 * Keeps the sessions of one cluster: what people wrote becomes pods, pods end in time, and what was said is published
 * before a pod is removed. All that it must remember is in the ledger and in the annotations of the pods.
 */
export class SessionKeeper {
  readonly #context: SessionContext;
  readonly #client: KubernetesClient | undefined;
  readonly #publisher: SessionPublisher;
  readonly #orders: SessionOrders;
  readonly #models: SessionModels;
  readonly #desk: SessionDesk;
  /** Of the inbox: what nobody vouches for. */
  readonly #passedOver = new Set<string>();
  #busy: Promise<unknown> = Promise.resolve();
  #looking: Promise<void> | undefined;
  #isBusy = false;
  #tendedMs = -Infinity;
  #trouble = '';

  /** Without a client every session is refused in words. */
  constructor(context: SessionContext, client: KubernetesClient | undefined) {
    this.#context = context;
    this.#client = client;
    this.#publisher = new SessionPublisher(context);
    this.#orders = new SessionOrders(context, client);
    this.#models = new SessionModels(context, client);
    this.#desk = new SessionDesk(context, client, { publisher: this.#publisher, models: this.#models });
  }

  /**
   * One look at the documents and the pods; the same one when one is under way. Failures of the API server and of the war
   * room are told, and nothing is decided without them.
   */
  async look(look: SessionLook): Promise<void> {
    this.#looking ??= this.#inTurn(look.signal, async () => {
      await this.#lookOnce(look);
    }).finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #lookOnce(look: SessionLook): Promise<void> {
    const { snapshot, signal, mayPublish, isPaused } = look;
    if (mayPublish) {
      const passedOver = this.#passedOver;
      for (const waiting of await readSessionInbox(this.#context, snapshot, { passedOver, signal })) {
        await this.#publisher.bringHome(waiting);
      }
    }
    const isWanted = (id: RequestId): boolean => !this.#isOver(id);
    const documents = await readSessionDocuments(this.#context, snapshot, { isWanted, signal });
    const pods = await this.#followModels(await this.#pods(signal));
    // What lives comes first: a pod that cannot be made must keep no other one from its end.
    const ours = pods.filter((pod) => this.#isOurs(pod));
    await this.#orders.follow(documents, ours);
    await this.#enforce(pods, isPaused);
    if (mayPublish) await this.#publish(pods, look);
    if (isPaused) return;
    const made: SessionPod[] = [];
    for (const document of documents.filter(({ order }) => order === undefined)) {
      const pod = await this.#desk.receive(document, [...pods, ...made]);
      if (pod !== undefined) made.push(pod);
    }
    await this.#followModels([...pods, ...made]);
    await this.#publish(made, look);
  }

  /** Ends what must end, whether or not the war room can be reached. Does nothing while a look is under way. */
  async tend({ isPaused, signal }: Pick<SessionLook, 'isPaused' | 'signal'>): Promise<void> {
    const nowMs = this.#context.clock.monotonicMs();
    if (this.#client === undefined || this.#isBusy || nowMs - this.#tendedMs < TEND_MS) return;
    this.#tendedMs = nowMs;
    await this.#inTurn(signal, async () => {
      const pods = await this.#pods(signal);
      await this.#enforce(pods, isPaused);
      await this.#followModels(pods);
    });
  }

  /** What was spent since the last look is written down first. */
  async close(): Promise<void> {
    await this.#busy.catch(() => undefined);
    if (this.#models.isServing) {
      const signal = AbortSignal.timeout(LAST_LOOK_MS);
      await this.#inTurn(signal, async () => {
        await this.#followModels(await this.#pods(signal));
      }).catch(() => undefined);
    }
    this.#client?.close();
  }

  async #inTurn(signal: AbortSignal, run: () => Promise<void>): Promise<void> {
    const turn = this.#busy
      .catch(() => undefined)
      .then(async () => {
        this.#isBusy = true;
        signal.throwIfAborted();
        await run();
        this.#trouble = '';
      })
      .catch((error: unknown) => {
        this.#tellTrouble(error);
      })
      .finally(() => {
        this.#isBusy = false;
      });
    this.#busy = turn;
    await turn;
  }

  /** Told once as long as it lasts; what the loop of the processor must hear of is thrown. */
  #tellTrouble(error: unknown): void {
    if (!isWarroomError(error) || isFatal(error.code)) throw error;
    const message = `${error.message}${error.why === undefined ? '' : `: ${error.why}`}`;
    if (message !== this.#trouble) this.#context.emit({ type: 'warning', code: 'sessions', message });
    this.#trouble = message;
  }

  async #pods(signal: AbortSignal): Promise<readonly SessionPod[]> {
    if (this.#client === undefined) return [];
    const labelSelector = sessionSelector(this.#context.settings.cluster.name);
    const { items } = await this.#client.list(PODS, { labelSelector, signal });
    const pods: SessionPod[] = [];
    for (const item of items) {
      const pod = readSessionPod(item);
      if (pod !== undefined) pods.push(pod);
      // It claims to be a session of this cluster, and says nothing that this processor writes.
      else await this.#client.remove(PODS, item.metadata.name, { uid: item.metadata.uid, signal });
    }
    return pods;
  }

  /** Nobody who only says that it is a session comes near a model. */
  async #followModels(pods: readonly SessionPod[]): Promise<readonly SessionPod[]> {
    const ours = await this.#models.follow(pods.filter((pod) => this.#isOurs(pod)));
    return pods.map((pod) => ours.find(({ name }) => name === pod.name) ?? pod);
  }

  #isOver(id: RequestId): boolean {
    return this.#context.ledger.request(ledgerId(id))?.isPublished === true;
  }

  #isOurs({ id, requestSha256 }: SessionPod): boolean {
    const known = this.#context.ledger.request(ledgerId(id));
    return known?.sha256 === requestSha256 && !known.isPublished;
  }

  async #enforce(pods: readonly SessionPod[], isPaused: boolean): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const now = this.#context.clock.now();
    for (const pod of pods) {
      const stop = this.#orders.stopOf(pod.id);
      const facts = { now, isOurs: this.#isOurs(pod), isPaused, isStopped: stop !== undefined };
      const step = nextStep(pod, facts);
      switch (step.kind) {
        case 'wait':
        case 'close':
          break;
        case 'end': {
          const detail = step.end === 'stopped' && stop !== undefined ? { detail: stop } : {};
          await client.patch(PODS, pod.name, endPatch({ end: step.end, at: now, ...detail }));
          this.#models.end(pod.id);
          this.#context.emit({ type: 'session', id: pod.id, what: 'ending', message: describeEnd(step.end) });
          break;
        }
        case 'remove':
          await client.remove(PODS, pod.name, { uid: pod.uid });
          break;
        default:
          unreachable(step);
      }
    }
  }

  async #publish(pods: readonly SessionPod[], { snapshot }: SessionLook): Promise<void> {
    const now = this.#context.clock.now();
    // One that cannot be published keeps no other one waiting.
    let failure: Error | undefined;
    for (const pod of pods) {
      if (!this.#isOurs(pod)) continue;
      const step = nextStep(pod, { now, isOurs: true, isPaused: false, isStopped: false });
      try {
        if (step.kind === 'close') await this.#conclude(pod, step.isClean);
        else if (pod.endOrder === undefined)
          await this.#publisher.tell(pod.id, livingState(pod, this.#place()), snapshot);
      } catch (error) {
        if (!isWarroomError(error)) throw error;
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }

  /** First what was said, then the record, then the ledger, and the pod goes last. */
  async #conclude(pod: SessionPod, isClean: boolean): Promise<void> {
    const { clock, ledger, emit } = this.#context;
    const { shown, end: told } = await this.#read(pod);
    const seen = pod.phase.kind === 'finished' ? pod.phase : undefined;
    const end: SessionEnd = pod.endOrder?.end ?? seen?.end ?? told ?? (isClean ? 'closed' : 'node-lost');
    const at = seen?.at ?? clock.now();
    const id = ledgerId(pod.id);
    if (ledger.request(id)?.phase === undefined) {
      // Time of investigation is another thing, with limits of its own.
      await ledger.append({ event: 'finished', id, attempt: 1, phase: 'succeeded', ms: 0 });
    }
    await this.#publisher.conclude(id, { ...endedState(pod, this.#place(), { end, at }), id: pod.id }, shown);
    await this.#client?.remove(PODS, pod.name, { uid: pod.uid, ...(isClean ? {} : { graceSeconds: 0 }) });
    this.#orders.forget(pod.id);
    this.#models.forget(pod.id);
    emit({ type: 'session', id: pod.id, what: 'ended', message: describeEnd(end) });
  }

  async #read(pod: SessionPod): Promise<{ readonly shown: ShownTranscript; readonly end: SessionEnd | undefined }> {
    try {
      const limits = { tailLines: 100_000, limitBytes: 2 * MAX_TRANSCRIPT_BYTES };
      const log = (await this.#client?.readLog(pod.name, { container: SESSION_CONTAINER, ...limits })) ?? '';
      const transcript = parseTranscript(log);
      return { shown: { kind: 'shown', transcript }, end: transcript.end };
    } catch (error) {
      if (!isWarroomError(error)) throw error;
      return { shown: { kind: 'absent', why: 'The log of the pod could not be read.' }, end: undefined };
    }
  }

  #place(): { readonly cluster: string; readonly namespace: string } {
    return { cluster: this.#context.settings.cluster.name, namespace: this.#client?.namespace ?? '' };
  }
}

/** A ledger that cannot be written, and a stop. */
function isFatal(code: string): boolean {
  return code === 'not-durable' || code === 'interrupted';
}
