/** The time between two looks, which ends early when something happens here, or when the processor is to stop. */
export class PauseBetweenLooks {
  readonly #signals: readonly AbortSignal[];
  #wake: (() => void) | undefined;

  constructor(signals: readonly AbortSignal[]) {
    this.#signals = signals;
  }

  async wait(ms: number): Promise<void> {
    if (this.#signals.some(({ aborted }) => aborted)) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        for (const signal of this.#signals) signal.removeEventListener('abort', end);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#wake = end;
      for (const signal of this.#signals) signal.addEventListener('abort', end, { once: true });
    });
  }

  /** Without effect while nobody waits. */
  end(): void {
    this.#wake?.();
  }
}
