import { join } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
import { isLockHeld } from '../lib/lock-file.ts';
import { placeOrder, takeAnswer, withdrawOrder, type Order } from '../zone/orders.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { administratorName, loadZone } from './zone.ts';

/** A processor looks twice a second; one that is busy with a large report takes a little longer. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 100;

interface OrderFlags {
  readonly action: Order['action'];
  readonly id: RequestId | 'all';
  readonly reason: string;
  readonly c?: string;
  /** What has happened then, for people. */
  readonly done: string;
}

/** Gives an order to the processor that runs here, and waits until it has obeyed. */
export async function giveOrder(context: CliContext, flags: OrderFlags): Promise<ExitCode> {
  const settings = await loadZone(context, flags.c);
  const ids = await orderIn(context, settings.stateDir, flags);
  const { io } = context;
  if (context.flags.json) {
    io.out(JSON.stringify({ action: flags.action, ids, by: administratorName(context), reason: flags.reason }));
    return EXIT.done;
  }
  const tick = io.errorStyle.good('✔');
  if (ids.length === 0) io.err(`${tick} nothing runs here`);
  for (const id of ids) io.err(`${tick} ${id} ${flags.done}`);
  return EXIT.done;
}

/** Ids that the order concerned. Throws `not-found` when no processor runs, or when it does not know the request. */
export async function orderIn(
  context: CliContext,
  stateDir: string,
  { action, id, reason }: Pick<OrderFlags, 'action' | 'id' | 'reason'>,
): Promise<readonly string[]> {
  const { clock, random, signal } = context;
  if (reason.trim() === '') {
    throw new WarroomError('usage', '--reason is empty', { why: 'it is recorded, and its requester wants to know' });
  }
  if (!(await isLockHeld(join(stateDir, 'lock')))) {
    throw new WarroomError('not-found', 'no processor runs here', {
      why: `nobody holds ${join(stateDir, 'lock')}`,
      hint: 'start it, or run this on the same machine, in the same container and as the same user',
    });
  }
  const order = { action, id, who: administratorName(context), reason: reason.trim() };
  const number = await placeOrder(stateDir, order, random);
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_MS) {
    const answer = await takeAnswer(stateDir, number);
    if (answer?.kind === 'done') return answer.ids;
    if (answer?.kind === 'refused') throw new WarroomError('not-found', answer.why);
    await clock.sleep(LOOK_MS, signal);
  }
  await withdrawOrder(stateDir, number);
  throw new WarroomError('timeout', 'the processor did not answer', {
    why: `it took nothing from ${join(stateDir, 'orders')} for ${PATIENCE_MS / 1000} s`,
    hint: 'look at its log',
  });
}

export function requireId(text: string): RequestId {
  const id = parseRequestId(text);
  if (id !== undefined) return id;
  throw new WarroomError('usage', `${JSON.stringify(text)} is not a request id`, {
    hint: 'claude-warroom admin watch --once   or   claude-warroom admin held   list them',
  });
}

export function requireIdOrAll(text: string | undefined, isAll: boolean): RequestId | 'all' {
  if (isAll && text === undefined) return 'all';
  if (text !== undefined && !isAll) return requireId(text);
  throw new WarroomError('usage', 'name one request, or --all', {
    hint: 'claude-warroom admin watch --once  lists what runs',
  });
}
