/** What was opened so far, to be closed whatever becomes of the rest. */
export interface CloseStack {
  add(close: () => Promise<void> | void): void;
  /** Closes the newest first, all of them; then throws what failed first. */
  close(): Promise<void>;
}

export function createCloseStack(): CloseStack {
  const opened: (() => Promise<void> | void)[] = [];
  return {
    add: (close) => {
      opened.push(close);
    },
    close: async () => {
      const failures: unknown[] = [];
      for (const close of opened.splice(0).reverse()) {
        try {
          await close();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
