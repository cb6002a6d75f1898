import { severityRank } from '../../domain/finding.ts';
import type { AggregatePart, Disagreement, PartFinding, SharedFinding } from '../../schema/generated.ts';
import { shortened } from '../untrusted.ts';

const MAX_SHARED = 20;
const MAX_DISAGREEMENTS = 20;

/** What several clusters report alike: by the code of the finding, the cause of most first. */
export function sharedFindings(parts: readonly AggregatePart[]): SharedFinding[] {
  const byCode = new Map<string, { part: AggregatePart; finding: PartFinding }[]>();
  for (const part of parts) {
    const codes = new Set<string>();
    for (const finding of part.findings ?? []) {
      // One cluster may report the same of many objects; the first is the worst of them.
      if (codes.has(finding.code)) continue;
      codes.add(finding.code);
      byCode.set(finding.code, [...(byCode.get(finding.code) ?? []), { part, finding }]);
    }
  }
  return [...byCode]
    .flatMap(([code, seen]) => (seen.length < 2 ? [] : [shared(code, seen)]))
    .sort(
      (a, b) =>
        Number(b.isCause) - Number(a.isCause) ||
        b.clusters.length - a.clusters.length ||
        severityRank(a.severity) - severityRank(b.severity) ||
        (a.code < b.code ? -1 : 1),
    )
    .slice(0, MAX_SHARED);
}

function shared(
  code: string,
  seen: readonly { readonly part: AggregatePart; readonly finding: PartFinding }[],
): SharedFinding {
  const findings = seen.map(({ finding }) => finding);
  const worst = [...findings].sort((a, b) => severityRank(a.severity) - severityRank(b.severity))[0];
  const [object] = findings.map((finding) => finding.object);
  const isSameObject = object !== undefined && object !== '' && findings.every((finding) => finding.object === object);
  return {
    code,
    title: worst?.title ?? code,
    severity: worst?.severity ?? 'info',
    clusters: seen.map(({ part }) => part.cluster),
    ...(isSameObject ? { object } : {}),
    isCause: seen.every(({ part }) => part.cause === code),
    confidence: Math.min(...findings.map(({ confidence }) => confidence)),
  };
}

/** Where parts contradict each other. Different outcomes alone are no contradiction: clusters are different. */
export function disagreements(parts: readonly AggregatePart[]): Disagreement[] {
  const found: Disagreement[] = [];
  const causes = causesOf(parts);
  if (causes.length > 1) {
    const said = causes.map(({ title, clusters }) => `${clusters.join(', ')}: ${title}`).join(' · ');
    found.push({ text: `different causes: ${said}`, clusters: causes.flatMap(({ clusters }) => clusters) });
  }
  for (const { title, clusters } of causes) {
    for (const other of parts) {
      if (clusters.includes(other.cluster)) continue;
      if (other.ruledOut?.includes(title) !== true) continue;
      found.push({
        text: `${other.cluster} rules out what ${clusters.join(', ')} calls the cause: ${title}`,
        clusters: [other.cluster, ...clusters],
      });
    }
  }
  const healthy = parts.filter(({ outcome }) => outcome === 'no-problem').map(({ cluster }) => cluster);
  const troubled = parts.filter(({ outcome }) => outcome === 'root-cause').map(({ cluster }) => cluster);
  if (healthy.length > 0 && troubled.length > 0) {
    const text = `${healthy.join(', ')} found no problem; ${troubled.join(', ')} found a root cause`;
    found.push({ text, clusters: [...healthy, ...troubled] });
  }
  return found
    .slice(0, MAX_DISAGREEMENTS)
    .map(({ text, clusters }) => ({ text: shortened(text, 600), clusters: [...new Set(clusters)].slice(0, 50) }));
}

export interface NamedCause {
  readonly code: string;
  readonly title: string;
  readonly clusters: readonly string[];
}

/** The causes that parts name, the one of most clusters first, then in the order of the request. */
export function causesOf(parts: readonly AggregatePart[]): readonly NamedCause[] {
  const causes = new Map<string, { title: string; clusters: string[] }>();
  for (const { cluster, cause, findings = [] } of parts) {
    if (cause === undefined) continue;
    const known = causes.get(cause) ?? {
      title: findings.find(({ code }) => code === cause)?.title ?? cause,
      clusters: [],
    };
    known.clusters.push(cluster);
    causes.set(cause, known);
  }
  return [...causes]
    .map(([code, { title, clusters }]) => ({ code, title, clusters }))
    .sort((a, b) => b.clusters.length - a.clusters.length);
}
