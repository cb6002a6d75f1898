import { SIGNATURE_NAMESPACES, type SignatureVerdict } from '../domain/signature.ts';
import type { Clock } from '../lib/clock.ts';
import type { TrustFolder } from '../signature/trust-folder.ts';
import { verifySignature } from '../signature/verify-signature.ts';

/** What only an administrator may say. */
export type AdministratorPurpose = 'resume' | 'history';

export type AdministratorVerdict =
  | Extract<SignatureVerdict, { kind: 'valid' }>
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/**
 * Whether an administrator signed exactly these bytes for this purpose: the trust data of the zone decides, as it is
 * now.
 */
export type VerifyAdministrator = (file: {
  readonly purpose: AdministratorPurpose;
  readonly bytes: Uint8Array;
  /** Undefined when there is no signature beside the file. */
  readonly signature: string | undefined;
}) => Promise<AdministratorVerdict>;

export function createVerifyAdministrator(options: {
  readonly trust: TrustFolder;
  /** Whether the policy names this principal an administrator; without one, the namespaces of the key decide. */
  readonly isAdministrator?: (principal: string) => boolean;
  readonly clock: Clock;
  readonly path: string | undefined;
}): VerifyAdministrator {
  const { trust, isAdministrator, clock, path } = options;
  return async ({ purpose, bytes, signature }) => {
    const verdict = await verifySignature({
      bytes,
      signature,
      namespace: SIGNATURE_NAMESPACES[purpose],
      trust: await trust.current(),
      now: clock.now(),
      path,
    });
    if (verdict.kind === 'refused' || isAdministrator === undefined) return verdict;
    const { principal } = verdict.signer;
    if (isAdministrator(principal)) return verdict;
    return { kind: 'refused', code: 'not-administrator', message: `${principal} is no administrator of this zone` };
  };
}
