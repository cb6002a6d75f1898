import { describe, expect, it } from 'vitest';
import { admitSession, type SessionFacts } from '../../../src/admission/admit-session.ts';
import { checkSessionOrder, type SessionOrderFacts } from '../../../src/admission/check-session-order.ts';
import { parseRequestId } from '../../../src/domain/request-id.ts';
import { parseSessionPath, sessionOrderPath, sessionPath } from '../../../src/domain/session-layout.ts';
import type { SignatureVerdict } from '../../../src/domain/signature.ts';
import { decideSession, type SessionAsk } from '../../../src/policy/decide-session.ts';
import type { PolicyRule } from '../../../src/schema/generated.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { aRule, compiled } from '../../support/policy-text.ts';

const NOW = new Date('2026-11-20T14:30:00Z');
const ALICE = 'alice@example.com';
const ID = parseRequestId('2026-11-20-1430-look-around-k7m2') ?? fail();

function fail(): never {
  throw new Error('not an id');
}

function signedBy(principal: string): SignatureVerdict {
  return { kind: 'valid', signer: { principal, fingerprint: 'SHA256:x' } };
}

describe('the policy', () => {
  const SESSIONS = { maxSeconds: 7200, maxPerPerson: 1 };
  it.each<[string, Partial<PolicyRule>, Partial<SessionAsk>, string]>([
    ['what a rule allows', { sessions: SESSIONS }, {}, 'allowed'],
    ['none where no rule says so', {}, {}, 'not-permitted'],
    ['nobody else', { sessions: SESSIONS }, { principal: 'bob@example.com' }, 'not-permitted'],
    ['no other cluster', { sessions: SESSIONS, clusters: ['hub-2'] }, {}, 'not-permitted'],
    [
      'none without a namespace where it wants one',
      { sessions: SESSIONS, namespaces: ['shop-*'] },
      {},
      'not-permitted',
    ],
    ['its namespaces', { sessions: SESSIONS, namespaces: ['shop-*'] }, { namespace: 'shop-1' }, 'allowed'],
    ['not for longer', { sessions: SESSIONS }, { seconds: 7201 }, 'session-too-long'],
    ['not too many', { sessions: SESSIONS }, { others: 1 }, 'too-many-sessions'],
    [
      'none at night',
      { sessions: SESSIONS, hours: { days: ['fri'], from: '16:00', to: '17:00' } },
      {},
      'outside-hours',
    ],
  ])('allows %s', (_what, rule, ask, expected) => {
    const policy = compiled({ rules: [aRule(rule)] });
    const decision = decideSession(
      policy,
      { principal: ALICE, cluster: 'hub-1', seconds: 7200, others: 0, ...ask },
      NOW,
    );
    expect(decision.kind === 'allowed' ? 'allowed' : decision.reason.code).toBe(expected);
  });
});

describe('a request', () => {
  function facts(
    change: Partial<SessionFacts> & { readonly engineer?: string; readonly name?: string } = {},
  ): SessionFacts {
    const { engineer = ALICE, name = ID, ...rest } = change;
    const text = formatYaml('SessionRequest', {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'SessionRequest',
      metadata: { name, timestamp: NOW.toISOString(), engineer },
      spec: {
        targetCluster: { type: 'hub', name: 'hub-1' },
        seconds: 7200,
        nonce: 'a'.repeat(32),
        repository: 'https://git.example.com/acme/warroom.git',
      },
    });
    return {
      ...{ id: ID, bytes: Buffer.from(text), sha256: 'a'.repeat(64), verdict: signedBy(ALICE), now: NOW },
      cluster: { name: 'hub-1', type: 'hub' },
      repository: { address: 'https://git.example.com/acme/warroom.git', isLocal: false },
      ledger: { request: () => undefined, requestWithNonce: () => undefined },
      decide: () => ({ kind: 'allowed', rule: 'r', maxSeconds: 7200 }),
      ...{ isConfigured: true, isFull: false, ...rest },
    };
  }

  const UNSIGNED: SignatureVerdict = { kind: 'refused', code: 'unsigned', message: 'there is no signature' };
  it.each<[string, SessionFacts, string]>([
    ['signed and allowed', facts(), 'admitted'],
    ['that nobody signed', facts({ verdict: UNSIGNED }), 'ignored'],
    ['signed by somebody else', facts({ engineer: 'bob@example.com' }), 'ignored'],
    ['of another name', facts({ name: '2026-11-20-1430-other-k7m2' }), 'ignored'],
    ['that is no session', facts({ bytes: Buffer.from('kind: Cancel') }), 'ignored'],
    ['for another cluster', facts({ cluster: { name: 'hub-2', type: 'hub' } }), 'not-ours'],
    ['without a policy', facts({ decide: () => undefined }), 'not-permitted'],
    ['where none are configured', facts({ isConfigured: false }), 'unsupported'],
    ['from the future', facts({ now: new Date(NOW.getTime() - 400_000) }), 'clock-skew'],
    [
      'of another war room',
      facts({ repository: { address: 'https://x.example.com/y.git', isLocal: false } }),
      'wrong-repository',
    ],
    [
      'changed after it was accepted',
      facts({
        ledger: {
          request: () => ({ sha256: 'b', attempts: 1, isPublished: false }),
          requestWithNonce: () => undefined,
        },
      }),
      'id-reused',
    ],
  ])('%s', (_what, given, expected) => {
    const admission = admitSession(given);
    expect(admission.kind === 'refused' ? admission.reason.code : admission.kind).toBe(expected);
  });
});

