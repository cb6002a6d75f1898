import type { Report } from '../schema/generated.ts';
import { firstChanges } from './markdown-changes.ts';
import { faultyEdges, nodeText } from './markdown-dependencies.ts';
import { secondText } from './words.ts';

const MAX_CHANGES = 4;

/** What changed, for plain text: what touches a finding and the newest, a line each. */
export function changeLines({ changes = [] }: Report): readonly string[] {
  const left = changes.length - MAX_CHANGES;
  return [
    ...firstChanges(changes, MAX_CHANGES).map(({ at, text, findings, citation }) => {
      const when = at === undefined ? 'not known when' : `${at.slice(5, 10)} ${secondText(at)}`;
      const about = findings.length === 0 ? '' : `, touches ${findings.join(', ')}`;
      return `${when}  ${text} (${citation.evidence}${citation.verified ? '' : ', quote NOT FOUND'}${about})`;
    }),
    ...(left > 0 ? [`and ${left} more`] : []),
  ];
}

/** Which faulty object needs which other one, a line each. */
export function dependencyLines(report: Report): readonly string[] {
  const sides = new Set((report.dependencies?.nodes ?? []).map(({ side }) => side));
  return faultyEdges(report).map(({ edge, from, to }) => {
    const source = edge.evidence === undefined ? '' : ` (${edge.evidence})`;
    return `${nodeText(from, sides.size > 1)} ${edge.why} ${nodeText(to, sides.size > 1)}${source}`;
  });
}
