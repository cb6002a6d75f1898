import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { SessionDoor } from '../../claude/session-door.ts';
import { isWarroomError, WarroomError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/request-id.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { PODS, SECRETS } from '../../kubernetes/resource.ts';
import { cleanLine } from '../../report/untrusted.ts';
import { buildSessionSecret, type PodModel } from '../../session/session-pod-object.ts';
import { spendPatch, type SessionPod, type SessionSpend } from '../../session/session-pod.ts';
import type { SessionContext } from './session-context.ts';

/** The model that a new session gets, and what its requester should know about that. */
export interface ModelOffer {
  readonly model: PodModel | undefined;
  readonly notes: readonly string[];
}

/**
 * Keeps the way to the model in step with the pods: it is open as long as a session lives, and what was spent is written to
 * its pod, where the next start finds it.
 */
export class SessionModels {
  readonly #context: SessionContext;
  readonly #client: KubernetesClient | undefined;
  /** Pods whose Secret is there. */
  readonly #given = new Set<string>();
  readonly #admitted = new Set<RequestId>();
  #door: SessionDoor | undefined;
  #trouble = '';

  constructor(context: SessionContext, client: KubernetesClient | undefined) {
    this.#context = context;
    this.#client = client;
  }

  /** Whether any session may call a model here. */
  get isServing(): boolean {
    return this.#admitted.size > 0;
  }

  /** `maxUsd` is what the rule of the policy allows. */
  async offer(maxUsd: number | undefined): Promise<ModelOffer> {
    const model = this.#context.settings.sessions?.model;
    if (model?.kind !== 'broker') return { model, notes: [] };
    const failure = await this.#openDoor();
    if (this.#door === undefined) {
      const why = failure === undefined ? this.#context.noClaude : textOf(failure);
      return { model: undefined, notes: [`no model: ${cleanLine(why)}`] };
    }
    const { address, port } = model.listen;
    const usd = Math.min(model.maxUsd, maxUsd ?? model.maxUsd);
    return { model: { kind: 'broker', address, ip: await addressOf(address), port, maxUsd: usd }, notes: [] };
  }

  /** All pods of ours, with what they have spent by now. Failures of the API server are told, and made good later. */
  async follow(pods: readonly SessionPod[]): Promise<readonly SessionPod[]> {
    const followed: SessionPod[] = [];
    // A model that was lost at the start may be there by now, also for pods of an earlier start.
    const failure = await this.#openDoor();
    let trouble = failure === undefined ? '' : textOf(failure);
    for (const pod of pods) {
      try {
        followed.push(pod.spend === undefined ? pod : await this.#followOne(pod, pod.spend));
      } catch (error) {
        if (!isWarroomError(error)) throw error;
        trouble = `the model of ${pod.id}: ${textOf(error)}`;
        followed.push(pod);
      }
    }
    for (const id of this.#admitted) if (!pods.some((pod) => pod.id === id)) this.forget(id);
    if (trouble !== '' && trouble !== this.#trouble) {
      this.#context.emit({ type: 'warning', code: 'sessions', message: trouble });
    }
    this.#trouble = trouble;
    return followed;
  }

  /** It is told to end: what is said there now comes too late. */
  end(id: RequestId): void {
    this.#door?.dismiss(id);
  }

  /** Its record is published. */
  forget(id: RequestId): void {
    this.#door?.forget(id);
    this.#admitted.delete(id);
  }

  /** Opens the way to the model, if there is a model by now; why that failed, when it did. */
  async #openDoor(): Promise<WarroomError | undefined> {
    try {
      this.#door ??= await this.#context.sessionDoor?.();
      return undefined;
    } catch (error) {
      if (!isWarroomError(error)) throw error;
      return error;
    }
  }

  async #followOne(pod: SessionPod, spend: SessionSpend): Promise<SessionPod> {
    const door = this.#door;
    if (door === undefined) return pod;
    const { id, name, requester, uid = '' } = pod;
    if (pod.endOrder === undefined && pod.phase.kind !== 'finished') {
      const obstacle = (): string | undefined => this.#obstacleOf(requester);
      door.admit({ id, uid, requester, maxUsd: spend.maxUsd, spentUsd: spend.usd, obstacle });
      this.#admitted.add(id);
      if (pod.phase.kind === 'pending') await this.#give(pod, door);
    } else door.dismiss(id);
    const usd = Number((door.spentUsd(id) ?? spend.usd).toFixed(6));
    if (usd <= spend.usd) return pod;
    await this.#client?.patch(PODS, name, spendPatch(usd));
    return { ...pod, spend: { ...spend, usd } };
  }

  /** Once; a crash between pod and Secret is made good by the next start. */
  async #give(pod: SessionPod, door: SessionDoor): Promise<void> {
    const { id, name, uid = '' } = pod;
    if (this.#given.has(uid)) return;
    const held = { token: door.tokenOf({ id, uid }), certificate: door.certificate };
    try {
      await this.#client?.create(SECRETS, buildSessionSecret({ id, name, uid }, held));
    } catch (error) {
      if (!isWarroomError(error, 'conflict')) throw error;
    }
    this.#given.add(uid);
  }

  #obstacleOf(requester: string): string | undefined {
    const left = this.#context.policy?.usdLeft(requester);
    return left === undefined || left > 0 ? undefined : `the policy lets ${requester} spend no more today`;
  }
}

function textOf({ message, why }: WarroomError): string {
  return why === undefined ? message : `${message}: ${why}`;
}

/** Pods ask no name server. */
async function addressOf(name: string): Promise<string> {
  if (isIP(name) !== 0) return name;
  try {
    return (await lookup(name)).address;
  } catch (cause) {
    throw new WarroomError('offline', `the address ${name} of sessions.model.listen cannot be found`, {
      why: cause instanceof Error ? cause.message : 'unknown reason',
      hint: 'see that the Service exists, and that the processor may ask the name server',
      cause,
    });
  }
}
