import { createHash } from 'node:crypto';
import { WireReader } from './wire.ts';

export interface PublicKey {
  /** `ssh-ed25519`, `rsa-sha2-…` keys are `ssh-rsa`. */
  readonly type: string;
  /** Key in the SSH wire format. */
  readonly blob: Buffer;
  /** `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/** Key types that may sign: what OpenSSH makes today, without DSA, P-521 tokens of unclear support and short RSA. */
const STRONG = new Set([
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ssh-rsa',
]);
/** NIST SP 800-57 part 1, table 2: 3072 bits are as strong as AES-128. */
const MIN_RSA_BITS = 3072;

/** Reads a key in wire format; undefined when it is none. */
export function readPublicKey(blob: Buffer): PublicKey | undefined {
  const type = new WireReader(blob).text();
  if (type === undefined || !/^[a-z0-9@.-]{1,64}$/u.test(type)) return undefined;
  return {
    type,
    blob,
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '')}`,
  };
}

/** Reads `ssh-ed25519 AAAA…`, with or without a comment, as `*.pub` files hold it. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const [type = '', base64 = ''] = text.trim().split(/[ \t]+/u);
  if (!/^[A-Za-z0-9+/]{40,8192}={0,2}$/u.test(base64)) return undefined;
  const key = readPublicKey(Buffer.from(base64, 'base64'));
  return key?.type === type ? key : undefined;
}

/** `ssh-ed25519 AAAA…` */
export function formatPublicKey({ type, blob }: PublicKey): string {
  return `${type} ${blob.toString('base64')}`;
}

/** Why a key may not sign; undefined when it may. */
export function weaknessOf({ type, blob }: PublicKey): string | undefined {
  if (!STRONG.has(type)) return `keys of type ${type} are not accepted; use ed25519`;
  if (type !== 'ssh-rsa') return undefined;
  const bits = rsaBits(blob);
  return bits < MIN_RSA_BITS
    ? `an RSA key of ${bits} bits is not accepted; use ed25519, or at least 3072 bits`
    : undefined;
}

function rsaBits(blob: Buffer): number {
  const reader = new WireReader(blob);
  reader.string();
  reader.string();
  const modulus = reader.string() ?? Buffer.alloc(0);
  const first = modulus.findIndex((byte) => byte !== 0);
  if (first < 0) return 0;
  return (modulus.length - first - 1) * 8 + (32 - Math.clz32(modulus[first] ?? 0));
}
