import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSignature } from '../../../src/signature/armor.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';

const SIGNATURE = `-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgPOlM6fmWFN4x4pO8FT4+05lEE9
4/2gha6Gq+kcxou50AAAASd2Fycm9vbS1yZXF1ZXN0QHYxAAAAAAAAAAZzaGE1MTIAAABT
AAAAC3NzaC1lZDI1NTE5AAAAQDflSfe3EFwyIfdu6Tr5zrGHKzk4iJjvrQuFjIqf2N0DMn
/ntTsUo4zNS1vEUvVrz1GlmQGmjFC2r31u9MJ5HgI=
-----END SSH SIGNATURE-----
`;

describe('an armored signature', () => {
  it('says which key made it, and what for', () => {
    expect(parseSignature(SIGNATURE)).toMatchObject({
      namespace: 'warroom-request@v1',
      hash: 'sha512',
      key: { type: 'ssh-ed25519', fingerprint: 'SHA256:27HHGdkO5qDbqEOVw5fbwzMwUU1slRqTAwPKDik+UlE' },
    });
  });

  it.each([
    ['text before it', `x\n${SIGNATURE}`],
    ['text after it', `${SIGNATURE}x`],
    ['two of them', `${SIGNATURE}${SIGNATURE}`],
    ['line ends of Windows', SIGNATURE.replaceAll('\n', '\r\n')],
    ['an empty line', SIGNATURE.replace('\n/nt', '\n\n/nt')],
    ['a blank', SIGNATURE.replace('U1NI', 'U1N I')],
    ['another label', SIGNATURE.replaceAll('SSH SIGNATURE', 'SIGNED MESSAGE')],
    ['a cut end', SIGNATURE.replace('HgI=', '')],
    ['another magic', SIGNATURE.replace('U1NIU0lH', 'U1NIU0lI')],
    ['another version', SIGNATURE.replace('AAAAAQAAADMA', 'AAAAAgAAADMA')],
    ['bits that are not zero after the end', SIGNATURE.replace('HgI=', 'HgJ=')],
    ['nothing', ''],
    ['too much', SIGNATURE.replace('U1NI', `${'QUFB'.repeat(1500)}\nU1NI`)],
  ])('is refused with %s', (_what, text) => {
    expect(parseSignature(text)).toBeUndefined();
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const base64 = Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01'), bytes]).toString('base64');
        const lines = base64.match(/.{1,70}/gu)?.join('\n') ?? '';
        parseSignature(`-----BEGIN SSH SIGNATURE-----\n${lines}\n-----END SSH SIGNATURE-----\n`);
      }),
      { numRuns: fuzzRuns(200) },
    );
  });

  it('never throws for one that was bent, and reads only what is an armored block', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r', ' ', '=', '-', 'A', '/', '-----BEGIN SSH SIGNATURE-----\n'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.nat(SIGNATURE.length - 2), fc.nat(3), piece, (at, length, text) => {
        const bent = SIGNATURE.slice(0, at) + text + SIGNATURE.slice(at + length);
        const read = parseSignature(bent);
        if (read === undefined) return;
        // Whatever it says: it is one block of base64 that decodes and encodes to itself.
        const base64 = bent.replace(/-----[^\n]*\n?|\n/gu, '');
        expect(Buffer.from(base64, 'base64').toString('base64')).toBe(base64);
        expect(bent).toMatch(/^-----BEGIN SSH SIGNATURE-----\n[^-]*-----END SSH SIGNATURE-----\n?$/u);
      }),
      { numRuns: fuzzRuns(500) },
    );
  });
});
