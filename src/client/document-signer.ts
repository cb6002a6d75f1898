import { SIGNATURE_NAMESPACES, type SignaturePurpose } from '../domain/signature.ts';
import type { PublicKey } from '../signature/public-key.ts';
import { readPublicKeyOf } from '../signature/read-public-key.ts';
import { signBytes } from '../signature/sign-bytes.ts';
import type { SigningKeyChoice } from './find-signing-key.ts';

/** Signs documents of one person, or says why it cannot. */
export type DocumentSigner =
  | {
      readonly kind: 'key';
      readonly source: string;
      readonly isExplicit: boolean;
      /** Detached signature over the text as UTF-8; throws `not-allowed` when the key cannot be used. */
      sign(text: string, purpose: SignaturePurpose): Promise<string>;
      publicKey(options: {
        readonly env: Readonly<Record<string, string>>;
        readonly signal?: AbortSignal;
      }): Promise<PublicKey>;
    }
  | Extract<SigningKeyChoice, { readonly kind: 'none' }>;

export function createDocumentSigner(
  choice: SigningKeyChoice,
  options: { readonly env: Readonly<Record<string, string>>; readonly signal?: AbortSignal },
): DocumentSigner {
  if (choice.kind === 'none') return choice;
  const { key, source, isExplicit } = choice;
  return {
    kind: 'key',
    source,
    isExplicit,
    publicKey: async (around) => await readPublicKeyOf(key, around),
    sign: async (text, purpose) => await signBytes(text, { key, namespace: SIGNATURE_NAMESPACES[purpose], ...options }),
  };
}
