import { describe, expect, it } from 'vitest';
import { checkHistory, type HistoryFacts } from '../../../src/processor/check-history.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';

const [FROM, TO, OTHER] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string];

function facts(change: Partial<HistoryFacts> = {}): HistoryFacts {
  const text = formatYaml('AcceptedHistory', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'AcceptedHistory',
    metadata: { timestamp: '2026-11-20T14:40:00.000Z', engineer: 'carol@example.com' },
    spec: { from: FROM, to: TO, reason: 'purged' },
  });
  return {
    announced: { bytes: Buffer.from(text), signature: 'signature' },
    accepted: FROM,
    contains: () => Promise.resolve(true),
    verify: signedBy('carol@example.com'),
    ...change,
  };
}

function signedBy(principal: string): HistoryFacts['verify'] {
  return () => Promise.resolve({ kind: 'valid', signer: { principal, fingerprint: 'SHA256:x' } });
}

describe('an announced history', () => {
  it('counts when an administrator signed it, or where nothing is signed', async () => {
    const accepted = { kind: 'accepted', to: TO, who: 'carol@example.com', reason: 'purged' };
    expect(await checkHistory(facts())).toEqual(accepted);
    expect(await checkHistory(facts({ verify: undefined }))).toEqual(accepted);
  });

  it.each<[string, Partial<HistoryFacts>, string]>([
    [
      'unsigned',
      { verify: () => Promise.resolve({ kind: 'refused', code: 'unsigned', message: 'there is no signature' }) },
      'there is no signature',
    ],
    ['invalid', { announced: { bytes: Buffer.from('kind: AcceptedHistory\n'), signature: 's' } }, 'apiVersion'],
    [
      'wrong-principal',
      { verify: signedBy('mallory@example.com') },
      'it says carol@example.com and was signed by mallory@example.com',
    ],
    ['other-history', { accepted: OTHER }, `it is about ${FROM}, not about ${OTHER}`],
    ['other-branch', { contains: () => Promise.resolve(false) }, `the branch does not contain ${TO}`],
  ])('is refused as %s', async (code, change, message) => {
    const verdict = await checkHistory(facts(change));
    expect(verdict).toMatchObject({ kind: 'refused', code });
    expect(verdict.kind === 'refused' && verdict.message).toContain(message);
  });
});
