/**
 * What a detached SSH signature may be for. Each kind of document has a namespace of its own, so that a signature made
 * for one is worth nothing for another (sshsig format, "namespace": PROTOCOL.sshsig of OpenSSH).
 */
export const SIGNATURE_NAMESPACES = {
  request: 'warroom-request@v1',
  cancel: 'warroom-cancel@v1',
  resume: 'warroom-resume@v1',
  /** A session is asked for, extended or stopped. */
  session: 'warroom-session@v1',
  /** Reserved: approvals of fixes. */
  approval: 'warroom-approval@v1',
  result: 'warroom-result@v1',
  /** A person proves that they hold the key that they ask to have enrolled. */
  enrolment: 'warroom-enrolment@v1',
  /** An administrator announces that history was rewritten on purpose. */
  history: 'warroom-history@v1',
} as const;

export type SignaturePurpose = keyof typeof SIGNATURE_NAMESPACES;
export type SignatureNamespace = (typeof SIGNATURE_NAMESPACES)[SignaturePurpose];

/** Whoever made a signature that was verified. */
export interface Signer {
  /** Literal name in the list of allowed signers, for example `alice@example.com`. */
  readonly principal: string;
  /** `SHA256:` and 43 base64 characters, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/**
 * Why a signature is not accepted.
 *
 * unsigned             there is no signature
 * malformed-signature  not an armored SSHSIG, or with something beside it
 * wrong-namespace      made for another kind of document
 * weak-key             a type, size or hash that is not accepted
 * unknown-key          the key is not enrolled, not for this namespace, or its time is over
 * revoked-key          the key is on the list of revoked keys
 * bad-signature        the key is known, but these are not the bytes that were signed
 */
export type SignatureRefusal =
  'unsigned' | 'malformed-signature' | 'wrong-namespace' | 'weak-key' | 'unknown-key' | 'revoked-key' | 'bad-signature';

export type SignatureVerdict =
  | { readonly kind: 'valid'; readonly signer: Signer }
  | {
      readonly kind: 'refused';
      readonly code: SignatureRefusal;
      readonly message: string;
      /** Of the key that the signature names, as far as it could be read. */
      readonly fingerprint?: string;
    };

const BY_NAMESPACE = new Set<string>(Object.values(SIGNATURE_NAMESPACES));

export function isSignatureNamespace(text: string): text is SignatureNamespace {
  return BY_NAMESPACE.has(text);
}
