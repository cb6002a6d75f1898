import type { Evidence } from '../../domain/evidence.ts';
import { isProblem, severityRank, type Finding } from '../../domain/finding.ts';
import { checkCitations, normaliseQuote } from '../../report/citations.ts';
import { cleanLine, cleanText, shortened } from '../../report/untrusted.ts';
import type { Citation, DraftFinding } from '../../schema/generated.ts';

/** Findings of the checks and of the model in one list. */
export interface MergedFindings {
  /** The worst and surest first. */
  readonly findings: readonly Finding[];
  /** What became of the findings of the draft, in their order. */
  readonly claims: readonly Claim[];
  /** Part of the model's citations that was found, 0 to 1; 1 when it cited nothing. */
  readonly verifiedShare: number;
}

/** A finding that the model made or confirmed. */
export interface Claim {
  readonly finding: string;
  /** Whether at least one quote of the model itself was found. */
  readonly isCited: boolean;
}

/** Code of a finding that no rule knows. */
export const AGENT_CODE = 'AGENT_FINDING';

/** Limits of the report contract. */
const LIMITS = { object: 253, title: 300, explanation: 2000 } as const;

/**
 * Adds what the model found to what the checks found. Findings of the checks keep their ids, stay, and are never made
 * milder; the model changes one only with a quote that was found. `base` has its citations checked.
 */
export function mergeFindings(
  draft: readonly DraftFinding[],
  base: readonly Finding[],
  evidence: readonly Evidence[],
): MergedFindings {
  const findings = new Map(base.map((finding) => [finding.id, finding]));
  const claims: Claim[] = [];
  let number = Math.max(0, ...base.map(({ id }) => Number(id.slice(1))));
  const checked = checkCitations(draft.map(ownFinding), evidence);
  for (const [index, own] of checked.entries()) {
    const isCited = own.citations.some(({ verified }) => verified);
    const ofChecks = base.map((finding) => findings.get(finding.id) ?? finding);
    const known = confirmedBy(own, draft[index]?.confirms, ofChecks);
    const merged = known === undefined ? added(own, findingId(++number), isCited) : confirmed(known, own, isCited);
    findings.set(merged.id, { ...merged, confidence: Math.round(merged.confidence * 100) / 100 });
    claims.push({ finding: merged.id, isCited });
  }
  const citations = checked.flatMap((finding) => finding.citations);
  const verified = citations.filter((citation) => citation.verified).length;
  return {
    findings: [...findings.values()].sort(worstFirst),
    claims,
    verifiedShare: citations.length === 0 ? 1 : verified / citations.length,
  };
}

function worstFirst(a: Finding, b: Finding): number {
  return severityRank(a.severity) - severityRank(b.severity) || b.confidence - a.confidence;
}

function findingId(number: number): string {
  return `F${String(number).padStart(2, '0')}`;
}

/** What the model says, cleaned; it gets its id when it is known that the checks did not find the same. */
function ownFinding(finding: DraftFinding): Finding {
  const { severity, confidence, citations } = finding;
  const title = cleanLine(finding.title);
  return {
    id: '',
    rule: 'agent',
    code: AGENT_CODE,
    severity,
    object: shortened(cleanLine(finding.object), LIMITS.object),
    title: shortened(title === '' ? 'finding without a title' : title, LIMITS.title),
    explanation: shortened(cleanText(finding.explanation).trim(), LIMITS.explanation),
    confidence,
    citations: distinctCitations(
      citations.map(({ evidence, quote }) => ({ evidence, quote: shownQuote(quote), verified: false })),
    ),
    explains: [],
    recommendations: [],
  };
}

/** A quote of white space alone is kept as one that cannot be found: it counts against the finding. */
function shownQuote(quote: string): string {
  const plain = normaliseQuote(quote);
  return plain === '' ? '(blank)' : plain;
}

/** The finding of the checks that the model names, or that quotes the same words about the same object. */
function confirmedBy(own: Finding, named: string | undefined, known: readonly Finding[]): Finding | undefined {
  const byName = known.find(({ id }) => id === named);
  if (byName !== undefined) return byName;
  return known.find(
    ({ object, citations }) => isSameObject(object, own.object) && quotesSame(citations, own.citations),
  );
}

function isSameObject(a: string, b: string): boolean {
  return a !== '' && a.toLowerCase() === b.toLowerCase();
}

function isPartOf(part: Citation, whole: Citation): boolean {
  return part.evidence === whole.evidence && whole.quote.includes(part.quote);
}

function quotesSame(a: readonly Citation[], b: readonly Citation[]): boolean {
  return a.some((one) => b.some((other) => isPartOf(one, other) || isPartOf(other, one)));
}

/** A claim without any quote that was found cannot stand above what is proven. */
function added(own: Finding, id: string, isCited: boolean): Finding {
  const isMild = isCited || !isProblem(own);
  return { ...own, id, severity: isMild ? own.severity : 'warning' };
}

function confirmed(known: Finding, own: Finding, isCited: boolean): Finding {
  // A piece of a quote that stands there already tells a reader nothing.
  const told = (citation: Citation): boolean =>
    citation.verified && known.citations.some((each) => each.verified && isPartOf(citation, each));
  const citations = distinctCitations([...known.citations, ...own.citations.filter((each) => !told(each))]);
  if (!isCited) return { ...known, citations };
  return {
    ...known,
    citations,
    confidence: own.confidence,
    severity: severityRank(own.severity) < severityRank(known.severity) ? own.severity : known.severity,
    ...(own.explanation === '' ? {} : { explanation: own.explanation }),
  };
}

function distinctCitations(citations: readonly Citation[]): Citation[] {
  const seen = new Map<string, Citation>();
  for (const citation of citations) {
    const key = `${citation.evidence}\n${normaliseQuote(citation.quote)}`;
    if (!seen.has(key)) seen.set(key, citation);
  }
  return [...seen.values()];
}
