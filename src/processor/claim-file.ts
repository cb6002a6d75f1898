import type { RedactedText } from '../domain/redacted-text.ts';
import type { Claim } from '../schema/generated.ts';
import { formatJson } from '../schema/format-document.ts';
import type { ProcessorContext } from './context.ts';

/** A claim as it lies in its ref. Progress comes from redacted text already; this pass makes sure. */
export async function formatClaim(context: ProcessorContext, claim: Claim): Promise<RedactedText> {
  const redaction = await context.createRedaction();
  return await redaction.redact(formatJson('Claim', claim));
}
