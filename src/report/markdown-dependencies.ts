import { isProblem } from '../domain/finding.ts';
import type { DependencyEdge, DependencyNode, Report } from '../schema/generated.ts';
import { folded, markdownTable, mermaid } from './markdown-blocks.ts';
import { evidenceLink } from './markdown-links.ts';
import { inlineCode, mermaidLabel, plainMarkdown } from './untrusted.ts';

const MAX_LABEL = 60;
const MAX_WHY = 30;
/** Below this only a name suggests the dependency. */
const OBSERVED = 0.8;

/** What depends on what around the findings, as a picture and as a table. Arrows lead to what is needed. */
export function dependencySection(report: Report): readonly string[] {
  const { dependencies } = report;
  if (dependencies === undefined || dependencies.edges.length === 0) return [];
  const { nodes, edges, more } = dependencies;
  const isFaulty = faultyTest(report);
  const sides = new Set(nodes.map(({ side }) => side));
  const label = (node: DependencyNode): string => nodeText(node, sides.size > 1);
  const lines = [
    'flowchart LR',
    ...nodes.map(
      (node) => `  ${node.id}["${mermaidLabel(label(node), MAX_LABEL)}"]${isFaulty(node) ? ':::faulty' : ''}`,
    ),
    ...edges.map(
      ({ from, to, why, confidence }) =>
        `  ${from} ${confidence < OBSERVED ? '-.->' : '-->'}|"${mermaidLabel(why, MAX_WHY)}"| ${to}`,
    ),
    ...(more === 0 ? [] : [`  more["and ${more} more"]`]),
    '  classDef faulty fill:#ffdddd,stroke:#cc0000,color:#000000',
  ];
  return [
    '## What depends on what',
    'An arrow leads to what is needed; red is what a finding is about; a dotted arrow is only suggested by a name.',
    mermaid(lines),
    folded('The same as a table', edgeTable(report, label)),
  ];
}

/** `pod shop/api-1`, with its side in front where there are several. */
export function nodeText({ kind, namespace, name, side }: DependencyNode, withSide: boolean): string {
  const place = namespace === undefined ? name : `${namespace}/${name}`;
  return `${withSide ? `${side}: ` : ''}${kind} ${place}`;
}

/** Dependencies between objects that are both faulty: the way of the trouble. */
export function faultyEdges(report: Report): readonly {
  readonly edge: DependencyEdge;
  readonly from: DependencyNode;
  readonly to: DependencyNode;
}[] {
  const isFaulty = faultyTest(report);
  const { nodes = [], edges = [] } = report.dependencies ?? {};
  return edges.flatMap((edge) => {
    const [from, to] = [edge.from, edge.to].map((id) => nodes.find((node) => node.id === id));
    return from !== undefined && to !== undefined && isFaulty(from) && isFaulty(to) ? [{ edge, from, to }] : [];
  });
}

function faultyTest({ findings }: Report): (node: DependencyNode) => boolean {
  const problems = new Set(findings.filter(isProblem).map(({ id }) => id));
  return (node) => node.findings.some((id) => problems.has(id));
}

function edgeTable(report: Report, label: (node: DependencyNode) => string): string {
  const { nodes = [], edges = [] } = report.dependencies ?? {};
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const cell = (id: string): string => {
    const node = byId.get(id);
    if (node === undefined) return inlineCode(id);
    const about = node.findings.length === 0 ? '' : ` (${node.findings.join(', ')})`;
    return `${inlineCode(label(node))}${about}`;
  };
  return markdownTable(
    ['what', 'how', 'needs', 'how sure', 'evidence'],
    edges.map(({ from, to, why, confidence, evidence }) => [
      cell(from),
      plainMarkdown(why),
      cell(to),
      confidence.toFixed(2),
      evidence === undefined ? '' : evidenceLink(report, evidence),
    ]),
  );
}
