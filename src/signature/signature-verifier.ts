import type { SignatureNamespace, SignatureVerdict } from '../domain/signature.ts';
import type { Clock } from '../lib/clock.ts';
import { sha256 } from '../lib/digest.ts';
import { parseSignature } from './armor.ts';
import { weaknessOf } from './public-key.ts';
import type { Trust, TrustFolder } from './trust-folder.ts';
import { verifySignature } from './verify-signature.ts';

/** A file that somebody may have signed. */
export interface SignedFile {
  readonly bytes: Uint8Array;
  /** Hex digest of the bytes. */
  readonly sha256: string;
  /** Text of the `.sig` beside it; undefined when there is none. */
  readonly signature: string | undefined;
}

/** Verdicts about signatures, under the keys of the zone. */
export interface SignatureVerifier {
  /** Keys that hold now. */
  trust(): Promise<Trust>;
  /** The verdict that was given before, for the same bytes, signature and keys; undefined when none was. */
  known(file: SignedFile, namespace: SignatureNamespace, trust: Trust): SignatureVerdict | undefined;
  /** Verifies and remembers the verdict. */
  verify(
    file: SignedFile,
    namespace: SignatureNamespace,
    options: { readonly trust: Trust; readonly signal?: AbortSignal },
  ): Promise<SignatureVerdict>;
  /** Verifies with the keys and the time of this moment, whatever was said before: for the moment before something runs. */
  verifyNow(file: SignedFile, namespace: SignatureNamespace): Promise<SignatureVerdict>;
}

export interface SignatureVerifierOptions {
  readonly folder: TrustFolder;
  readonly clock: Clock;
  readonly path: string;
}

/** Verdicts that are remembered: more files than any war room has waiting. */
const MAX_KNOWN = 50_000;

export function createSignatureVerifier({ folder, clock, path }: SignatureVerifierOptions): SignatureVerifier {
  const verdicts = new Map<string, SignatureVerdict>();
  let digest = '';

  /** Verdicts of earlier keys are worth nothing. */
  function forgetOthers(trust: Trust): void {
    if (trust.digest === digest) return;
    verdicts.clear();
    ({ digest } = trust);
  }

  function remember(key: string, verdict: SignatureVerdict): void {
    verdicts.set(key, verdict);
    const [oldest] = verdicts.keys();
    if (verdicts.size > MAX_KNOWN && oldest !== undefined) verdicts.delete(oldest);
  }

  async function judge(
    { bytes, signature }: SignedFile,
    namespace: SignatureNamespace,
    { trust, signal }: { readonly trust: Trust; readonly signal?: AbortSignal },
  ): Promise<SignatureVerdict> {
    return (
      refusedUnknownKey(signature, namespace, trust) ??
      (await verifySignature({
        bytes,
        signature,
        namespace,
        trust,
        now: clock.now(),
        path,
        ...(signal === undefined ? {} : { signal }),
      }))
    );
  }

  return {
    trust: async () => await folder.current(),
    known: (file, namespace, trust) => {
      forgetOthers(trust);
      return verdicts.get(keyOf(file, namespace));
    },
    verify: async (file, namespace, options) => {
      forgetOthers(options.trust);
      const verdict = await judge(file, namespace, options);
      if (options.trust.digest === digest) remember(keyOf(file, namespace), verdict);
      return verdict;
    },
    verifyNow: async (file, namespace) => await judge(file, namespace, { trust: await folder.current() }),
  };
}

function keyOf({ sha256: bytes, signature }: SignedFile, namespace: SignatureNamespace): string {
  return `${namespace} ${bytes} ${signature === undefined ? 'none' : sha256(signature)}`;
}

/**
 * A key that is on no line of the list, or not for this purpose, needs no process to be refused: anybody can make up keys
 * by the thousand. All others are judged by ssh-keygen alone.
 */
function refusedUnknownKey(
  signature: string | undefined,
  namespace: SignatureNamespace,
  trust: Trust,
): SignatureVerdict | undefined {
  const claimed = signature === undefined ? undefined : parseSignature(signature);
  if (claimed?.namespace !== namespace || weaknessOf(claimed.key) !== undefined) return undefined;
  const { fingerprint } = claimed.key;
  const enrolled = trust.signers.find(({ key }) => key.fingerprint === fingerprint);
  if (enrolled?.namespaces.includes(namespace) === true) return undefined;
  const message =
    enrolled === undefined
      ? `key ${fingerprint} is not enrolled here`
      : `key ${fingerprint} of ${enrolled.principal} is not enrolled for ${namespace}`;
  return { kind: 'refused', code: 'unknown-key', message, fingerprint };
}
