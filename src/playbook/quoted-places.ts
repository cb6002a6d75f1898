import type { Judgement } from '../domain/finding.ts';
import type { Citation } from '../schema/generated.ts';
import { quotedLines, type Cite } from './quote.ts';

/** Line of an output that a finding, or a change, is going to quote. */
export interface QuotedPlace {
  readonly evidence: string;
  /** Index in the lines of the output. */
  readonly line: number;
}

/** Findings and changes of a run whose citations are made as it is told. */
export type JudgeWith = (cite: Cite) => Pick<Judgement, 'findings' | 'changes'>;

/**
 * Where everything stands that a judgement quotes, what matters most first. The run is judged once for that before its
 * outputs are recorded, so that a record that cannot hold all keeps what is quoted.
 */
export function quotedPlaces(judge: JudgeWith): readonly QuotedPlace[] {
  const places = new Map<string, readonly QuotedPlace[]>();
  const { findings, changes = [] } = judge(({ data, evidence: { id } }, wanted) => {
    const lines = quotedLines(data, wanted);
    if (lines === undefined) return undefined;
    const [from, to] = lines;
    const citation: Citation = { evidence: id, quote: `lines ${from} to ${to}`, verified: false };
    const place = (_: unknown, index: number): QuotedPlace => ({ evidence: id, line: from + index });
    places.set(keyOf(citation), Array.from({ length: to - from + 1 }, place));
    return citation;
  });
  const citations = [...findings.flatMap((finding) => finding.citations), ...changes.map(({ citation }) => citation)];
  return [...new Set(citations.map(keyOf))].flatMap((key) => places.get(key) ?? []);
}

function keyOf({ evidence, quote }: Citation): string {
  return `${evidence} ${quote}`;
}
