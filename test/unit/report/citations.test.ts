import { describe, expect, it } from 'vitest';
import { checkCitations, isQuoted, normaliseQuote } from '../../../src/report/citations.ts';
import { FINDINGS, sampleEvidence } from './report-samples.ts';

describe('normaliseQuote', () => {
  it('strips colour and carriage returns and collapses white space', () => {
    expect(normaliseQuote('  a\u001b[31m b\r\n\t c\r ')).toBe('a b c');
  });
});

describe('isQuoted', () => {
  const text = 'line one\n  fsync   p99 1.92 s\r\n\u001b[1mnext\u001b[0m line';
  it.each([
    ['the exact words', 'fsync   p99 1.92 s', true],
    ['other white space', 'fsync p99\n1.92 s', true],
    ['words over a line end', '1.92 s next line', true],
    ['other words', 'fsync p99 1.93 s', false],
    ['other case', 'Fsync p99 1.92 s', false],
    ['fewer than 8 characters', '1.92 s', false],
    ['nothing', '', false],
  ])('judges %s', (_, quote, expected) => {
    expect(isQuoted(quote, text)).toBe(expected);
  });

  it('refuses a quote of more than 400 characters', () => {
    expect(isQuoted('a'.repeat(400), 'a'.repeat(500))).toBe(true);
    expect(isQuoted('a'.repeat(401), 'a'.repeat(500))).toBe(false);
  });
});

describe('checkCitations', () => {
  it('verifies what stands in the cited evidence', async () => {
    const checked = checkCitations(FINDINGS, await sampleEvidence());
    expect(checked.flatMap(({ citations }) => citations.map(({ verified }) => verified))).toEqual([true, true]);
    expect(checked.map(({ confidence }) => confidence)).toEqual([0.8, 0.86]);
  });

  it('halves the confidence for each citation that is not found', async () => {
    const [first] = FINDINGS;
    if (first === undefined) throw new Error('no sample');
    const wrong = [
      { evidence: 'E003', quote: 'etcd-9 elected leader', verified: true },
      { evidence: 'E999', quote: 'etcd-0 elected leader at term 42', verified: true },
      ...first.citations,
    ];
    const [checked] = checkCitations([{ ...first, citations: wrong }], await sampleEvidence());
    expect(checked?.citations.map(({ verified }) => verified)).toEqual([false, false, true]);
    expect(checked?.confidence).toBeCloseTo(0.2);
  });
});
