import { describe, expect, it } from 'vitest';
import { checkCancel, type CancelFacts } from '../../../src/admission/check-cancel.ts';
import { parseRequestId } from '../../../src/domain/request-id.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';

const ALICE = 'alice@example.com';

function facts(
  change: Partial<CancelFacts> & { readonly name?: string; readonly engineer?: string } = {},
): CancelFacts {
  const id = parseRequestId('2026-11-20-1430-api-timeout-k7m2');
  if (id === undefined) throw new Error('id');
  const { name = id, engineer = ALICE, ...rest } = change;
  const text = formatYaml('Cancel', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Cancel',
    metadata: { name, timestamp: '2026-11-20T14:40:00.000Z', engineer },
    spec: { nonce: 'a'.repeat(32) },
  });
  return {
    id,
    bytes: Buffer.from(text),
    verdict: signedBy(engineer),
    requester: ALICE,
    isAdministrator: () => false,
    ...rest,
  };
}

function signedBy(principal: string): CancelFacts['verdict'] {
  return { kind: 'valid', signer: { principal, fingerprint: 'SHA256:x' } };
}

describe('a cancel', () => {
  it('counts when the requester signed it', () => {
    expect(checkCancel(facts())).toEqual({ kind: 'counts', by: ALICE });
  });

  it('counts when an administrator signed it', () => {
    const isAdministrator = (name: string): boolean => name === 'root@example.com';
    expect(checkCancel(facts({ engineer: 'root@example.com', isAdministrator }))).toMatchObject({ kind: 'counts' });
  });

  it.each<[string, CancelFacts, string]>([
    [
      'no signature',
      facts({ verdict: { kind: 'refused', code: 'unsigned', message: 'there is no signature' } }),
      'unsigned: there is no signature',
    ],
    [
      'somebody else',
      facts({ engineer: 'bob@example.com' }),
      'bob@example.com is neither its requester nor an administrator',
    ],
    [
      'a request that nobody vouches for',
      facts({ requester: undefined }),
      `${ALICE} is neither its requester nor an administrator`,
    ],
    ['another request', facts({ name: '2026-11-20-1430-other-k7m2' }), 'it withdraws 2026-11-20-1430-other-k7m2'],
    [
      'another name inside',
      facts({ engineer: 'bob@example.com', verdict: signedBy(ALICE) }),
      `it says bob@example.com and was signed by ${ALICE}`,
    ],
    ['something else', facts({ bytes: Buffer.from('kind: Cancel\n') }), 'it does not follow the schema of a cancel'],
    ['bytes that are no text', facts({ bytes: Buffer.from([0xff]) }), 'it does not follow the schema of a cancel'],
  ])('does not count with %s', (_what, given, why) => {
    expect(checkCancel(given)).toEqual({ kind: 'ignored', why: `the cancel does not count: ${why}` });
  });
});
