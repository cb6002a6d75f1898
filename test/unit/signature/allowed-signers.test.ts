import { describe, expect, it } from 'vitest';
import { formatAllowedSigner, formatTime, parseAllowedSigners } from '../../../src/signature/allowed-signers.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDzpTOn5lhTeMeKTvBU+PtOZRBPeP9oIWuhqvpHMaLud';
const NAMESPACES = 'namespaces="warroom-request@v1,warroom-cancel@v1"';

function problemOf(line: string): string | undefined {
  const parsed = parseAllowedSigners(line);
  return parsed.ok ? undefined : parsed.problems.map(({ message }) => message).join('; ');
}

describe('the list of allowed signers', () => {
  it('is read with namespaces, times and comments', () => {
    const text = [
      '# people',
      '',
      `alice@example.com ${NAMESPACES},valid-after="20260101Z",valid-before="20270101000000Z" ${KEY} laptop of Alice`,
    ].join('\n');
    const parsed = parseAllowedSigners(text);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(parsed.signers).toMatchObject([
      {
        principal: 'alice@example.com',
        namespaces: ['warroom-request@v1', 'warroom-cancel@v1'],
        validAfter: new Date('2026-01-01T00:00:00Z'),
        validBefore: new Date('2027-01-01T00:00:00Z'),
        comment: 'laptop of Alice',
      },
    ]);
    const [signer] = parsed.signers;
    if (signer === undefined) throw new Error('nobody');
    expect(parseAllowedSigners(formatAllowedSigner(signer))).toEqual(parsed);
  });

  it.each([
    ['*@example.com', `*@example.com ${NAMESPACES} ${KEY}`, 'not one literal name'],
    ['a question mark', `alic?@example.com ${NAMESPACES} ${KEY}`, 'not one literal name'],
    ['a negation', `!bob ${NAMESPACES} ${KEY}`, 'not one literal name'],
    ['several names', `alice@example.com,bob@example.com ${NAMESPACES} ${KEY}`, 'not one literal name'],
    ['a quoted name', `"alice" ${NAMESPACES} ${KEY}`, 'not one literal name'],
    ['no namespaces', `alice@example.com valid-before="20270101Z" ${KEY}`, 'namespaces="…" is missing'],
    ['no options', `alice@example.com ${KEY}`, 'namespaces="…" is missing'],
    ['empty namespaces', `alice@example.com namespaces="" ${KEY}`, 'namespace "" is not one of this program'],
    ["git's namespace", `alice@example.com namespaces="git" ${KEY}`, 'namespace "git" is not one of this program'],
    ['a pattern of namespaces', `alice@example.com namespaces="warroom-*" ${KEY}`, 'is not one of this program'],
    ['an authority', `alice@example.com cert-authority,${NAMESPACES} ${KEY}`, '"cert-authority" is not accepted'],
    ['a local time', `alice@example.com ${NAMESPACES},valid-before="20270101" ${KEY}`, 'valid-before needs a time'],
    ['an impossible time', `alice@example.com ${NAMESPACES},valid-before="20271399Z" ${KEY}`, 'valid-before needs'],
    ['no key', `alice@example.com ${NAMESPACES}`, 'there is no public key'],
    ['nothing but a name', 'alice@example.com', 'namespaces="…" is missing'],
    ['a broken key', `alice@example.com ${NAMESPACES} ssh-ed25519 AAAA`, 'there is no public key'],
    ['a type that lies', `alice@example.com ${NAMESPACES} ssh-rsa ${KEY.slice(12)}`, 'there is no public key'],
  ])('refuses %s', (_what, line, message) => {
    expect(problemOf(line)).toContain(message);
  });

  it('refuses a key under two names, and a key twice', () => {
    const alice = `alice@example.com ${NAMESPACES} ${KEY}`;
    const bob = `bob@example.com ${NAMESPACES} ${KEY}`;
    expect(parseAllowedSigners(`${alice}\n${bob}`)).toEqual({
      ok: false,
      problems: [{ line: 2, message: 'the key of bob@example.com is that of alice@example.com as well' }],
    });
    expect(problemOf(`${alice}\n${alice}`)).toBe('the key of alice@example.com stands twice');
  });

  it('lets no comment begin a line of its own', () => {
    const parsed = parseAllowedSigners(`alice@example.com ${NAMESPACES} ${KEY}`);
    const [signer] = parsed.ok ? parsed.signers : [];
    if (signer === undefined) throw new Error('nobody');
    const comment = `laptop\nmallory@example.com ${NAMESPACES} ${KEY}\r\u2028x`;
    expect(formatAllowedSigner({ ...signer, comment })).not.toMatch(/[\n\r\u2028]/u);
  });

  it('writes times as ssh-keygen reads them', () => {
    expect(formatTime(new Date('2026-11-28T09:08:07.654Z'))).toBe('20261128090807Z');
  });
});
