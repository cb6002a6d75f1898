import { isProblem, type Finding } from '../domain/finding.ts';
import { nearestName } from '../lib/nearest-name.ts';
import type { RuleVerdict } from '../playbook/judge-rule.ts';
import type { ExpectedFinding, Playbook, PlaybookExpectation } from '../schema/generated.ts';
import type { Diagnosis } from './diagnose.ts';

/** What is not as expected, one line each; empty when all is. */
export function checkCase(
  expected: PlaybookExpectation,
  { diagnosis, playbook }: { readonly diagnosis: Diagnosis; readonly playbook: Playbook },
): readonly string[] {
  const { judgement, hypotheses, assessment } = diagnosis;
  const { findings } = judgement;
  const wanted = expected.findings ?? [];
  const failures = wanted
    .filter((each) => !findings.some((found) => fits(found, each)))
    .map((each) => missing(each, findings));
  if (expected.only === true) {
    const extra = findings.filter((found) => isProblem(found) && !wanted.some((each) => fits(found, each)));
    failures.push(...extra.map((found) => `unexpected finding ${describe(found)}`));
  }
  failures.push(
    ...checkVerdicts(expected.absent ?? [], { diagnosis, playbook, kind: 'no-match' }),
    ...checkVerdicts(expected.unknown ?? [], { diagnosis, playbook, kind: 'unknown' }),
    ...checkVerdicts(expected.notApplicable ?? [], { diagnosis, playbook, kind: 'not-applicable' }),
  );
  if (expected.cause !== undefined) {
    const first = findings.find(({ id }) => id === hypotheses[0]?.finding);
    if (first?.code !== expected.cause) {
      failures.push(
        `the first hypothesis is ${first === undefined ? 'absent' : describe(first)}, not ${expected.cause}`,
      );
    }
  }
  if (expected.outcome !== undefined && expected.outcome !== assessment.outcome) {
    failures.push(`the outcome is ${assessment.outcome}, not ${expected.outcome}`);
  }
  return failures;
}

const WORDS: Readonly<Record<RuleVerdict['kind'], string>> = {
  match: 'fires',
  'no-match': 'does not fire',
  unknown: 'is unknown',
  'not-applicable': 'does not apply',
};

function checkVerdicts(
  ids: readonly string[],
  facts: { readonly diagnosis: Diagnosis; readonly playbook: Playbook; readonly kind: RuleVerdict['kind'] },
): readonly string[] {
  const verdicts = new Map(facts.diagnosis.rules.map(({ rule, verdict }) => [rule.id, verdict]));
  return ids.flatMap((id) => {
    const verdict = verdicts.get(id);
    if (verdict === undefined) {
      const nearest = nearestName(id, verdicts.keys());
      const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
      return [`${facts.playbook.metadata.id} has no rule ${id}${hint}`];
    }
    if (verdict.kind === facts.kind) return [];
    const why = verdict.kind === 'unknown' ? ` (${verdict.why})` : '';
    return [`rule ${id} ${WORDS[verdict.kind]}${why}, expected: ${WORDS[facts.kind]}`];
  });
}

function fits(found: Finding, expected: ExpectedFinding): boolean {
  const { rule, code, object, title, severity, since, confidence, cites } = expected;
  return (
    (rule === undefined || rule === found.rule || found.alsoBy?.includes(rule) === true) &&
    (code === undefined || code === found.code) &&
    (object === undefined || object === found.object) &&
    (title === undefined || title === found.title) &&
    (expected.expected === undefined || expected.expected === found.expected) &&
    (severity === undefined || severity === found.severity) &&
    (since === undefined || new Date(since).getTime() === new Date(found.since ?? Number.NaN).getTime()) &&
    (confidence === undefined || Math.abs(confidence - found.confidence) < 0.005) &&
    (cites === undefined || found.citations.some(({ quote, verified }) => verified && quote.includes(cites)))
  );
}

/** The nearest thing that is there says best what differs. */
function missing(expected: ExpectedFinding, findings: readonly Finding[]): string {
  const near = findings.find(({ rule, code }) => rule === expected.rule || code === expected.code);
  const seen =
    near === undefined
      ? `found: ${findings.map(({ code }) => code).join(', ') || 'nothing'}`
      : `found: ${describe(near)}`;
  return `no finding ${JSON.stringify(expected)}; ${seen}`;
}

function describe({ code, object, severity, title, confidence, citations }: Finding): string {
  const quotes = citations.map(({ quote, verified }) => `${verified ? '' : 'unverified '}«${quote.slice(0, 80)}»`);
  return `${code} ${severity} ${confidence} on "${object}": ${title} ${quotes.join(' ')}`.trim();
}
