import type { Report, ReportFinding } from '../schema/generated.ts';

export interface FindingGroup {
  readonly finding: ReportFinding;
  /** What it explains, the worst first. */
  readonly effects: readonly ReportFinding[];
}

/** Findings with those that they explain below them, so that a reader sees causes first; the order stays. */
export function groupFindings({
  findings,
  hypotheses,
}: Pick<Report, 'findings' | 'hypotheses'>): readonly FindingGroup[] {
  const causes = new Set(hypotheses.map(({ finding }) => finding));
  const causeOf = new Map<string, string>();
  for (const { finding, explains } of hypotheses) {
    if (!findings.some(({ id }) => id === finding)) continue;
    for (const id of explains) if (!causes.has(id) && !causeOf.has(id)) causeOf.set(id, finding);
  }
  return findings
    .filter(({ id }) => !causeOf.has(id))
    .map((finding) => ({ finding, effects: findings.filter(({ id }) => causeOf.get(id) === finding.id) }));
}
