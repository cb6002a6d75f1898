/** kubectl writes the logs of several pods one after the other, each line with the place that it comes from. */
const SOURCE = /^\[pod\/[^\]]{1,600}\] /u;

/**
 * Of a log that is too long the newest whole lines, at most `maxBytes` of them. Each source gets an equal part, and what one
 * does not need goes to the others, so that a talkative pod does not hide the rest. `hasLostStart` says that the text
 * begins somewhere inside a line.
 */
export function newestLines(
  text: string,
  options: { readonly maxBytes: number; readonly hasLostStart: boolean },
): { readonly text: string; readonly isCut: boolean } {
  const { maxBytes, hasLostStart } = options;
  const whole = hasLostStart ? text.slice(text.indexOf('\n') + 1) : text;
  if (Buffer.byteLength(whole) <= maxBytes) return { text: whole, isCut: false };
  const lines = (whole.endsWith('\n') ? whole.slice(0, -1) : whole).split('\n');
  const kept = new Set(newestOf(lines, { maxBytes }));
  return { text: lines.map((line, index) => (kept.has(index) ? `${line}\n` : '')).join(''), isCut: true };
}

/** Their indexes; lines that are `kept` already take no room, and a source is left out from its first that does not fit. */
export function newestOf(
  lines: readonly string[],
  { maxBytes, isKept = () => false }: { readonly maxBytes: number; readonly isKept?: (index: number) => boolean },
): readonly number[] {
  const sources = new Map<string, Line[]>();
  for (const [index, line] of lines.entries()) {
    const source = SOURCE.exec(line)?.[0] ?? '';
    const own = sources.get(source) ?? [];
    own.push({ index, bytes: isKept(index) ? 0 : Buffer.byteLength(line) + 1 });
    sources.set(source, own);
  }
  const newest: number[] = [];
  let left = maxBytes;
  const bySize = [...sources.values()].sort((a, b) => sizeOf(a) - sizeOf(b));
  for (const [done, own] of bySize.entries()) left -= addNewest(own, left / (bySize.length - done), newest);
  return newest;
}

interface Line {
  readonly index: number;
  readonly bytes: number;
}

function sizeOf(lines: readonly Line[]): number {
  let sum = 0;
  for (const { bytes } of lines) sum += bytes;
  return sum;
}

/** Bytes that were used. */
function addNewest(lines: readonly Line[], room: number, newest: number[]): number {
  let used = 0;
  for (const { index, bytes } of [...lines].reverse()) {
    if (used + bytes > room) break;
    used += bytes;
    newest.push(index);
  }
  return used;
}
