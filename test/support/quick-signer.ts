import { generateKeyPairSync, sign } from 'node:crypto';
import { createHash } from 'node:crypto';
import { parsePublicKey, type PublicKey } from '../../src/signature/public-key.ts';
import type { SignatureNamespace } from '../../src/domain/signature.ts';

/** Signs by the thousand without a process for each: floods are made of it. What it writes, ssh-keygen verifies. */
export interface QuickSigner {
  readonly publicKey: PublicKey;
  sign(bytes: string | Uint8Array, namespace: SignatureNamespace): string;
  /** A signature that claims this key and fits nothing. */
  forge(namespace: SignatureNamespace): string;
}

export function createQuickSigner(): QuickSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const blob = Buffer.concat([field('ssh-ed25519'), field(raw)]);
  const parsed = parsePublicKey(`ssh-ed25519 ${blob.toString('base64')}`);
  if (parsed === undefined) throw new Error('not a public key');

  function armored(namespace: string, signature: Uint8Array): string {
    return armor([field(blob), field(namespace), field(''), field('sha512'), field(signatureOf(signature))]);
  }
  return {
    publicKey: parsed,
    sign: (bytes, namespace) => {
      const digest = createHash('sha512').update(bytes).digest();
      const signed = [Buffer.from('SSHSIG'), field(namespace), field(''), field('sha512'), field(digest)];
      return armored(namespace, sign(null, Buffer.concat(signed), privateKey));
    },
    forge: (namespace) => armored(namespace, Buffer.alloc(64, 7)),
  };
}

function signatureOf(signature: Uint8Array): Buffer {
  return Buffer.concat([field('ssh-ed25519'), field(signature)]);
}

function armor(fields: readonly Buffer[]): string {
  const bytes = Buffer.concat([Buffer.from('SSHSIG'), Buffer.from([0, 0, 0, 1]), ...fields]);
  const lines = bytes.toString('base64').match(/.{1,70}/gu) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}

function field(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
