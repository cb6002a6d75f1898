import { describe, expect, it } from 'vitest';
import type { SignatureVerdict } from '../../../src/domain/signature.ts';
import { verify } from '../../../src/processor/steps/verify.ts';
import type { Work } from '../../../src/processor/work.ts';
import { endedAttempts } from '../../../src/processor/work-facts.ts';
import { exampleRequest } from '../../support/example-request.ts';

const FINGERPRINT = `SHA256:${'a'.repeat(43)}`;

function aWork(verdict: SignatureVerdict | undefined): Work {
  return {
    context: { verifier: verdict === undefined ? undefined : { verifyNow: () => Promise.resolve(verdict) } },
    candidate: { file: {}, signer: { principal: 'alice@example.com', fingerprint: FINGERPRINT } },
    move: { kind: 'investigate', request: exampleRequest, attempt: 1 },
    keeper: { claim: { attempts: [{ number: 1, holder: 'p', incarnation: 'i', startedAt: 'x', result: 'running' }] } },
  } as unknown as Work;
}

function validFor(principal: string): SignatureVerdict {
  return { kind: 'valid', signer: { principal, fingerprint: FINGERPRINT } };
}

describe('the moment before something runs', () => {
  it.each<[string, SignatureVerdict | undefined]>([
    ['signatures are not required', undefined],
    ['the signature is still good', validFor('alice@example.com')],
  ])('lets it run when %s', async (_when, verdict) => {
    const work = aWork(verdict);
    expect(await verify(work)).toEqual({ kind: 'next' });
    expect(work.move.kind).toBe('investigate');
  });

  it.each<[string, SignatureVerdict, string]>([
    ['was revoked', { kind: 'refused', code: 'revoked-key', message: 'key is revoked' }, 'revoked-key'],
    ['belongs to somebody else', validFor('bob@example.com'), 'unknown-key'],
  ])('rejects it without an attempt when the key %s meanwhile', async (_when, verdict, code) => {
    const work = aWork(verdict);
    await verify(work);
    expect(work.move).toMatchObject({ kind: 'conclude', phase: 'rejected', attempt: 0, reason: { code } });
    expect(endedAttempts(work, 'rejected', new Date())).toEqual([]);
  });
});
