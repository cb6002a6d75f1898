import { describe, expect, it } from 'vitest';
import type { Obfuscation } from '../../../src/redaction/obfuscation.ts';
import { testRedaction } from './redaction-samples.ts';

async function obfuscated(text: string, obfuscate: Obfuscation): Promise<string> {
  return await testRedaction({ obfuscate }).redact(text);
}

describe('obfuscation of addresses', () => {
  it.each<[string, RegExp]>([
    ['dial tcp 10.0.3.17:6443: refused', /^dial tcp ipv4-private-[0-9a-f]{6}:6443: refused$/],
    ['peer 172.31.0.9', /^peer ipv4-private-[0-9a-f]{6}$/],
    ['node 100.64.0.3', /^node ipv4-private-[0-9a-f]{6}$/],
    ['answer from 203.0.113.7.', /^answer from ipv4-public-[0-9a-f]{6}\.$/],
    ['link 169.254.1.1', /^link ipv4-link-local-[0-9a-f]{6}$/],
    ['[2001:db8::1]:443', /^\[ipv6-public-[0-9a-f]{6}\]:443$/],
    ['fe80::1ff:fe23:4567:890a', /^ipv6-link-local-[0-9a-f]{6}$/],
    ['fd00::17', /^ipv6-private-[0-9a-f]{6}$/],
    ['ether 52:54:00:ab:cd:ef', /^ether mac-[0-9a-f]{6}$/],
  ])('hides %s', async (text, expected) => {
    expect(await obfuscated(text, { addresses: true })).toMatch(expected);
  });

  it.each(['127.0.0.1', '0.0.0.0', '::1', '224.0.0.1', 'at 12:30:45', 'version 1.2.3', 'v4.15.0.1-rc1', '256.1.1.1', 'sha256:ab:cd'])(
    'keeps %s',
    async (text) => {
      expect(await obfuscated(text, { addresses: true })).toBe(text);
    },
  ); // prettier-ignore
});

describe('obfuscation of names', () => {
  it('hides hosts below a domain and keeps what only ends like it', async () => {
    const text = 'api.hub.corp.example answered, notcorp.example and corp.example.org did not';
    const shown = await obfuscated(text, { domains: ['corp.example'] });
    expect(shown).toMatch(
      /^host-[0-9a-f]{6}\.domain-[0-9a-f]{6}\.invalid answered, notcorp\.example and corp\.example\.org did not$/,
    );
  });

  it('hides nodes, and keeps what a result is found by', async () => {
    const text = 'worker-1 and worker-22.corp.example, not coworker-1, worker-hub, 2026-11-20-1430-worker-1-k7m2';
    const shown = await obfuscated(text, { nodeNames: ['worker-*', '*worker-1-k7m2'], keep: ['worker-hub'] });
    expect(shown).toMatch(
      /^node-[0-9a-f]{6} and node-[0-9a-f]{6}, not coworker-1, worker-hub, 2026-11-20-1430-worker-1-k7m2$/,
    );
  });

  it('gives the same name to the same thing, in every text of a result', async () => {
    const redaction = testRedaction({ obfuscate: { addresses: true, nodeNames: ['worker-1'] } });
    const first = await redaction.redact('10.0.0.1 worker-1');
    expect(await redaction.redact('10.0.0.1 worker-1')).toBe(first);
    expect(await redaction.redact(first)).toBe(first);
    expect(redaction.counts()).toEqual({ total: 4, byRule: { address: 2, 'node-name': 2 } });
  });

  it('does not stop a result: what it would hide is no secret', async () => {
    const redaction = testRedaction({ obfuscate: { addresses: true } });
    expect(await redaction.verify('10.0.0.1')).toBe('10.0.0.1');
  });

  it('does not take an encoded text away for an address inside', async () => {
    const text = Buffer.from('the peer is 10.0.0.1 and answers').toString('base64');
    expect(await obfuscated(text, { addresses: true })).toBe(text);
  });
});
