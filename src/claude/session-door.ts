import { createHmac } from 'node:crypto';
import { WarroomError } from '../domain/errors.ts';
import { startModelBroker, type BrokerRun, type TlsListen } from './broker/start-model-broker.ts';
import type { SpendEntry } from './broker/spend.ts';
import type { MessagesUpstream } from './broker/upstream.ts';
import { describeUsedUp, type SpendBook } from './spend-book.ts';

/** Calls of one session at the same time: a person, and what claude does beside them. */
const MAX_CALLS = 8;

export interface DoorListen extends TlsListen {
  /** Never leaves the processor; tokens of sessions follow from it, so the next start knows them again. */
  readonly secret: string;
}

/** A session that may call the model. */
export interface DoorGuest {
  readonly id: string;
  /** Of its pod: another pod has another token. */
  readonly uid: string;
  readonly requester: string;
  /** US dollars that it may spend in its life. */
  readonly maxUsd: number;
  /** What an earlier start has counted. */
  readonly spentUsd: number;
  /** Why its requester may spend nothing now, in words. */
  readonly obstacle: () => string | undefined;
}

/**
 * The model for people in the pods of sessions: the Messages API over TLS, and nothing else. A session is known by a token that
 * is good as long as it is admitted here; the key of the model stays in the processor, and every call is counted.
 */
export interface SessionDoor {
  /** PEM of the only authority that vouches for it. */
  readonly certificate: string;
  tokenOf(guest: Pick<DoorGuest, 'id' | 'uid'>): string;
  /** Lets a session in; one that is in stays as it is. */
  admit(guest: DoorGuest): void;
  /** Ends its calls, and its token opens nothing any more. What it spent is known until it is forgotten. */
  dismiss(id: string): void;
  forget(id: string): void;
  /** US dollars in its life; undefined when it was not admitted since the start. */
  spentUsd(id: string): number | undefined;
  close(): Promise<void>;
}

export interface SessionCallSpend {
  /** Of the session. */
  readonly id: string;
  readonly usd: number;
}

export async function openSessionDoor(options: {
  readonly upstream: MessagesUpstream;
  readonly listen: DoorListen;
  readonly book: SpendBook;
  readonly now: () => Date;
  /** Told of each call that the model has answered. */
  readonly onSpend: (spend: SessionCallSpend) => void;
}): Promise<SessionDoor> {
  const { listen, book, onSpend } = options;
  const { host, port, certificate, key, secret } = listen;
  const broker = await startModelBroker({ ...options, listen: { host, port, certificate, key } }).catch(
    (cause: unknown) => {
      throw new WarroomError('not-allowed', 'the model cannot be served to sessions', {
        why: `the processor cannot listen on ${host}:${port}: ${cause instanceof Error ? cause.message : ''}`,
        hint: 'correct sessions.model.listen',
        cause,
      });
    },
  );
  const guests = new Map<string, { readonly before: number; readonly run: BrokerRun }>();
  const tokenOf: SessionDoor['tokenOf'] = ({ id, uid }) =>
    `warroom-session-${createHmac('sha256', secret).update(`${id} ${uid}`).digest('hex')}`;

  function count(entry: SpendEntry): void {
    book.add(entry, 'session');
    onSpend({ id: entry.runId, usd: entry.usd });
  }

  function spentUsd(id: string): number | undefined {
    const guest = guests.get(id);
    return guest === undefined ? undefined : guest.before + guest.run.spentUsd();
  }

  /** A book that cannot be written would begin anew with every start. */
  async function obstacleOf({ id, requester, maxUsd, obstacle }: DoorGuest): Promise<string | undefined> {
    if ((spentUsd(id) ?? 0) >= maxUsd) return `the model budget of this session is used up ($${maxUsd.toFixed(2)})`;
    await book.flush();
    const daily = book.budget(requester);
    return daily.kind === 'used-up' ? describeUsedUp(daily) : obstacle();
  }

  return {
    certificate,
    tokenOf,
    spentUsd,
    admit(guest) {
      if (guests.has(guest.id)) return;
      const run = broker.openRun({
        ...{ runId: guest.id, requester: guest.requester, token: tokenOf(guest), maxCalls: MAX_CALLS },
        ...{ budgetUsd: Infinity, isLasting: true, onSpend: count },
        obstacle: () => obstacleOf(guest).catch((error: unknown) => whyOf(error)),
      });
      guests.set(guest.id, { before: guest.spentUsd, run });
    },
    dismiss(id) {
      guests.get(id)?.run.close();
    },
    forget(id) {
      guests.get(id)?.run.close();
      guests.delete(id);
    },
    close: () => broker.close(),
  };
}

function whyOf(error: unknown): string {
  if (error instanceof WarroomError) return error.message;
  throw error;
}
