import { checkSessionOrder } from '../../admission/check-session-order.ts';
import type { RequestId } from '../../domain/request-id.ts';
import { sessionOrderPath } from '../../domain/session-layout.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { PODS } from '../../kubernetes/resource.ts';
import { orderPatch, type SessionPod } from '../../session/session-pod.ts';
import type { SessionContext } from './session-context.ts';
import type { SessionDocument } from './session-documents.ts';

/** Follows what is ordered about sessions that live. An extension is decided once: the pod remembers what came of it. */
export class SessionOrders {
  readonly #context: SessionContext;
  readonly #client: KubernetesClient | undefined;
  /** Who stopped a session, and why; redacted. */
  readonly #stops = new Map<RequestId, string>();
  readonly #ignored = new Set<string>();

  constructor(context: SessionContext, client: KubernetesClient | undefined) {
    this.#context = context;
    this.#client = client;
  }

  stopOf(id: RequestId): string | undefined {
    return this.#stops.get(id);
  }

  forget(id: RequestId): void {
    this.#stops.delete(id);
  }

  async follow(documents: readonly SessionDocument[], pods: readonly SessionPod[]): Promise<void> {
    for (const pod of pods) {
      if (pod.endOrder !== undefined || pod.phase.kind === 'finished') continue;
      const orders = documents.filter(({ id, order }) => id === pod.id && order !== undefined);
      let current = pod;
      for (const document of orders.sort((a, b) => ((a.order ?? '') < (b.order ?? '') ? -1 : 1))) {
        current = await this.#followOne(document, current, pods);
      }
    }
  }

  /** The pod as it is afterwards. */
  async #followOne(
    { id, order, file, verdict }: SessionDocument,
    pod: SessionPod,
    pods: readonly SessionPod[],
  ): Promise<SessionPod> {
    const { policy, emit, createRedaction } = this.#context;
    if (order === undefined || pod.notes.some((note) => note.startsWith(`${order}: `))) return pod;
    const isAdministrator = (principal: string): boolean => policy?.isAdministrator(principal) === true;
    const { requester } = pod;
    const checked = checkSessionOrder({ id, order, bytes: file.bytes, verdict, requester, isAdministrator });
    switch (checked.kind) {
      case 'ignored':
        // No note of it: whoever can push could fill the pod with notes.
        if (!this.#ignored.has(`${id} ${checked.why}`)) {
          emit({ type: 'ignored', path: sessionOrderPath(id, order), reason: checked.why });
        }
        this.#ignored.add(`${id} ${checked.why}`);
        return pod;
      case 'stop': {
        const text = checked.reason === undefined ? checked.by : `${checked.by}: ${checked.reason}`;
        const redacted = await (await createRedaction()).redact(text);
        this.#stops.set(id, redacted.replaceAll(/\s+/gu, ' ').slice(0, 800));
        return pod;
      }
      case 'extend': {
        const why = this.#whyNot(checked.until, pod, pods);
        const until = why === undefined ? checked.until : undefined;
        const outcome = why === undefined ? `extended until ${checked.until.toISOString()}` : `not extended: ${why}`;
        const notes = [...pod.notes, `${order}: ${outcome}`];
        await this.#client?.patch(PODS, pod.name, orderPatch(notes, until));
        emit({ type: 'session', id, what: 'extended', message: outcome });
        return { ...pod, notes, expiresAt: until ?? pod.expiresAt };
      }
    }
  }

  #whyNot(until: Date, pod: SessionPod, pods: readonly SessionPod[]): string | undefined {
    if (until <= pod.expiresAt) return `it lasts until ${pod.expiresAt.toISOString()} already`;
    if (until > pod.latestEnd) return `it may last until ${pod.latestEnd.toISOString()} at most`;
    const { policy, settings } = this.#context;
    const { requester, about } = pod;
    const decision = policy?.decideSession({
      principal: requester,
      cluster: settings.cluster.name,
      namespace: about,
      seconds: Math.ceil((until.getTime() - pod.acceptedAt.getTime()) / 1000),
      others: pods.filter((each) => each.id !== pod.id && each.requester === requester).length,
    });
    if (decision?.kind === 'allowed') return undefined;
    return decision === undefined ? 'this processor has no policy' : decision.reason.message;
  }
}
