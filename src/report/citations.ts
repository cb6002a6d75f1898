import type { Evidence } from '../domain/evidence.ts';
import type { Finding, Judgement } from '../domain/finding.ts';
import type { Citation } from '../schema/generated.ts';
import { cleanText } from './untrusted.ts';

/** Length of a quote that can prove something, in characters after normalising. */
const MIN_QUOTE = 8;
const MAX_QUOTE = 400;

/** How quotes are compared: escape sequences and carriage returns stripped, white space collapsed. */
export function normaliseQuote(text: string): string {
  return cleanText(text.replaceAll('\r', '')).replace(/\s+/gu, ' ').trim();
}

/** Whether `text` holds the exact words of `quote`. */
export function isQuoted(quote: string, text: string): boolean {
  return isInside(normaliseQuote(quote), normaliseQuote(text));
}

/**
 * Looks every citation up in the recorded text. A claim keeps its unverified citations, marked so, and each halves the
 * confidence of its author.
 */
export function checkCitations(findings: readonly Finding[], evidence: readonly Evidence[]): readonly Finding[] {
  const check = createCheck(evidence);
  return findings.map((finding) => {
    const citations = finding.citations.map(check);
    const failed = citations.filter(({ verified }) => !verified).length;
    return { ...finding, citations, confidence: finding.confidence * 0.5 ** failed };
  });
}

/** The same for everything in a judgement that cites. */
export function checkJudgement(judgement: Judgement, evidence: readonly Evidence[]): Judgement {
  const check = createCheck(evidence);
  const { changes } = judgement;
  return {
    ...judgement,
    findings: checkCitations(judgement.findings, evidence),
    ...(changes === undefined
      ? {}
      : { changes: changes.map((change) => ({ ...change, citation: check(change.citation) })) }),
  };
}

function createCheck(evidence: readonly Evidence[]): (citation: Citation) => Citation {
  const texts = new Map(evidence.map(({ id, text }) => [id, text]));
  const normalised = new Map<string, string>();
  return (citation) => ({
    ...citation,
    verified: isInside(normaliseQuote(citation.quote), textOf(citation.evidence)),
  });

  /** Evidence can be a megabyte and cited often: normalised once. */
  function textOf(id: string): string {
    const known = normalised.get(id) ?? normaliseQuote(texts.get(id) ?? '');
    normalised.set(id, known);
    return known;
  }
}

function isInside(quote: string, text: string): boolean {
  return quote.length >= MIN_QUOTE && quote.length <= MAX_QUOTE && text.includes(quote);
}
