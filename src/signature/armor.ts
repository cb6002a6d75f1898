import { MAX_SIGNATURE_BYTES } from '../domain/repository-layout.ts';
import { readPublicKey, type PublicKey } from './public-key.ts';
import { WireReader } from './wire.ts';

/** What a detached signature says about itself; nothing of it is believed before ssh-keygen has verified it. */
export interface ClaimedSignature {
  readonly key: PublicKey;
  readonly namespace: string;
  readonly hash: string;
}

const ARMOR =
  /^-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/]{1,76}\n)*[A-Za-z0-9+/]{1,76}={0,2}\n)-----END SSH SIGNATURE-----\n?$/u;
const MAGIC = 'SSHSIG';

/**
 * Reads an armored signature strictly, as ssh-keygen writes it: one block, nothing before, between or after. Undefined
 * for anything else. Source of the format: PROTOCOL.sshsig of OpenSSH.
 */
export function parseSignature(text: string): ClaimedSignature | undefined {
  if (text.length > MAX_SIGNATURE_BYTES) return undefined;
  const base64 = ARMOR.exec(text)?.[1]?.replaceAll('\n', '');
  if (base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) return undefined;
  const reader = new WireReader(bytes);
  if (reader.bytes(MAGIC.length)?.toString('latin1') !== MAGIC || reader.uint32() !== 1) return undefined;
  const key = readPublicKey(reader.string() ?? Buffer.alloc(0));
  const namespace = reader.text();
  const reserved = reader.string();
  const hash = reader.text();
  const signature = reader.string();
  if (key === undefined || namespace === undefined || hash === undefined || signature === undefined) return undefined;
  if (reserved?.length !== 0 || !reader.isAtEnd) return undefined;
  return { key, namespace, hash };
}
