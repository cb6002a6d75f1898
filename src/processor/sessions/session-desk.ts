import { admitSession, ledgerId, SESSION_START_MS, type SessionAdmission } from '../../admission/admit-session.ts';
import { isWarroomError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/request-id.ts';
import { sessionPath, sessionPodName } from '../../domain/session-layout.ts';
import { SIGNATURE_NAMESPACES } from '../../domain/signature.ts';
import { createTokenBucket, type TokenBucket } from '../../lib/token-bucket.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { isQuotaExceeded } from '../../kubernetes/api-failure.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { PODS, type ApiObject } from '../../kubernetes/resource.ts';
import type { SessionAsk, SessionDecision } from '../../policy/decide-session.ts';
import type { SessionState, StatusReason } from '../../schema/generated.ts';
import { describeEnd } from '../../session/session-end.ts';
import { buildSessionPod, type PodFacts } from '../../session/session-pod-object.ts';
import { readSessionPod, type SessionPod } from '../../session/session-pod.ts';
import type { SessionContext } from './session-context.ts';
import type { SessionDocument } from './session-documents.ts';
import type { SessionModels } from './session-models.ts';
import type { SessionPublisher } from './session-publisher.ts';

type Admitted = Extract<SessionAdmission, { kind: 'admitted' }>;

/** Takes requests for sessions: each is refused in words once, or becomes one pod. */
export class SessionDesk {
  readonly #context: SessionContext;
  readonly #client: KubernetesClient | undefined;
  readonly #publisher: SessionPublisher;
  readonly #models: SessionModels;
  /** Accepted, and not certainly made yet. */
  readonly #making = new Map<RequestId, PodFacts>();
  readonly #refusals: TokenBucket;
  readonly #ignored = new Set<string>();

  constructor(
    context: SessionContext,
    client: KubernetesClient | undefined,
    parts: { readonly publisher: SessionPublisher; readonly models: SessionModels },
  ) {
    this.#context = context;
    this.#client = client;
    this.#publisher = parts.publisher;
    this.#models = parts.models;
    this.#refusals = createTokenBucket({ capacity: 20, perMinute: 10, clock: context.clock });
  }

  /** The pod that was made for it, if one was. */
  async receive(document: SessionDocument, pods: readonly SessionPod[]): Promise<SessionPod | undefined> {
    const { id, file } = document;
    const known = this.#context.ledger.request(ledgerId(id));
    if (pods.some((pod) => pod.id === id && pod.requestSha256 === file.sha256)) {
      // Made by a start that did not live to write it down.
      if (known?.attempts === 0) await this.#begun(id);
      this.#making.delete(id);
      return undefined;
    }
    const making = this.#making.get(id);
    if (making !== undefined) return await this.#make(making);
    // One that was accepted and whose pod never was: it goes on waiting, and is judged again.
    if (known?.sha256 !== file.sha256 || known.attempts === 0) return await this.#admit(document, pods);
    await this.#lose(document, known.signer?.principal);
    return undefined;
  }

  async #admit(document: SessionDocument, pods: readonly SessionPod[]): Promise<SessionPod | undefined> {
    const { id, file } = document;
    const { settings, warRoom, ledger, clock, verifier, policy, emit } = this.#context;
    const living = pods.filter(({ phase }) => phase.kind !== 'finished');
    const others = (principal: string): number =>
      [...living, ...this.#making.values()].filter(({ requester }) => requester === principal).length;
    const decide = (ask: Omit<SessionAsk, 'others'>): SessionDecision | undefined =>
      policy?.decideSession({ ...ask, others: others(ask.principal) });
    const admission = admitSession({
      ...{ id, bytes: file.bytes, sha256: file.sha256, verdict: document.verdict },
      ...{ cluster: settings.cluster, repository: warRoom, ledger, decide, now: clock.now() },
      isConfigured: settings.sessions !== undefined && this.#client !== undefined,
      isFull: living.length + this.#making.size >= (settings.sessions?.maxSessions ?? 0),
    });
    switch (admission.kind) {
      case 'not-ours':
        return undefined;
      case 'ignored': {
        const note = `${id} ${admission.why}`;
        if (!this.#ignored.has(note)) emit({ type: 'ignored', path: sessionPath(id), reason: admission.why });
        this.#ignored.add(note);
        return undefined;
      }
      case 'refused':
        if (!this.#refusals.tryTake()) return undefined;
        if (admission.isByPolicy && policy !== undefined) {
          const refusal = { id: ledgerId(id), requester: admission.principal, code: admission.reason.code };
          await ledger.append({ event: 'refused', ...refusal, policy: { sha256: policy.sha256 } });
        }
        await this.#refuse({ id, requester: admission.principal, requestSha256: file.sha256 }, admission.reason);
        return undefined;
      case 'admitted': {
        const verdict = await verifier?.verifyNow(file, SIGNATURE_NAMESPACES.session);
        return verdict?.kind === 'refused' ? undefined : await this.#accept(document, admission);
      }
      default:
        return unreachable(admission);
    }
  }

  /** The ledger first, so that a request counts once. Only when its pod is there the session has begun. */
  async #accept(
    { id, file }: SessionDocument,
    { request, principal, signer, rule, maxSeconds, maxUsd }: Admitted,
  ): Promise<SessionPod | undefined> {
    const { ledger, policy, settings, clock, createRedaction, emit } = this.#context;
    const { sessions, cluster } = settings;
    if (sessions === undefined) return undefined;
    const { seconds, nonce, namespace, purpose } = request.spec;
    const offer = await this.#models.offer(maxUsd);
    if (ledger.request(ledgerId(id))?.sha256 !== file.sha256) {
      await ledger.append({
        event: 'accepted',
        id: ledgerId(id),
        sha256: file.sha256,
        nonce,
        requester: principal,
        ...(signer === undefined ? {} : { signer: { ...signer, signature: file.signature ?? '' } }),
        ...(policy === undefined ? {} : { policy: { sha256: policy.sha256, rule } }),
      });
    }
    const redaction = await createRedaction();
    const facts: PodFacts = {
      ...{ id, cluster: cluster.name, requester: principal, requestSha256: file.sha256, seconds, maxSeconds },
      purpose: purpose === undefined ? undefined : (await redaction.redact(purpose)).replaceAll(/\s+/gu, ' '),
      about: namespace,
      acceptedAt: clock.now(),
      ...{ image: sessions.image, idleSeconds: sessions.idleSeconds, ...offer },
    };
    this.#making.set(id, facts);
    emit({ type: 'session', id, what: 'accepted', message: `${principal}, for ${seconds} s, by rule ${rule}` });
    return await this.#make(facts);
  }

  /** Undecided when the API server does not answer: the pod may be there, and its name keeps it from being made twice. */
  async #make(facts: PodFacts): Promise<SessionPod | undefined> {
    const client = this.#client;
    if (client === undefined) return undefined;
    let made: ApiObject | undefined;
    try {
      made = await client.create(PODS, buildSessionPod(facts));
    } catch (error) {
      if (!isWarroomError(error)) throw error;
      made = error.code === 'conflict' ? await client.find(PODS, sessionPodName(facts.id)) : undefined;
      const isOurs = made !== undefined && readSessionPod(made)?.requestSha256 === facts.requestSha256;
      if (!isOurs) {
        const age = this.#context.clock.now().getTime() - facts.acceptedAt.getTime();
        const reason = reasonOf(error.code, isQuotaExceeded(error), age > SESSION_START_MS);
        if (reason === undefined) throw error;
        const message = `${error.message}: ${error.why ?? error.code}`;
        this.#context.emit({ type: 'warning', code: 'sessions', message });
        await this.#refuse(facts, reason);
        made = undefined;
      }
    }
    if (made !== undefined) await this.#begun(facts.id);
    this.#making.delete(facts.id);
    return made === undefined ? undefined : readSessionPod(made);
  }

  /** From here on a pod that is gone is not made again. */
  async #begun(id: RequestId): Promise<void> {
    const { ledger, incarnation } = this.#context;
    await ledger.append({ event: 'started', id: ledgerId(id), attempt: 1, incarnation, seconds: 0 });
  }

  async #refuse(facts: Pick<PodFacts, 'id' | 'requester' | 'requestSha256'>, reason: StatusReason): Promise<void> {
    await this.#publisher.conclude(ledgerId(facts.id), this.#stateOf(facts, 'refused', reason), NOTHING);
    this.#context.emit({
      type: 'session',
      id: facts.id,
      what: 'refused',
      message: `${reason.code}: ${reason.message}`,
    });
  }

  /** It was accepted by an earlier start, or its pod was taken away: it is not made again. */
  async #lose({ id, file }: SessionDocument, requester = 'unknown'): Promise<void> {
    const facts = { id, requester, requestSha256: file.sha256 };
    const reason = { code: 'lost', message: describeEnd('lost'), hint: 'start a new one' };
    await this.#publisher.conclude(ledgerId(id), this.#stateOf(facts, 'ended', reason), NOTHING);
    this.#context.emit({ type: 'session', id, what: 'ended', message: reason.message });
  }

  #stateOf(
    { id, requester, requestSha256 }: Pick<PodFacts, 'id' | 'requester' | 'requestSha256'>,
    phase: 'refused' | 'ended',
    reason: StatusReason,
  ): SessionState & { readonly id: RequestId } {
    const now = this.#context.clock.now().toISOString();
    return {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'SessionState',
      ...{ id, cluster: this.#context.settings.cluster.name, phase, requester, requestSha256, reason },
      times: { createdAt: now, ...(phase === 'ended' ? { endedAt: now } : {}) },
    };
  }
}

const NOTHING = { kind: 'absent', why: 'There is no conversation: the pod was gone.' } as const;

/** Why there will be no pod, without the words of the API server; undefined when it is to be tried again. */
function reasonOf(code: string, isQuota: boolean, isLate: boolean): StatusReason | undefined {
  const hint = 'ask an administrator of this cluster';
  if (isQuota) return { code: 'no-place', message: 'the quota of the namespace of sessions is used up', hint };
  if (code === 'conflict')
    return { code: 'name-taken', message: 'a pod of that name is there and is another one', hint };
  if (['not-allowed', 'invalid-file', 'not-found'].includes(code)) {
    return { code: 'cannot-start', message: `the cluster refused to make the pod (${code})`, hint };
  }
  return isLate ? { code: 'cannot-start', message: 'the cluster did not answer for an hour', hint } : undefined;
}
