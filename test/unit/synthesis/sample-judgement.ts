import type { CoverageStep, Finding, Judgement } from '../../../src/domain/finding.ts';
import type { ReportChange } from '../../../src/schema/generated.ts';

export function findingOf(id: string, parts: Partial<Finding> = {}): Finding {
  return {
    id,
    rule: id.toLowerCase(),
    code: `CODE_${id}`,
    severity: 'warning',
    object: `object-${id}`,
    title: `title ${id}`,
    explanation: 'what it means',
    confidence: 0.8,
    citations: [{ evidence: 'E001', quote: 'the exact line', verified: true }],
    explains: [],
    recommendations: [],
    ...parts,
  };
}

export function coverageOf(step: string, parts: Partial<CoverageStep> = {}): CoverageStep {
  return { step, title: `look at ${step}`, required: true, status: 'ok', known: true, ...parts };
}

export function judgementOf(
  findings: readonly Finding[],
  coverage: readonly CoverageStep[] = [coverageOf('a')],
): Judgement {
  return { findings, coverage, ruledOut: [], unknowns: [] };
}

/** Findings whose objects all belong together. */
export function nearIn(findings: readonly Finding[]): Judgement {
  const ids = findings.map(({ id }) => id);
  const near = Object.fromEntries(ids.map((id) => [id, ids.filter((other) => other !== id)]));
  return { ...judgementOf(findings), relations: { dependsOn: {}, apartFrom: {}, alike: {}, near } };
}

export function changeOf({
  at,
  text = 'it changed',
  findings = ['F01'],
  verified = true,
}: {
  readonly at: string | undefined;
  readonly text?: string;
  readonly findings?: readonly string[];
  readonly verified?: boolean;
}): ReportChange {
  return {
    ...(at === undefined ? {} : { at }),
    ...{ kind: 'rollout', object: 'deployment/a/main', text, findings: [...findings] },
    citation: { evidence: 'E002', quote: 'words of the change', verified },
  };
}
