import { MAX_EVIDENCE_BYTES } from '../domain/evidence.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import { evidenceText, MAX_OUTPUT_BYTES } from './evidence-text.ts';
import { keepLines } from './keep-lines.ts';
import type { StepData } from './parse-output.ts';
import type { Recording, Redactor } from './run-step.ts';

/** How much less is kept when the marks of redaction made a text longer than evidence may be. */
const LESS = 0.75;

/** Records of an output that is too long what is quoted and as much of the rest as fits. */
export async function recordTooLong(
  data: StepData,
  { quoted, stderr, rest }: { readonly quoted: readonly number[] } & Extract<Recording, { kind: 'too-long' }>,
  redaction: Redactor,
): Promise<{ readonly data: StepData; readonly text: RedactedText }> {
  for (let maxBytes = MAX_OUTPUT_BYTES; ; maxBytes *= LESS) {
    const kept = keepLines(data, { maxBytes, quoted, rest });
    const text = await redaction.redact(evidenceText({ stdout: kept.lines.join('\n'), stderr }).text);
    if (Buffer.byteLength(text) <= MAX_EVIDENCE_BYTES) return { data: kept, text };
  }
}
