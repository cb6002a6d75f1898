import { isProblem, severityRank, type Finding, type Hypothesis, type Judgement } from '../domain/finding.ts';

export interface RankingSources {
  readonly judgement: Judgement;
  /** Codes in causal order, causes first; decides between equals. */
  readonly order?: readonly string[];
  /** What the request is about. */
  readonly focus?: { readonly namespace?: string; readonly resources?: readonly string[] };
}

const MAX_HYPOTHESES = 3;
const MAX_STATEMENT_CHARACTERS = 500;

/** Weights of the score (facts of the playbooks, B.2 and B.7). */
const FOCUS = 0.3;
const UNKNOWN_REQUIRED_STEP = -0.2;
const FAN_OUT = 0.1;
const FAN_OUT_FROM = 3;
const LOWEST = 0.05;
const HIGHEST = 0.99;

/** Findings that could be the cause: problems that no other finding explains, the most likely first, at most three. */
export function rankHypotheses({ judgement, order = [], focus = {} }: RankingSources): readonly Hypothesis[] {
  const { findings, coverage } = judgement;
  // Of many hosts one gap is the same question unanswered several times.
  const gaps = new Set(coverage.filter(({ required, known }) => required && !known).map(({ step }) => step)).size;
  const words = [focus.namespace ?? '', ...(focus.resources ?? [])].flatMap(focusWords);
  const candidates = findings.filter(
    (finding) => isProblem(finding) && !findings.some((other) => explains(other, finding, order)),
  );
  const ranked = candidates.map((finding) => {
    const explained = findings.filter((other) => explains(finding, other, order));
    const score =
      finding.confidence +
      (isInFocus(finding, words) ? FOCUS : 0) +
      gaps * UNKNOWN_REQUIRED_STEP +
      (explained.length >= FAN_OUT_FROM ? FAN_OUT : 0);
    return { finding, explained, confidence: clamp(score) };
  });
  ranked.sort(
    (a, b) =>
      b.confidence - a.confidence ||
      position(a.finding, order) - position(b.finding, order) ||
      severityRank(a.finding.severity) - severityRank(b.finding.severity),
  );
  return ranked.slice(0, MAX_HYPOTHESES).map(({ finding, explained, confidence }, index) => ({
    rank: index + 1,
    statement: finding.title.slice(0, MAX_STATEMENT_CHARACTERS),
    finding: finding.id,
    confidence,
    explains: explained.map((other) => other.id),
    ...(finding.disprovedBy === undefined ? {} : { disprovedBy: finding.disprovedBy }),
  }));
}

/** Whether `cause` explains `effect`. When each names the other, the causal order, then the list, decides. */
function explains(cause: Finding, effect: Finding, order: readonly string[]): boolean {
  if (cause.id === effect.id || cause.code === effect.code || !cause.explains.includes(effect.code)) return false;
  // Context explains nothing: it is no problem itself.
  if (!isProblem(cause)) return false;
  if (!effect.explains.includes(cause.code)) return true;
  const difference = position(cause, order) - position(effect, order);
  return difference === 0 ? cause.id < effect.id : difference < 0;
}

function position(finding: Finding, order: readonly string[]): number {
  const index = order.indexOf(finding.code);
  return index === -1 ? order.length : index;
}

/** `pod/etcd-0` is found by its name too; very short names are found everywhere and say nothing. */
function focusWords(resource: string): readonly string[] {
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  return [...new Set([resource, name])].map((word) => word.toLowerCase()).filter((word) => word.length >= 3);
}

function isInFocus(finding: Finding, words: readonly string[]): boolean {
  const quotes = finding.citations.map((citation) => citation.quote);
  const text = [finding.object, finding.title, ...quotes].join('\n').toLowerCase();
  return words.some((word) => hasWord(text, word));
}

/** The word on its own: `etcd` is not meant by `etcd-operator`. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (!/[\w-]/u.test(before) && !/[\w-]/u.test(after)) return true;
  }
  return false;
}

function clamp(score: number): number {
  return Math.round(Math.min(HIGHEST, Math.max(LOWEST, score)) * 100) / 100;
}
