import type { RequestId } from '../domain/request-id.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import { answerOrder, takeOrders, type OrderAnswer } from '../zone/orders.ts';
import type { StoppedBy } from './cancellation.ts';
import type { ProcessorContext } from './context.ts';
import { discardHeld, releaseHeld } from './held-results.ts';
import type { RunningWork } from './running-work.ts';

interface Obeying {
  readonly running: Pick<RunningWork, 'ids' | 'cancel'>;
  /** Something can go on that waited. */
  readonly onChange: () => void;
}

/** Does what the administrator of the zone has ordered since the last look, and answers each order. */
export async function obeyOrders(context: ProcessorContext, obeying: Obeying): Promise<void> {
  const { stateDir } = context.settings;
  for (const order of await takeOrders(stateDir)) {
    const { action, number, who, reason } = order;
    const by = { who: await redacted(context, who), reason: await redacted(context, reason) };
    const answer =
      order.id === 'all' || action === 'kill'
        ? await kill(context, { id: order.id, by, obeying })
        : await settleHeld(context, { id: order.id, action, by, obeying });
    await answerOrder(stateDir, number, answer);
  }
}

interface Order {
  readonly by: StoppedBy;
  readonly obeying: Obeying;
}

/** Ends investigations: each is published as cancelled, with who and why. */
async function kill(
  { ledger, emit }: ProcessorContext,
  { id, by, obeying }: Order & { readonly id: RequestId | 'all' },
): Promise<OrderAnswer> {
  const stopped: RequestId[] = [];
  for (const one of id === 'all' ? obeying.running.ids() : [id]) {
    if (!obeying.running.cancel(one, by)) continue;
    stopped.push(one);
    await ledger.append({ event: 'stopped', id: one, ...by });
    emit({ type: 'stopped-by-administrator', id: one, ...by });
  }
  return stopped.length === 0 && id !== 'all'
    ? { kind: 'refused', why: `${id} does not run here` }
    : { kind: 'done', ids: stopped };
}

/** A result that waits for a person goes out, or never does. */
async function settleHeld(
  context: ProcessorContext,
  { id, action, by, obeying }: Order & { readonly id: RequestId; readonly action: 'release' | 'discard' },
): Promise<OrderAnswer> {
  const why = action === 'release' ? await releaseHeld(context, id, by) : await discardHeld(context, id, by);
  if (why !== undefined) return { kind: 'refused', why };
  context.emit({ type: action === 'release' ? 'released' : 'withheld', id, ...by });
  obeying.onChange();
  return { kind: 'done', ids: [id] };
}

async function redacted(context: ProcessorContext, text: string): Promise<RedactedText> {
  return await (await context.createRedaction()).redact(text);
}
