import { createPublicKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import {
  bitString,
  boolean,
  contextTag,
  integer,
  objectId,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts';

export interface ServerCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM; stays in the memory of this process. */
  readonly key: string;
}

const HOUR_MS = 3_600_000;
const VALID_MS = 5 * 365 * 24 * HOUR_MS;

const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ALTERNATIVE_NAMES = '2.5.29.17';

/**
 * A key and a certificate for itself (RFC 5280), made at every start. kubectl sends a token over TLS only, and so knows
 * that it speaks with this very broker. `hosts` are IP addresses or DNS names.
 */
export function createServerCertificate(hosts: readonly string[], now: Date): ServerCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId(ECDSA_SHA256));
  const name = sequence(set(sequence(objectId(COMMON_NAME), utf8String('claude-warroom cluster broker'))));
  // Positive, and different at every start: clients may compare issuer and serial number.
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(15)]);
  const toBeSigned = sequence(
    contextTag(0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name,
    sequence(time(new Date(now.getTime() - HOUR_MS)), time(new Date(now.getTime() + VALID_MS))),
    name,
    createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' }),
    contextTag(
      3,
      sequence(
        extension(BASIC_CONSTRAINTS, { isCritical: true, value: sequence(boolean(true)) }),
        // digitalSignature and keyCertSign: it signs handshakes, and itself.
        extension(KEY_USAGE, { isCritical: true, value: bitString(Buffer.from([0x84]), 2) }),
        extension(EXTENDED_KEY_USAGE, { isCritical: false, value: sequence(objectId(SERVER_AUTH)) }),
        extension(ALTERNATIVE_NAMES, { isCritical: false, value: sequence(...hosts.map(alternativeName)) }),
      ),
    ),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const der = sequence(toBeSigned, algorithm, bitString(signature, 0));
  return {
    certificate: new X509Certificate(der).toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function extension(
  id: string,
  { isCritical, value }: { readonly isCritical: boolean; readonly value: Buffer },
): Buffer {
  return sequence(objectId(id), ...(isCritical ? [boolean(true)] : []), octetString(value));
}

function alternativeName(host: string): Buffer {
  if (isIPv4(host)) return contextTag(7, Buffer.from(host.split('.').map(Number)), 'primitive');
  if (isIPv6(host)) return contextTag(7, ipv6Bytes(host), 'primitive');
  return contextTag(2, Buffer.from(host, 'latin1'), 'primitive');
}

function ipv6Bytes(host: string): Buffer {
  const [head = '', tail] = host.split('::');
  const words = (text: string | undefined): number[] =>
    text === undefined || text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
  const [left, right] = [words(head), words(tail)];
  const middle = Array.from({ length: 8 - left.length - right.length }, () => 0);
  const bytes = Buffer.alloc(16);
  for (const [index, word] of [...left, ...middle, ...right].entries()) bytes.writeUInt16BE(word, index * 2);
  return bytes;
}
