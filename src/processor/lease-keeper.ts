import type { Claim, ClaimProgress } from '../schema/generated.ts';
import { isWarroomError } from '../domain/errors.ts';
import type { ProcessorContext } from './context.ts';
import { formatClaim } from './claim-file.ts';

/**
 * Keeps one claim alive.
 *
 * held    after the claim was won; renewed by compare-and-set every `renewSeconds`, or earlier with progress
 * lost    somebody else took over, or no renewal succeeded for 0.8 × lease: the work is aborted
 * stopped the work is over; nothing is renewed any more and `commit` stays as it is
 */
export class LeaseKeeper {
  readonly #context: ProcessorContext;
  readonly #ref: string;
  readonly #lost = new AbortController();
  #claim: Claim;
  #commit: string;
  #renewedMs: number;
  #timer: NodeJS.Timeout | undefined;
  /** Runs out when no renewal succeeds in time, also while one waits for a remote that does not answer. */
  #deadline: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #isStopped = false;
  #hasNews = false;

  constructor(
    context: ProcessorContext,
    held: { readonly ref: string; readonly commit: string; readonly claim: Claim },
  ) {
    this.#context = context;
    this.#ref = held.ref;
    this.#commit = held.commit;
    this.#claim = held.claim;
    this.#renewedMs = context.clock.monotonicMs();
    this.#schedule();
    this.#extend();
  }

  get ref(): string {
    return this.#ref;
  }

  /** Value that the claim ref has now; whoever publishes must find it unchanged. */
  get commit(): string {
    return this.#commit;
  }

  get claim(): Claim {
    return this.#claim;
  }

  /** Aborted when the claim is no longer ours. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Changes what `follow` shows; sent with the next renewal that the push budget allows. */
  report(progress: Omit<ClaimProgress, 'updates'>): void {
    this.#claim = {
      ...this.#claim,
      progress: { ...progress, message: progress.message.slice(0, 200), updates: this.#claim.progress.updates + 1 },
    };
    this.#hasNews = true;
    this.#schedule();
  }

  /** Ends renewals and waits for the last one. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    await this.#renewing;
  }

  #schedule(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    const { lease, progressSeconds } = this.#context.settings;
    const sinceMs = this.#context.clock.monotonicMs() - this.#renewedMs;
    const afterMs = (this.#hasNews ? progressSeconds : lease.renewSeconds) * 1000;
    this.#timer = setTimeout(
      () => {
        this.#renewing = this.#renewing.then(() => this.#renew());
      },
      Math.max(0, afterMs - sinceMs),
    );
  }

  async #renew(): Promise<void> {
    if (this.#isStopped) return;
    const { lease } = this.#context.settings;
    const isDue = this.#context.clock.monotonicMs() - this.#renewedMs >= lease.renewSeconds * 1000;
    if (!isDue && !this.#context.warRoom.isLocal && !this.#context.pushBudget.tryTake()) {
      this.#hasNews = false;
      this.#schedule();
      return;
    }
    this.#hasNews = false;
    const claim: Claim = { ...this.#claim, nonce: Buffer.from(this.#context.random(16)).toString('hex') };
    try {
      const outcome = await this.#context.warRoom.setRef({
        ref: this.#ref,
        expected: this.#commit,
        file: { path: 'claim.json', content: await formatClaim(this.#context, claim) },
      });
      if (outcome.kind === 'lost') {
        this.#lose('another processor took the claim over');
        return;
      }
      this.#commit = outcome.commit;
      this.#renewedMs = this.#context.clock.monotonicMs();
      this.#extend();
    } catch (error) {
      if (!isWarroomError(error)) {
        this.#lose('the claim could not be renewed');
        return;
      }
      this.#context.emit({ type: 'warning', code: error.code, message: `claim not renewed: ${error.message}` });
    }
    this.#schedule();
  }

  #extend(): void {
    clearTimeout(this.#deadline);
    if (this.#isStopped) return;
    this.#deadline = setTimeout(
      () => {
        this.#lose('the claim could not be renewed in time');
      },
      this.#context.settings.lease.seconds * 1000 * 0.8,
    );
  }

  #lose(why: string): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    this.#lost.abort(new Error(why));
  }
}
