import { describe, expect, it } from 'vitest';
import { checkResume, type ResumeFacts } from '../../../src/processor/check-resume.ts';
import type { Resume } from '../../../src/schema/generated.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';

const AT = new Date('2026-11-20T14:30:00Z');
const REPOSITORY = 'https://github.com/acme/warroom.git';
const PAUSE = 'a'.repeat(64);

function resumeOf(spec: Partial<Resume['spec']> = {}, timestamp = '2026-11-20T14:40:00.000Z'): Uint8Array {
  const text = formatYaml('Resume', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Resume',
    metadata: { timestamp, engineer: 'carol@example.com' },
    spec: {
      pauseSha256: PAUSE,
      reason: 'the freeze is over',
      repository: REPOSITORY,
      nonce: '0'.repeat(32),
      expiresAt: '2026-11-20T15:40:00.000Z',
      ...spec,
    },
  });
  return Buffer.from(text);
}

function facts(change: Partial<ResumeFacts> = {}): ResumeFacts {
  return {
    bytes: resumeOf(),
    signature: 'signature',
    pause: { event: 'paused', by: 'repository', reason: 'freeze', sha256: PAUSE, at: AT },
    repository: { address: REPOSITORY, isLocal: false },
    ledger: { hasResumed: () => false },
    verify: () =>
      Promise.resolve({ kind: 'valid', signer: { principal: 'carol@example.com', fingerprint: 'SHA256:x' } }),
    now: new Date('2026-11-20T14:41:00Z'),
    ...change,
  };
}

describe('a signed resume', () => {
  it('lifts the pause that it names', async () => {
    expect(await checkResume(facts())).toMatchObject({ kind: 'lifts', principal: 'carol@example.com' });
  });

  it.each<[string, Partial<ResumeFacts>, string]>([
    [
      'unsigned',
      { verify: () => Promise.resolve({ kind: 'refused', code: 'unsigned', message: 'there is no signature' }) },
      'there is no signature',
    ],
    ['invalid', { bytes: Buffer.from('reason: whatever\n') }, 'apiVersion'],
    ['invalid', { bytes: Buffer.from([0xff, 0xfe]) }, 'resume.yaml'],
    [
      'wrong-principal',
      {
        verify: () =>
          Promise.resolve({ kind: 'valid', signer: { principal: 'mallory@example.com', fingerprint: 'SHA256:x' } }),
      },
      'it says carol@example.com and was signed by mallory@example.com',
    ],
    ['other-pause', { bytes: resumeOf({ pauseSha256: 'b'.repeat(64) }) }, 'it lifts another pause'],
    [
      'wrong-repository',
      { bytes: resumeOf({ repository: 'https://github.com/acme/other.git' }) },
      'it was written for https://github.com/acme/other.git',
    ],
    ['expired', { now: new Date('2026-11-20T15:40:00Z') }, 'it expired at 2026-11-20T15:40:00.000Z'],
    ['too-long', { bytes: resumeOf({ expiresAt: '2026-11-22T15:40:00.000Z' }) }, 'for more than 24 hours'],
    [
      'clock-skew',
      { now: new Date('2026-11-20T14:34:00Z') },
      'it is dated 2026-11-20T14:40:00.000Z, 6 minutes ahead of the clock of this processor (2026-11-20T14:34:00Z); one of the two clocks is wrong',
    ],
    ['replayed', { ledger: { hasResumed: () => true } }, 'it has lifted a pause before'],
    [
      'older-than-pause',
      { bytes: resumeOf({}, '2026-11-20T14:24:00.000Z') },
      'it was written before this pause was seen',
    ],
  ])('is refused as %s', async (code, change, message) => {
    const verdict = await checkResume(facts(change));
    expect(verdict).toMatchObject({ kind: 'refused', code });
    expect(verdict.kind === 'refused' && verdict.message).toContain(message);
  });
});