describe('an order', () => {
  function facts(
    change: Partial<SessionOrderFacts> & { readonly engineer?: string; readonly until?: string } = {},
  ): SessionOrderFacts {
    const { engineer = ALICE, until, ...rest } = change;
    const order = rest.order ?? 'stop';
    const text = formatYaml('SessionOrder', {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'SessionOrder',
      metadata: { name: ID, timestamp: NOW.toISOString(), engineer },
      spec: {
        action: order === 'stop' ? 'stop' : 'extend',
        ...(until === undefined ? {} : { until }),
        nonce: 'a'.repeat(32),
      },
    });
    return {
      ...{ id: ID, order, bytes: Buffer.from(text), verdict: signedBy(engineer), requester: ALICE },
      isAdministrator: (principal) => principal === 'root@example.com',
      ...rest,
    };
  }

  const until = '2026-11-20T18:30:00.000Z';
  it.each<[string, SessionOrderFacts, object]>([
    ['of the requester stops', facts(), { kind: 'stop', by: ALICE }],
    ['of an administrator stops', facts({ engineer: 'root@example.com' }), { kind: 'stop' }],
    [
      'of somebody else does not',
      facts({ engineer: 'bob@example.com' }),
      { why: expect.stringContaining('neither') as string },
    ],
    ['of the requester extends', facts({ order: 'extend-1', until }), { kind: 'extend', until: new Date(until) }],
    [
      'of an administrator extends nothing',
      facts({ order: 'extend-1', until, engineer: 'root@example.com' }),
      { why: expect.stringContaining('that of alice') as string },
    ],
    [
      'without a time extends nothing',
      facts({ order: 'extend-1' }),
      { why: expect.stringContaining('until when') as string },
    ],
    [
      'signed by somebody else does not count',
      facts({ verdict: signedBy('bob@example.com') }),
      { why: expect.stringContaining('was signed by bob') as string },
    ],
    [
      'that nobody signed does not count',
      facts({ verdict: { kind: 'refused', code: 'unsigned', message: 'x' } }),
      { kind: 'ignored' },
    ],
    ['that is something else does not count', facts({ bytes: Buffer.from('x') }), { kind: 'ignored' }],
  ])('%s', (_what, given, expected) => {
    expect(checkSessionOrder(given)).toMatchObject(expected);
  });

  it('to extend does not stop, whatever its name', () => {
    const { bytes } = facts({ order: 'extend-1', until });
    expect(checkSessionOrder(facts({ bytes }))).toMatchObject({ kind: 'ignored' });
  });
});

describe('a path', () => {
  it.each([
    [sessionPath(ID), { kind: 'request', id: ID }],
    [sessionOrderPath(ID, 'stop'), { kind: 'order', id: ID, order: 'stop' }],
    [sessionOrderPath(ID, 'extend-3'), { kind: 'order', id: ID, order: 'extend-3' }],
    [`${sessionPath(ID)}.sig`, { kind: 'signature' }],
    [`${sessionOrderPath(ID, 'stop')}.sig`, { kind: 'signature' }],
    [`sessions/2026/11/21/${ID}.yaml`, undefined],
    [`sessions/2026/11/20/${ID}.extend-10.yaml`, undefined],
    [`sessions/2026/11/20/${ID}.stop.stop.yaml`, undefined],
    [`sessions/2026/11/20/../20/${ID}.yaml`, undefined],
    [`requests/2026/11/20/${ID}.yaml`, undefined],
  ])('%s', (path, expected) => {
    expect(parseSessionPath(path)).toEqual(expected);
  });
});
