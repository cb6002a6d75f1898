import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyVerification } from '../../../src/claude/answer/apply-verification.ts';
import { composeVerification } from '../../../src/claude/answer/compose-verification.ts';
import type { MergedDraft } from '../../../src/claude/answer/judge-draft.ts';
import type { DraftVerification } from '../../../src/schema/generated.ts';
import { CONFIRMING, draftEvidence, merged, OWN_FINDING } from './draft-samples.ts';

const NONCE = '3f9c1a2b77d0e4f1';

function verificationOf(change: Partial<DraftVerification> = {}): DraftVerification {
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'DraftVerification',
    confidence: 1,
    why: 'nothing is missing',
    findings: [],
    ...change,
  };
}

describe('composeVerification', () => {
  it('shows the claims of the model beside the lines that they quote, and nothing else', async () => {
    const wrong = { evidence: 'E006', quote: 'words that nobody ever printed' };
    const draft = await merged({
      findings: [{ ...OWN_FINDING, citations: [...OWN_FINDING.citations, wrong] }, CONFIRMING],
    });
    const composed = composeVerification(
      { merged: draft, evidence: await draftEvidence(), cluster: { type: 'hub', name: 'production-hub' } },
      { nonce: NONCE },
    );
    expect(composed.prompt.cuts).toEqual([]);
    await expect(`${composed.system}\n\n=====\n\n${composed.prompt.text}\n`).toMatchFileSnapshot(
      '../../fixtures/claude-answer/verification.txt',
    );
  });

  it('keeps its limit', async () => {
    const findings = Array.from({ length: 30 }, (_, index) => ({
      ...OWN_FINDING,
      object: `pod/${index}`,
      explanation: 'word '.repeat(400).trim(),
    }));
    const { prompt } = composeVerification(
      { merged: await merged({ findings }), evidence: await draftEvidence(), cluster: { type: 'hub', name: 'h' } },
      { nonce: NONCE },
    );
    expect(prompt.bytes).toBeLessThanOrEqual(24_000);
    expect(prompt.bytes).toBe(Buffer.byteLength(prompt.text));
  });
});

describe('applyVerification', () => {
  it('changes nothing when the second look has no doubt', async () => {
    const before = await merged();
    expect(applyVerification(before, verificationOf()).parts).toEqual(before.parts);
  });

  it('lowers what the evidence does not carry, decides again, and says why', async () => {
    const verdict = { finding: 'F03', confidence: 0.4, why: 'the line names no\u001b[1m reason' };
    const { parts } = applyVerification(await merged(), verificationOf({ findings: [verdict] }));
    expect(parts.assessment.outcome).toBe('inconclusive');
    expect(parts.hypotheses[0]).toMatchObject({ finding: 'F03', confidence: 0.4 });
    expect(parts.judgement.unknowns).toContainEqual({
      text: 'how far the evidence carries F03: storage maintenance throttled the volume of etcd-0',
      why: 'a second look doubts it: the line names no reason',
    });
  });

  it('lowers the whole answer', async () => {
    const { parts } = applyVerification(await merged(), verificationOf({ confidence: 0.5, why: 'a guess' }));
    expect(parts.draft.confidence).toBe(0.5);
    expect(parts.assessment.outcome).toBe('inconclusive');
    expect(parts.judgement.unknowns).toContainEqual({
      text: 'how far the evidence carries the bottom line',
      why: 'a second look doubts it: a guess',
    });
  });

  it('leaves findings of the checks alone that the model did not touch', async () => {
    const before = await merged();
    const verdict = { finding: 'F02', confidence: 0, why: 'no' };
    expect(applyVerification(before, verificationOf({ findings: [verdict] })).parts).toEqual(before.parts);
  });

  it('never raises anything, whatever it says', async () => {
    const cases = await Promise.all([
      merged(),
      merged({ outcome: 'inconclusive' }),
      merged({ outcome: 'no-problem', findings: [] }),
      merged({ findings: [{ ...OWN_FINDING, citations: [{ evidence: 'E001', quote: 'never printed at all' }] }] }),
      merged({ confidence: 0.6 }),
    ]);
    const confidence = fc.double({ min: 0, max: 1, noNaN: true });
    const verdict = fc.record({
      finding: fc.constantFrom('F01', 'F02', 'F03', 'F99'),
      confidence,
      why: fc.constant('w'),
    });
    const verification = fc
      .record({ confidence, findings: fc.array(verdict, { maxLength: 6 }) })
      .map((change) => verificationOf(change));
    fc.assert(
      fc.property(fc.constantFrom(...cases), verification, (before, second) => {
        const after = applyVerification(before, second);
        for (const [index, number] of numbersOf(after).entries()) {
          expect(number).toBeLessThanOrEqual(numbersOf(before)[index] ?? 0);
        }
        if (before.parts.assessment.outcome !== 'root-cause') {
          expect(after.parts.assessment.outcome).toBe(before.parts.assessment.outcome);
        }
      }),
    );
  });
});

function numbersOf({ parts, state }: MergedDraft): readonly number[] {
  return [
    parts.draft.confidence,
    state.candidate?.confidence ?? 0,
    ...parts.judgement.findings.map((finding) => finding.confidence),
  ];
}
