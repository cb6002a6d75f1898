import type { SignatureRefusal } from '../domain/signature.ts';
import type { StatusReason } from '../schema/generated.ts';

const HINTS: Readonly<Record<SignatureRefusal, string>> = {
  unsigned: 'send it again with a version that signs, after  claude-warroom key enroll',
  'malformed-signature': 'send a new request; a .sig file holds what ssh-keygen -Y sign wrote, and nothing else',
  'wrong-namespace': 'send a new request; signatures for other purposes, git commits among them, do not count',
  'weak-key': 'make a new key with  ssh-keygen -t ed25519   and ask for its enrolment with  claude-warroom key enroll',
  'unknown-key': 'ask for enrolment with  claude-warroom key enroll   and let an administrator of the zone approve it',
  'revoked-key': 'ask an administrator of the zone why; a new key is enrolled with  claude-warroom key enroll',
  'bad-signature':
    'send a new request: the file was changed after it had been signed, or the signature is of another file',
};

/** Why a request is rejected whose signature is not accepted; the codes are those of src/domain/signature.ts. */
export function signatureReason(refusal: { readonly code: SignatureRefusal; readonly message: string }): StatusReason {
  return { code: refusal.code, message: refusal.message.slice(0, 1000), hint: HINTS[refusal.code] };
}
