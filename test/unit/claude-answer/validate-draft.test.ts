import { describe, expect, it } from 'vitest';
import { validateDraft, validateVerification } from '../../../src/claude/answer/validate-draft.ts';
import { answerOf, CONFIRMING, draftOf } from './draft-samples.ts';

const ANSWER = answerOf(draftOf());

function problemsOf(structured: unknown): readonly string[] {
  const validated = validateDraft(structured);
  return validated.kind === 'valid' ? [] : validated.problems;
}

describe('validateDraft', () => {
  it('adds the envelope that the model does not write', () => {
    expect(validateDraft(ANSWER)).toEqual({ kind: 'valid', answer: draftOf() });
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'the answer: must be a group of fields that begins with apiVersion and kind'],
    ['a text', 'all is well', 'the answer: must be a group of fields that begins with apiVersion and kind'],
    [
      'a missing field',
      { ...ANSWER, bottomLine: undefined },
      'bottomLine: is missing (the cause in at most two plain sentences, or what is known instead; the first thing that a person reads at night)',
    ],
    [
      'an unknown outcome',
      { ...ANSWER, outcome: 'no-problems' },
      'outcome: "no-problems" is not one of root-cause, no-problem, inconclusive (did you mean "no-problem"?)',
    ],
    [
      'a finding without a citation',
      { ...ANSWER, findings: [{ ...CONFIRMING, citations: [] }] },
      'findings[0].citations: has 0 entries, at least 1 are needed',
    ],
    [
      'a quote that is too short',
      { ...ANSWER, findings: [{ ...CONFIRMING, citations: [{ evidence: 'E001', quote: '100%' }] }] },
      'findings[0].citations[0].quote: has 4 characters, at least 8 are needed',
    ],
    [
      'a time without a zone',
      { ...ANSWER, timeline: [{ at: '2026-11-20 13:50', text: 'x' }] },
      'timeline[0].at: "2026-11-20 13:50" is not a date and time with its zone such as 2026-11-20T14:30:12Z',
    ],
    [
      'an invented field',
      { ...ANSWER, findings: [{ ...CONFIRMING, verified: true }] },
      'findings[0].verified: is not a known field (possible here: title, severity, object, explanation, confidence, confirms, citations)',
    ],
    ['an unsafe name', JSON.parse('{"__proto__": {"x": 1}}'), '__proto__: is not allowed as a name'],
  ])('says what is wrong with %s', (_what, structured, problem) => {
    expect(problemsOf(structured)).toContain(problem);
  });

  it('takes out what cannot be seen instead of refusing the answer', () => {
    const validated = validateDraft({ ...ANSWER, bottomLine: 'slow\u001b[31m disk\u202e\u0000.' });
    expect(validated).toMatchObject({ kind: 'valid', answer: { bottomLine: 'slow disk.' } });
  });

  it('shows marks where cleaning alone would make a quote too short', () => {
    const citations = [{ evidence: 'E001', quote: '\u001b[31mFAIL' }];
    const validated = validateDraft({ ...ANSWER, findings: [{ ...CONFIRMING, citations }] });
    expect(validated).toMatchObject({
      kind: 'valid',
      answer: { findings: [{ citations: [{ quote: '\ufffd[31mFAIL' }] }] },
    });
  });

  it('refuses an answer that is nested without end', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 50_000; level++) deep = [deep];
    expect(problemsOf({ ...ANSWER, findings: deep })).not.toEqual([]);
  });

  it('lists at most twenty problems and counts the rest', () => {
    const findings = Array.from({ length: 25 }, () => ({ title: 'x' }));
    const problems = problemsOf({ ...ANSWER, findings });
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toMatch(/^and \d+ more$/);
  });
});

describe('validateVerification', () => {
  const VERIFICATION = { confidence: 0.4, why: 'the trigger is assumed', findings: [] };

  it('adds the envelope', () => {
    expect(validateVerification(VERIFICATION)).toMatchObject({
      kind: 'valid',
      answer: { kind: 'DraftVerification', confidence: 0.4 },
    });
  });

  it('refuses what is no number', () => {
    expect(validateVerification({ ...VERIFICATION, confidence: 'high' })).toEqual({
      kind: 'invalid',
      problems: ['confidence: must be a number, not the text "high"'],
    });
  });
});
