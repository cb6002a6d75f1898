import { WarroomError } from '../domain/errors.ts';
import type { Snapshot } from '../repository/port.ts';
import { readAnnouncedHistory } from '../zone/accepted-history.ts';
import { checkHistory } from './check-history.ts';
import type { ProcessorContext } from './context.ts';

/** Why the processor does not go on from what it sees. */
export interface BrokenHistory {
  readonly code: 'history-rewritten';
  readonly message: string;
  readonly hint: string;
}

/** The branch must contain what was accepted before; otherwise somebody rewrote history and people must look. */
export class HistoryGuard {
  readonly #context: ProcessorContext;
  /** Tip that an administrator accepts at this start. */
  readonly #acceptTip: string | undefined;
  readonly #signal: AbortSignal;
  #told = '';

  constructor(
    context: ProcessorContext,
    options: { readonly acceptTip: string | undefined; readonly signal: AbortSignal },
  ) {
    this.#context = context;
    this.#acceptTip = options.acceptTip;
    this.#signal = options.signal;
  }

  /** Undefined when the history is whole, or an administrator has said that it may be what it is. */
  async check(snapshot: Snapshot): Promise<BrokenHistory | undefined> {
    const { ledger, warRoom } = this.#context;
    const { tip } = ledger;
    if (tip === undefined || this.#acceptTip === snapshot.tip) return undefined;
    if (await warRoom.contains(snapshot.tip, tip, { signal: this.#signal })) return undefined;
    if (await this.#isAnnounced(snapshot, tip)) return undefined;
    return {
      code: 'history-rewritten',
      message: `the branch no longer contains commit ${tip} that was accepted before`,
      hint: `when this was intended:  claude-warroom admin accept-history --to ${snapshot.tip} --reason "…"`,
    };
  }

  /** An administrator may have said in the zone that this was intended. */
  async #isAnnounced(snapshot: Snapshot, accepted: string): Promise<boolean> {
    const { settings, ledger, warRoom, verifyAdministrator, emit } = this.#context;
    const announced = await readAnnouncedHistory(settings.trustDir ?? settings.stateDir);
    if (announced === undefined || (settings.trust === 'required' && verifyAdministrator === undefined)) return false;
    const verdict = await checkHistory({
      announced,
      accepted,
      contains: async (commit) => await warRoom.contains(snapshot.tip, commit, { signal: this.#signal }),
      verify: verifyAdministrator,
    });
    if (verdict.kind === 'accepted') {
      const { to, who, reason } = verdict;
      await ledger.append({ event: 'history', from: accepted, to, who, reason });
      emit({ type: 'history-accepted', from: accepted, to, who, reason });
      return true;
    }
    const message = `the announced history is not accepted: ${verdict.message}`;
    if (this.#told !== message) emit({ type: 'warning', code: `history-${verdict.code}`, message });
    this.#told = message;
    return false;
  }
}

/** For a run that promises an end, which does not wait for an administrator. */
export function brokenHistoryError({ code, message, hint }: BrokenHistory, tip: string): WarroomError {
  return new WarroomError(code, message, { why: `the tip is ${tip} now`, hint });
}
