import { formatProblem } from '../schema/problem.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { decodeUtf8 } from '../lib/utf8.ts';
import type { AnnouncedHistory } from '../zone/accepted-history.ts';
import type { VerifyAdministrator } from '../zone/signed-file.ts';

/** What an announcement of a rewritten history is worth. */
export type HistoryVerdict =
  | { readonly kind: 'accepted'; readonly to: string; readonly who: string; readonly reason: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export interface HistoryFacts {
  readonly announced: AnnouncedHistory;
  /** Newest tip that was accepted, which the branch no longer contains. */
  readonly accepted: string;
  /** Whether the branch contains a commit now. */
  readonly contains: (commit: string) => Promise<boolean>;
  /** Undefined where trust is open and there is no trust data: whoever can write in the zone decides there. */
  readonly verify: VerifyAdministrator | undefined;
}

/** An administrator's word counts for one step only: from the tip that was accepted to a commit of the new branch. */
export async function checkHistory({ announced, accepted, contains, verify }: HistoryFacts): Promise<HistoryVerdict> {
  const signed = await verify?.({ purpose: 'history', ...announced });
  if (signed?.kind === 'refused') return signed;
  const parsed = parseDocument('AcceptedHistory', decodeUtf8(announced.bytes) ?? '', { file: 'accepted-history.yaml' });
  if (!parsed.ok) return refused('invalid', parsed.problems.slice(0, 3).map(formatProblem).join('; '));
  const { metadata, spec } = parsed.value;
  if (signed !== undefined && metadata.engineer !== signed.signer.principal) {
    return refused('wrong-principal', `it says ${metadata.engineer} and was signed by ${signed.signer.principal}`);
  }
  if (spec.from !== accepted) return refused('other-history', `it is about ${spec.from}, not about ${accepted}`);
  if (!(await contains(spec.to))) return refused('other-branch', `the branch does not contain ${spec.to}`);
  return { kind: 'accepted', to: spec.to, who: metadata.engineer, reason: spec.reason };
}

function refused(code: string, message: string): HistoryVerdict {
  return { kind: 'refused', code, message: message.slice(0, 500) };
}
