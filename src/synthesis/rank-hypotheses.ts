import {
  compareIds,
  isProblem,
  severityRank,
  type Finding,
  type Hypothesis,
  type Judgement,
} from '../domain/finding.ts';
import type { Playbook } from '../schema/generated.ts';
import { explain, rankOf, type Explanations } from './explanations.ts';
import { sameTrouble } from './same-trouble.ts';
import { scoreParts, totalOf, type ScoreFacts } from './score.ts';

export interface RankingSources {
  readonly judgement: Judgement;
  /** Codes in causal order, causes first; decides between equals. */
  readonly order?: readonly string[];
  /** Codes that can be an effect of something else; those that a finding names as such, when absent. */
  readonly effects?: readonly string[];
  /** What the request is about. */
  readonly focus?: { readonly namespace?: string; readonly resources?: readonly string[] };
}

const MAX_HYPOTHESES = 3;
const MAX_STATEMENT_CHARACTERS = 500;

/** What began so shortly before a problem can be its cause; what began long before is another story. */
const SHORTLY_MS = 3_600_000;
/** Moments closer than this have no order: they are rounded, and reported by different clocks. */
const SAME_TIME_MS = 60_000;

/** What a playbook says about the order of causes. */
export function rankingOf({ spec }: Playbook): Required<Pick<RankingSources, 'order' | 'effects'>> {
  return {
    order: spec.synthesis?.order ?? [],
    effects: [...new Set(spec.rules.flatMap(({ finding }) => finding.explains ?? []))],
  };
}

/**
 * Findings that could be the cause: problems that no other finding explains, the most likely first, at most three. What is
 * said several times about one object is one of them.
 */
export function rankHypotheses({ judgement, order = [], effects, focus = {} }: RankingSources): readonly Hypothesis[] {
  const { coverage, relations, changes = [] } = judgement;
  const words = focusOf(focus).flatMap(focusWords);
  const troubles = sameTrouble(judgement.findings);
  const findings = troubles.map(({ finding }) => finding);
  const sameAs = new Map(troubles.map(({ finding, same }) => [finding.id, same]));
  const explanations = explain({
    ...{ findings, order, effects: new Set(effects ?? findings.flatMap((finding) => finding.explains)) },
    ...(relations === undefined ? {} : { relations }),
  });
  const isMeant = (finding: Finding): boolean => isInFocus(finding, words);
  const seen = explanations.candidates.map((candidate) => {
    const explained = explanations.explainedBy(candidate);
    const surelyExplained = explanations.surelyExplainedBy(candidate);
    // What makes the thing ill that was asked about is about it, whatever its own name.
    const focus = focusOn(candidate, { explained, surelyExplained, isMeant });
    return { candidate, explained, surelyExplained, focus };
  });
  // What is true of all of them speaks for none: a namespace that was asked about holds everything that was found.
  const doesFocusTell = seen.length < 2 || seen.some(({ focus }) => focus !== 'sure');
  const ranked = seen.map(({ candidate, explained, surelyExplained, focus }) => {
    const reasons = scoreParts({
      ...{ candidate, explained, surelyExplained, coverage, changes },
      dependants: explanations.dependantsOf(candidate),
      focus: doesFocusTell ? focus : 'none',
      cameFirst: cameFirst(candidate, findings, explanations),
    });
    const isAsked = doesFocusTell && focus === 'sure';
    return { finding: candidate, explained, reasons, confidence: totalOf(reasons), isAsked };
  });
  ranked.sort(
    (a, b) =>
      b.confidence - a.confidence ||
      // Of two that are nearly certain the one that was asked about.
      Number(b.isAsked) - Number(a.isAsked) ||
      rankOf(a.finding, order) - rankOf(b.finding, order) ||
      severityRank(a.finding.severity) - severityRank(b.finding.severity) ||
      compareIds(a.finding, b.finding),
  );
  return ranked.slice(0, MAX_HYPOTHESES).map(({ finding, explained, reasons, confidence }, index) => ({
    rank: index + 1,
    statement: finding.title.slice(0, MAX_STATEMENT_CHARACTERS),
    finding: finding.id,
    ...withSame(sameAs.get(finding.id)),
    confidence,
    explains: explained.flatMap(({ id }) => [id, ...(sameAs.get(id) ?? [])]),
    ...(finding.disprovedBy === undefined ? {} : { disprovedBy: finding.disprovedBy }),
    reasons: [...reasons],
  }));
}

function focusOn(
  candidate: Finding,
  {
    explained,
    surelyExplained,
    isMeant,
  }: Pick<ScoreFacts, 'explained' | 'surelyExplained'> & { readonly isMeant: (finding: Finding) => boolean },
): ScoreFacts['focus'] {
  if ([candidate, ...surelyExplained.filter(isProblem)].some(isMeant)) return 'sure';
  return explained.filter(isProblem).some(isMeant) ? 'perhaps' : 'none';
}

function withSame(same: readonly string[] = []): Pick<Hypothesis, 'same'> {
  return same.length === 0 ? {} : { same: [...same] };
}

/**
 * Whether the trouble of a candidate began shortly before another problem and nothing else began shortly before it. What
 * has been so for days came first too, and proves nothing.
 */
function cameFirst(candidate: Finding, findings: readonly Finding[], { candidates }: Explanations): boolean {
  if (candidate.since === undefined) return false;
  const began = Date.parse(candidate.since);
  const delay = (other: Finding): number => (other.since === undefined ? Number.NaN : Date.parse(other.since) - began);
  const others = findings.filter((other) => isProblem(other) && other.object !== candidate.object);
  const isFollowed = others.some((other) => delay(other) > SAME_TIME_MS && delay(other) <= SHORTLY_MS);
  const isPreceded = candidates.some(
    (other) => other.id !== candidate.id && delay(other) <= SAME_TIME_MS && delay(other) >= -SHORTLY_MS,
  );
  return isFollowed && !isPreceded;
}

/** A namespace is full of other people's trouble: where an object is named, it says where to look for it, and no more. */
function focusOf({ namespace = '', resources = [] }: NonNullable<RankingSources['focus']>): readonly string[] {
  return resources.length === 0 ? [namespace] : resources;
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
