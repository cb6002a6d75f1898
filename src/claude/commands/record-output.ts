import { MAX_EVIDENCE_BYTES } from '../../domain/evidence.ts';
import type { RedactedText } from '../../domain/redacted-text.ts';
import { evidenceText } from '../../playbook/evidence-text.ts';
import type { Redaction } from '../../redaction/create-redaction.ts';
import { cleanText } from '../../report/untrusted.ts';
import type { PlanResult } from './run-plan.ts';

/** How far back a cut output is shortened to the end of a line: half a line may be half a secret. */
const LINE_SEARCH = 64 * 1024;

/** What is stored and shown of an output: readable text without secrets, at most the size of one evidence file. */
export async function recordOutput(
  result: Pick<PlanResult, 'output' | 'truncated'>,
  redaction: Pick<Redaction, 'redact'>,
): Promise<{ readonly text: RedactedText; readonly truncated: boolean }> {
  const { text, isCut } = evidenceText({ stdout: cleanText(result.output.toString('utf8')), stderr: '' });
  const truncated = result.truncated || isCut;
  const redacted = await redaction.redact(truncated ? withoutLastLine(text) : text);
  if (Buffer.byteLength(redacted) <= MAX_EVIDENCE_BYTES) return { text: redacted, truncated };
  // Marks can be longer than what they stand for.
  const shorter = withoutLastLine(evidenceText({ stdout: redacted, stderr: '' }).text);
  return { text: await redaction.redact(shorter), truncated: true };
}

function withoutLastLine(text: string): string {
  const end = text.lastIndexOf('\n');
  return end < 0 || text.length - end > LINE_SEARCH ? text : text.slice(0, end + 1);
}
