import { describe, expect, it } from 'vitest';
import { admit, type AdmissionFacts } from '../../../src/admission/admit.ts';
import { parseRequestId } from '../../../src/domain/request-id.ts';
import type { Decision } from '../../../src/policy/decide.ts';
import type { RequestSpec, TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { exampleRequest } from '../../support/example-request.ts';

function withSpec(change: Partial<RequestSpec>): TroubleshootingRequest {
  return { ...exampleRequest, spec: { ...exampleRequest.spec, ...change } };
}

function facts(request: TroubleshootingRequest, change: Partial<AdmissionFacts> = {}): AdmissionFacts {
  const id = parseRequestId('2026-11-20-1430-api-timeout-k7m2');
  if (id === undefined) throw new Error('id');
  return {
    file: {
      id,
      path: `requests/2026/11/20/${id}.yaml`,
      bytes: Buffer.alloc(0),
      sha256: 'a'.repeat(64),
      signature: undefined,
    },
    content: { kind: 'request', request },
    signer: undefined,
    cluster: { name: 'this-host', type: 'host' },
    repository: { address: 'https://github.com/acme/warroom.git', isLocal: true },
    trust: 'open',
    maxTimeoutSeconds: 1800,
    ledger: { request: () => undefined, requestWithNonce: () => undefined, firstStart: undefined },
    cannotRun: () => undefined,
    now: new Date('2026-11-20T14:31:00Z'),
    ...change,
  };
}

const investigation = exampleRequest.spec.investigation;
const ledger = { request: () => undefined, requestWithNonce: () => undefined, firstStart: undefined };

describe('admission', () => {
  it('admits a request that asks what this processor can do', () => {
    expect(admit(facts(exampleRequest))).toEqual({
      kind: 'admitted',
      request: exampleRequest,
      principal: 'alice@example.com',
    });
  });

  it.each<[string, TroubleshootingRequest, Partial<AdmissionFacts>, string]>([
    [
      'a request that nobody vouches for where signatures are required',
      exampleRequest,
      { trust: 'required' },
      'unsigned',
    ],
    [
      'a signature that is not accepted, before anything else',
      withSpec({ targetCluster: { type: 'host', name: 'elsewhere' } }),
      { content: { kind: 'unverified', refusal: { code: 'revoked-key', message: 'key SHA256:x is revoked' } } },
      'revoked-key',
    ],
    [
      'the name of somebody else',
      exampleRequest,
      { trust: 'required', signer: { principal: 'bob@example.com', fingerprint: 'SHA256:x' } },
      'not-the-signer',
    ],
    [
      'another war room on this machine where signatures are required',
      exampleRequest,
      { trust: 'required', signer: { principal: 'alice@example.com', fingerprint: 'SHA256:x' } },
      'wrong-repository',
    ],
    [
      'a file that breaks the schema',
      exampleRequest,
      { content: { kind: 'invalid', problem: 'r.yaml:1:1: bad' } },
      'invalid-request',
    ],
    [
      'a name that is not the file',
      { ...exampleRequest, metadata: { ...exampleRequest.metadata, name: '2026-11-20-1430-other-k7m2' } },
      {},
      'id-mismatch',
    ],
    ['another cluster', withSpec({ targetCluster: { type: 'host', name: 'elsewhere' } }), {}, 'wrong-cluster'],
    [
      'another target under the same name',
      withSpec({ targetCluster: { type: 'host', name: 'this-host', identity: 'machine-2' } }),
      { cluster: { name: 'this-host', type: 'host', identity: 'machine-1' } },
      'wrong-identity',
    ],
    ['another type of cluster', withSpec({ targetCluster: { type: 'hub', name: 'this-host' } }), {}, 'wrong-type'],
    [
      'another war room',
      withSpec({ repository: 'https://github.com/acme/other' }),
      { repository: { address: 'https://github.com/acme/warroom.git', isLocal: false } },
      'wrong-repository',
    ],
    ['a request from the future', exampleRequest, { now: new Date('2026-11-20T14:20:00Z') }, 'clock-skew'],
    [
      'changed bytes under a known id',
      exampleRequest,
      { ledger: { ...ledger, request: () => ({ sha256: 'b'.repeat(64), attempts: 0, isPublished: false }) } },
      'id-reused',
    ],
    [
      'a nonce that was used before',
      exampleRequest,
      { ledger: { ...ledger, requestWithNonce: () => 'another' } },
      'replayed',
    ],
    ['a mode that writes', withSpec({ investigation: { ...investigation, mode: 'apply' } }), {}, 'unsupported'],
    [
      'a longer timeout than allowed',
      withSpec({ investigation: { ...investigation, timeout: 3600 } }),
      {},
      'timeout-too-long',
    ],
    [
      'what the processor cannot run',
      exampleRequest,
      { cannotRun: () => ({ code: 'unknown-strategy', message: 'no' }) },
      'unknown-strategy',
    ],
  ])('rejects %s with a code', (_, request, change, code) => {
    expect(admit(facts(request, change))).toMatchObject({ kind: 'rejected', reason: { code } });
  });

  const signer = { principal: 'alice@example.com', fingerprint: 'SHA256:x' };
  const allowed: Decision = { kind: 'allowed', rule: 'all', limits: { engines: ['diagnostics'] } };
  const signedFile = { ...facts(exampleRequest).file, signature: 'signature' };

  it('asks the policy about the signer where signatures are required, else about the name in the request', () => {
    const asked: string[] = [];
    const askPolicy: AdmissionFacts['askPolicy'] = (_, principal) => {
      asked.push(principal);
      return allowed;
    };
    const repository = { address: exampleRequest.spec.repository, isLocal: true };
    const required = admit(
      facts(exampleRequest, { trust: 'required', file: signedFile, signer, repository, askPolicy }),
    );
    const open = admit(facts(exampleRequest, { file: signedFile, askPolicy }));
    expect(asked).toEqual(['alice@example.com', 'alice@example.com']);
    expect([required, open]).toMatchObject([{ kind: 'admitted' }, { kind: 'admitted' }]);
  });

  it.each<[string, Partial<AdmissionFacts>, object]>([
    ['no signer is known', { askPolicy: () => allowed }, { code: 'unsigned' }],
    ['there is no policy', { signer }, { code: 'not-permitted', message: 'this processor has no policy' }],
  ])('admits nothing where signatures are required and %s', (_, change, reason) => {
    const repository = { address: exampleRequest.spec.repository, isLocal: true };
    const admission = admit(facts(exampleRequest, { trust: 'required', file: signedFile, repository, ...change }));
    expect(admission).toMatchObject({ kind: 'rejected', reason });
  });

  it('says what the policy says before what this processor cannot do', () => {
    const reason = { code: 'outside-hours', message: 'closed' };
    const cannotRun = (): { code: string; message: string } => ({ code: 'unknown-strategy', message: 'no' });
    expect(admit(facts(exampleRequest, { cannotRun, askPolicy: () => ({ kind: 'denied', reason }) }))).toEqual({
      kind: 'rejected',
      reason,
      deniedTo: 'alice@example.com',
    });
    const waiting: Decision = { kind: 'waiting', why: 'busy' };
    expect(admit(facts(exampleRequest, { cannotRun, askPolicy: () => waiting }))).toEqual(waiting);
  });

  it('leaves older requests alone when the ledger is new', () => {
    const firstStart = new Date('2026-11-20T16:00:00Z');
    const admission = admit(facts(exampleRequest, { ledger: { ...ledger, firstStart }, now: firstStart }));
    expect(admission.kind).toBe('ignored');
  });

  it('accepts the same repository over another protocol', () => {
    const request = withSpec({ repository: 'git@github.com:acme/warroom' });
    const repository = { address: 'https://github.com/acme/warroom.git', isLocal: false };
    expect(admit(facts(request, { repository })).kind).toBe('admitted');
  });
});
