import { CLOCK_SKEW_MS, clockSkew } from '../admission/clock-skew.ts';
import type { Ledger, StandingPause } from '../admission/ledger.ts';
import { sameRepository } from '../domain/same-repository.ts';
import type { Resume } from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { formatProblem } from '../schema/problem.ts';
import { decodeUtf8 } from '../lib/utf8.ts';
import type { VerifyAdministrator } from '../zone/signed-file.ts';

/** Whether a document lifts a pause, and if not why. */
export type ResumeVerdict =
  | { readonly kind: 'lifts'; readonly resume: Resume; readonly principal: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export interface ResumeFacts {
  readonly bytes: Uint8Array;
  readonly signature: string | undefined;
  readonly pause: StandingPause;
  readonly repository: { readonly address: string; readonly isLocal: boolean };
  readonly ledger: Pick<Ledger, 'hasResumed'>;
  readonly verify: VerifyAdministrator;
  readonly now: Date;
}

const LONGEST_LIFE_MS = 24 * 3_600_000;

/**
 * A signed document lifts exactly the pause whose bytes it names, in this war room, once, and only when it was written
 * after the pause was seen: an old one put back beside a new pause of the same words has no effect.
 */
export async function checkResume(facts: ResumeFacts): Promise<ResumeVerdict> {
  const { bytes, pause, repository, ledger, now } = facts;
  // Nothing is read out of the bytes before it is known who signed them.
  const signed = await facts.verify({ purpose: 'resume', bytes, signature: facts.signature });
  if (signed.kind === 'refused') return signed;
  const parsed = parseDocument('Resume', decodeUtf8(bytes) ?? '', { file: 'resume.yaml' });
  if (!parsed.ok) return refused('invalid', parsed.problems.slice(0, 3).map(formatProblem).join('; '));
  const { metadata, spec } = parsed.value;
  const [writtenMs, expiresMs, nowMs] = [Date.parse(metadata.timestamp), Date.parse(spec.expiresAt), now.getTime()];
  if (metadata.engineer !== signed.signer.principal) {
    return refused('wrong-principal', `it says ${metadata.engineer} and was signed by ${signed.signer.principal}`);
  }
  if (spec.pauseSha256 !== pause.sha256) return refused('other-pause', 'it lifts another pause');
  if (!repository.isLocal && !sameRepository(spec.repository, repository.address)) {
    return refused('wrong-repository', `it was written for ${spec.repository}`);
  }
  if (nowMs >= expiresMs) return refused('expired', `it expired at ${spec.expiresAt}`);
  if (expiresMs - writtenMs > LONGEST_LIFE_MS) return refused('too-long', 'it is valid for more than 24 hours');
  const skew = clockSkew(metadata.timestamp, now);
  if (skew !== undefined) return refused('clock-skew', `it is ${skew.message}; ${skew.hint}`);
  if (ledger.hasResumed(spec.nonce)) return refused('replayed', 'it has lifted a pause before');
  if (writtenMs < pause.at.getTime() - CLOCK_SKEW_MS) {
    return refused('older-than-pause', 'it was written before this pause was seen');
  }
  return { kind: 'lifts', resume: parsed.value, principal: signed.signer.principal };
}

function refused(code: string, message: string): ResumeVerdict {
  return { kind: 'refused', code, message: message.slice(0, 500) };
}
