import { SIGNATURE_NAMESPACES, type SignatureNamespace } from '../../domain/signature.ts';

/** What a person may be allowed to sign, by the word of `--may`. */
export const PURPOSES = ['request', 'cancel', 'resume', 'session', 'approval', 'history'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** What people usually need. */
export const USUAL_PURPOSES: readonly Purpose[] = ['request', 'cancel'];

export function namespacesOf(purposes: readonly Purpose[]): readonly SignatureNamespace[] {
  return purposes.map((purpose) => SIGNATURE_NAMESPACES[purpose]);
}
