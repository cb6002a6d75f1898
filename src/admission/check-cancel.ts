import type { RequestId } from '../domain/request-id.ts';
import type { SignatureVerdict } from '../domain/signature.ts';
import { decodeUtf8 } from '../lib/utf8.ts';
import { parseDocument } from '../schema/parse-document.ts';

export interface CancelFacts {
  readonly id: RequestId;
  readonly bytes: Uint8Array;
  /** Over exactly these bytes, for the namespace of cancels. */
  readonly verdict: SignatureVerdict;
  /** Who signed the request; undefined when nobody vouches for it. */
  readonly requester: string | undefined;
  /** Whether the policy lets this principal withdraw what others asked. */
  readonly isAdministrator: (principal: string) => boolean;
}

export type CancelVerdict =
  { readonly kind: 'counts'; readonly by: string } | { readonly kind: 'ignored'; readonly why: string };

/** Whether a withdrawal counts where signatures are required: only that of the requester, or of an administrator. */
export function checkCancel({ id, bytes, verdict, requester, isAdministrator }: CancelFacts): CancelVerdict {
  if (verdict.kind === 'refused') return ignored(`${verdict.code}: ${verdict.message}`);
  const { principal } = verdict.signer;
  if (principal !== requester && !isAdministrator(principal)) {
    return ignored(`${principal} is neither its requester nor an administrator`);
  }
  // Only now: whoever signed it may write here.
  const parsed = parseDocument('Cancel', decodeUtf8(bytes) ?? '', { file: 'cancel.yaml' });
  if (!parsed.ok) return ignored('it does not follow the schema of a cancel');
  const { name, engineer } = parsed.value.metadata;
  if (name !== id) return ignored(`it withdraws ${name}`);
  if (engineer !== principal) return ignored(`it says ${engineer} and was signed by ${principal}`);
  return { kind: 'counts', by: principal };
}

function ignored(why: string): CancelVerdict {
  return { kind: 'ignored', why: `the cancel does not count: ${why}` };
}
