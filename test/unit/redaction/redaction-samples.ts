import { createRedaction, type Redaction, type RedactionOptions } from '../../../src/redaction/create-redaction.ts';

/** A session with a fixed key, so that marks are the same in every run. */
export function testRedaction(options: Partial<RedactionOptions> = {}): Redaction {
  return createRedaction({ knownValues: [], key: new Uint8Array(32).fill(7), ...options });
}

/** Values that no rule knows by their form. */
export const PASSWORD = 'Tr0ub4dor-and-3';
export const PASSWORD_BASE64 = Buffer.from(PASSWORD).toString('base64');

const KEY_LINES = Array.from({ length: 6 }, (_, line) => Buffer.alloc(48, `line ${line} of a key`).toString('base64'));
/** Armour around bytes that are no key. */
export const PRIVATE_KEY = ['-----BEGIN RSA PRIVATE KEY-----', ...KEY_LINES, '-----END RSA PRIVATE KEY-----'].join(
  '\n',
);
export const KEY_LINE = KEY_LINES[2] ?? '';
export const CERTIFICATE = ['-----BEGIN CERTIFICATE-----', ...KEY_LINES, '-----END CERTIFICATE-----'].join('\n');

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

export const JSON_WEB_TOKEN = [
  part({ alg: 'RS256', kid: 'one' }),
  part({ sub: 'system:serviceaccount:default:app' }),
  Buffer.alloc(64, 'signature').toString('base64url'),
].join('.');
