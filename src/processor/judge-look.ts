import type { Evidence } from '../domain/evidence.ts';
import type { Judgement } from '../domain/finding.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import { checkJudgement } from '../report/citations.ts';
import type { TroubleshootingRequest } from '../schema/generated.ts';
import type { HandedOn } from './handed-on.ts';
import type { Look } from './look-at-target.ts';

/**
 * Rules read raw output, so what they say is redacted here; the evidence passes once more, because a secret that a
 * later output gave away is now known. Quotes are checked against exactly the text that is published.
 */
export async function judgeLook(
  look: Pick<Look, 'evidence' | 'judgement'>,
  options: {
    readonly redaction: Redaction;
    readonly request: TroubleshootingRequest;
    readonly now: Date;
    readonly counter: () => string;
    readonly handedOn: HandedOn;
  },
): Promise<{ readonly evidence: readonly Evidence[]; readonly judgement: Judgement }> {
  const { redaction, handedOn } = options;
  const unknowns = [...handedOn.unknowns, ...look.judgement.unknowns];
  const redacted = await redaction.redactValue({ ...look.judgement, unknowns });
  const evidence: Evidence[] = [];
  for (const item of [...look.evidence, ...handedOn.evidence, ...(await attachmentsOf(options))]) {
    evidence.push({ ...item, text: await redaction.redact(item.text) });
  }
  return { evidence, judgement: checkJudgement(redacted, evidence) };
}

/** What the requester sent along lies beside the other evidence, so that everybody reads the same. */
async function attachmentsOf({
  redaction,
  request,
  now,
  counter,
}: {
  readonly redaction: Redaction;
  readonly request: TroubleshootingRequest;
  readonly now: Date;
  readonly counter: () => string;
}): Promise<readonly Evidence[]> {
  const attachments: Evidence[] = [];
  for (const { name, content } of request.spec.attachments ?? []) {
    attachments.push({
      id: counter(),
      step: 'attachment',
      title: `attached by the requester: ${name}`,
      source: 'playbook',
      argv: [await redaction.redact('attachment'), await redaction.redact(name)],
      status: 'ok',
      startedAt: now,
      ms: 0,
      text: await redaction.redact(content),
      truncated: false,
    });
  }
  return attachments;
}

/** A secret that a later output gave away may stand in an earlier one. */
export async function redactedAgain(evidence: readonly Evidence[], redaction: Redaction): Promise<readonly Evidence[]> {
  const again: Evidence[] = [];
  for (const item of evidence) again.push({ ...item, text: await redaction.redact(item.text) });
  return again;
}
