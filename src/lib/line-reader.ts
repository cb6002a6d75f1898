export interface LineReader {
  push(chunk: Buffer): void;
  /** Gives what stands after the last line end. */
  end(): void;
}

/**
 * Cuts a byte stream into lines without ever holding more than one of them. A line longer than `maxLineBytes` is
 * skipped as a whole.
 */
export function createLineReader(options: {
  readonly maxLineBytes: number;
  readonly onLine: (line: string) => void;
  readonly onSkipped?: (() => void) | undefined;
}): LineReader {
  const { maxLineBytes, onLine, onSkipped } = options;
  let parts: Buffer[] = [];
  let size = 0;
  let isSkipping = false;

  function add(part: Buffer): void {
    if (isSkipping) return;
    size += part.length;
    parts.push(part);
    if (size <= maxLineBytes) return;
    isSkipping = true;
    parts = [];
  }

  function finish(): void {
    if (isSkipping) onSkipped?.();
    else if (size > 0) onLine(Buffer.concat(parts, size).toString('utf8'));
    parts = [];
    size = 0;
    isSkipping = false;
  }

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
        add(chunk.subarray(start, end));
        finish();
        start = end + 1;
      }
      if (start < chunk.length) add(chunk.subarray(start));
    },
    end: finish,
  };
}
