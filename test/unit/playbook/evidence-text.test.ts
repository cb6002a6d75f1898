import { describe, expect, it } from 'vitest';
import { MAX_EVIDENCE_BYTES } from '../../../src/domain/evidence.ts';
import { evidenceText } from '../../../src/playbook/evidence-text.ts';

describe('text of evidence', () => {
  it('is the bare output when nothing was said on stderr', () => {
    expect(evidenceText({ stdout: 'a\nb', stderr: ' \n' })).toEqual({ text: 'a\nb', isCut: false });
  });

  it('has no empty line in front of stderr', () => {
    expect(evidenceText({ stdout: '', stderr: 'e' }).text).toBe('--- stderr ---\ne');
    expect(evidenceText({ stdout: 'a\n', stderr: 'e' }).text).toBe('a\n--- stderr ---\ne');
  });

  it('stays below the limit of a file and never cuts through a character', () => {
    const { text, isCut } = evidenceText({ stdout: '€'.repeat(500_000), stderr: '😀'.repeat(100_000) });
    expect(Buffer.byteLength(text)).toBeLessThan(MAX_EVIDENCE_BYTES);
    expect(text).not.toContain('\uFFFD');
    expect(isCut).toBe(true);
  });
});
