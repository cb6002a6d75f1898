import type { Evidence } from '../../domain/evidence.ts';
import type { Hypothesis, Judgement } from '../../domain/finding.ts';
import type { DraftConclusion } from '../../report/report-parts.ts';
import { cleanLine, cleanText, shortened } from '../../report/untrusted.ts';
import { firstSentences } from '../../report/words.ts';
import type {
  DraftRecommendation,
  DraftRootCause,
  Recommendation,
  ReportDraft,
  RootCause,
  RuledOut,
  TimelineEntry,
  Unknown,
} from '../../schema/generated.ts';
import { candidateOf } from './draft-candidate.ts';
import { judgeDraft, type MergedDraft } from './judge-draft.ts';
import { mergeFindings } from './merge-findings.ts';

export interface DraftSources {
  /** Validated and redacted. */
  readonly draft: ReportDraft;
  /** What the checks alone led to; citations checked. */
  readonly base: { readonly judgement: Judgement; readonly hypotheses: readonly Hypothesis[] };
  /** Of the checks and of the model; quotes are looked up in exactly these texts. */
  readonly evidence: readonly Evidence[];
  /** Commands that the model wanted and the policy denied, as text, redacted. */
  readonly denied: readonly string[];
  /** Whether a command only looks. A recommended one that does not is never shown as free of risk. */
  readonly isReadOnly?: (command: string) => boolean;
}

/**
 * Joins the answer of the model with what the checks found. Every citation is looked up, every text cleaned and cut to the
 * report contract; outcome, quality and confidence come from code. Citations of the result are checked: do not check again.
 */
export function mergeDraft({ draft, base, evidence, denied, isReadOnly }: DraftSources): MergedDraft {
  const { judgement, hypotheses } = base;
  const known = new Set(evidence.map(({ id }) => id));
  const { findings, claims, verifiedShare } = mergeFindings(draft.findings, judgement.findings, evidence);
  const confidence = Math.round(draft.confidence * verifiedShare * 100) / 100;
  const said = conclusionOf(draft, confidence, isReadOnly);
  const explains = draft.rootCause?.explains ?? [];
  const candidate = candidateOf({ said, explains, findings, claims, hypotheses });
  const ruledOut = ruledOutOf(draft, known);
  const timeline = momentsOf(draft, known);
  const impact = draft.impact === undefined ? '' : cleanLine(draft.impact);
  return judgeDraft({
    judgement: {
      ...judgement,
      findings,
      ruledOut: distinct([...judgement.ruledOut, ...ruledOut.kept]),
      unknowns: distinct([...judgement.unknowns, ...unknownsOf(draft), ...ruledOut.lost, ...timeline.lost]),
    },
    hypotheses,
    claims,
    ...(candidate === undefined ? {} : { candidate }),
    dealtWith: new Set([
      ...(candidate === undefined ? [] : [candidate.finding, ...candidate.explains]),
      ...claims.filter(({ isCited }) => isCited).map(({ finding }) => finding),
      ...draft.ruledOut
        .filter((entry) => entry.evidence.some((id) => known.has(id)))
        .flatMap(({ finding }) => (finding === undefined ? [] : [finding])),
    ]),
    denied: denied.map(cleanLine),
    said,
    moments: timeline.kept,
    ...(impact === '' ? {} : { impact: shortened(impact, 1000) }),
  });
}

function conclusionOf(draft: ReportDraft, confidence: number, isReadOnly: DraftSources['isReadOnly']): DraftConclusion {
  const rootCause = draft.rootCause === undefined ? undefined : rootCauseOf(draft.rootCause);
  const bottomLine = shortened(firstSentences(cleanLine(draft.bottomLine), 2), 1000);
  return {
    outcome: draft.outcome,
    bottomLine: bottomLine === '' ? 'The investigator gave no bottom line.' : bottomLine,
    confidence,
    ...(rootCause === undefined ? {} : { rootCause }),
    recommendations: draft.recommendations
      .map((each) => recommendationOf(each, isReadOnly))
      .filter(({ action }) => action !== ''),
  };
}

/** Undefined when a part of it is blank: then there is no chain. */
function rootCauseOf(draft: DraftRootCause): RootCause | undefined {
  const cause = shortened(cleanLine(draft.cause), 500);
  const mechanism = shortened(cleanLine(draft.mechanism), 1000);
  const disprovedBy = shortened(cleanLine(draft.disprovedBy), 500);
  const trigger = shortened(cleanLine(draft.trigger ?? ''), 500);
  if (cause === '' || mechanism === '' || disprovedBy === '') return undefined;
  return { cause, mechanism, ...(trigger === '' ? {} : { trigger }), disprovedBy };
}

function recommendationOf(
  { action, command, risk, why }: DraftRecommendation,
  isReadOnly: DraftSources['isReadOnly'],
): Recommendation {
  // Never cut: half a command can do something else.
  const toCopy = command === undefined ? '' : cleanText(command).trim();
  const reason = why === undefined ? '' : cleanLine(why);
  const changes = toCopy !== '' && isReadOnly !== undefined && !isReadOnly(toCopy);
  return {
    action: shortened(cleanLine(action), 500),
    ...(toCopy === '' ? {} : { command: toCopy }),
    risk: risk === 'none' && changes ? 'low' : risk,
    ...(reason === '' ? {} : { why: shortened(reason, 500) }),
  };
}

/** Nothing is ruled out without evidence; what the model rules out without any is not known. */
function ruledOutOf(
  { ruledOut }: ReportDraft,
  known: ReadonlySet<string>,
): { readonly kept: readonly RuledOut[]; readonly lost: readonly Unknown[] } {
  const kept: RuledOut[] = [];
  const lost: Unknown[] = [];
  for (const entry of ruledOut) {
    const text = shortened(cleanLine(entry.text), 300);
    const evidence = [...new Set(entry.evidence)].filter((id) => known.has(id));
    if (text === '') continue;
    if (evidence.length > 0) kept.push({ text, evidence });
    else lost.push({ text, why: 'the investigator ruled it out, and names evidence that does not exist' });
  }
  return { kept, lost };
}

/** Moments that evidence tells of, by a time that exists. */
function momentsOf(
  { timeline }: ReportDraft,
  known: ReadonlySet<string>,
): { readonly kept: readonly TimelineEntry[]; readonly lost: readonly Unknown[] } {
  const kept: TimelineEntry[] = [];
  const lost: Unknown[] = [];
  for (const { at, text, evidence } of timeline) {
    const what = cleanLine(text);
    const time = Date.parse(at);
    if (what === '') continue;
    if (evidence !== undefined && known.has(evidence) && !Number.isNaN(time)) {
      kept.push({ at: new Date(time).toISOString(), text: shortened(what, 300), evidence });
    } else {
      lost.push({
        text: shortened(`when: ${what}`, 300),
        why: 'the moment that the investigator names points to no evidence',
      });
    }
  }
  return { kept, lost };
}

function unknownsOf({ unknowns }: ReportDraft): readonly Unknown[] {
  return unknowns
    .map(({ text, why }) => ({ text: shortened(cleanLine(text), 300), why: shortened(cleanLine(why), 300) }))
    .filter(({ text, why }) => text !== '' && why !== '');
}

/** Without what was said before. */
function distinct<Entry extends { readonly text: string }>(entries: readonly Entry[]): readonly Entry[] {
  const seen = new Set<string>();
  return entries.filter(({ text }) => {
    const key = text.toLowerCase();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
