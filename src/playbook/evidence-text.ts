import { MAX_EVIDENCE_BYTES } from '../domain/evidence.ts';
import type { CommandResult } from '../target/port.ts';

/** Line between the two streams in evidence. */
export const STDERR_LINE = '--- stderr ---';

/** Keeps the recorded text with its stderr and its redaction marks below the limit of one evidence file. */
export const MAX_OUTPUT_BYTES = MAX_EVIDENCE_BYTES - 192 * 1024;
const MAX_STDERR_BYTES = 64 * 1024;

/** Whether the lines of an output are more than what evidence keeps. */
export function isTooLong(lines: readonly string[]): boolean {
  let bytes = -1;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > MAX_OUTPUT_BYTES) return true;
  }
  return false;
}

/** What evidence keeps of a result: stdout as it came, then stderr when there is any. Raw, so it must be redacted. */
export function evidenceText(result: Pick<CommandResult, 'stdout' | 'stderr'>): {
  readonly text: string;
  readonly isCut: boolean;
} {
  const stdout = cutBytes(result.stdout, MAX_OUTPUT_BYTES);
  const stderr = cutBytes(result.stderr, MAX_STDERR_BYTES);
  const lineEnd = stdout === '' || stdout.endsWith('\n') ? '' : '\n';
  return {
    text: stderr.trim() === '' ? stdout : `${stdout}${lineEnd}${STDERR_LINE}\n${stderr}`,
    isCut: stdout.length < result.stdout.length || stderr.length < result.stderr.length,
  };
}

/** At most `maxBytes` bytes of UTF-8, cut between characters. */
function cutBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  // 10xxxxxx continues a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString('utf8');
}
