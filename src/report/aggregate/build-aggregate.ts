import { coordinationOf } from '../../domain/coordination.ts';
import type { Outcome } from '../../domain/phase.ts';
import { wholePhase } from '../../domain/request-state.ts';
import type { Aggregate, AggregatePart, AggregateWriter, TroubleshootingRequest } from '../../schema/generated.ts';
import { shortened } from '../untrusted.ts';
import { counted, firstSentence, sentence } from '../words.ts';
import { timelineOfParts, firstSymptomOf } from './aggregate-timeline.ts';
import { causesOf, disagreements, sharedFindings } from './compare-parts.ts';
import { summarizePart, type PartSource } from './part-summary.ts';

export interface AggregateFacts {
  readonly request: TroubleshootingRequest;
  readonly requestSha256: string;
  /** Whose signature over the request was verified. */
  readonly signer?: string | undefined;
  /** One for each target, in the order of the request. */
  readonly sources: readonly PartSource[];
  readonly writer: AggregateWriter;
  readonly now: Date;
}

/** What the parts say together. The same facts give the same document; its words are those of the parts, not redacted. */
export function buildAggregate({ request, requestSha256, signer, sources, writer, now }: AggregateFacts): Aggregate {
  const { metadata, spec } = request;
  const parts = sources.map(summarizePart);
  const shared = sharedFindings(parts);
  const phase = wholePhase(parts);
  const outcome = outcomeOf(parts);
  const confidence = confidenceOf(parts, outcome);
  const first = firstSymptomOf(parts);
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Aggregate',
    id: metadata.name,
    title: metadata.title,
    question: spec.issue.description,
    requester: { name: signer ?? metadata.engineer, verified: signer !== undefined },
    coordination: coordinationOf(request),
    phase: phaseOf(phase),
    isComplete: parts.every((part) => part.phase !== 'pending'),
    ...(outcome === undefined ? {} : { outcome }),
    ...(confidence === undefined ? {} : { confidence }),
    bottomLine: shortened(bottomLineOf(parts), 1000),
    parts,
    shared,
    disagreements: disagreements(parts),
    ...(first === undefined ? {} : { firstSymptom: first }),
    timeline: timelineOfParts(sources, parts),
    requestSha256,
    writer,
    writtenAt: now.toISOString(),
  };
}

function phaseOf(phase: ReturnType<typeof wholePhase>): Aggregate['phase'] {
  switch (phase) {
    case 'claimed':
    case 'collecting':
    case 'investigating':
    case 'publishing':
      return 'pending';
    default:
      return phase;
  }
}

/** A cause may be told early; that nothing is wrong only when every cluster that was asked says so. */
function outcomeOf(parts: readonly AggregatePart[]): Outcome | undefined {
  const asked = parts.filter(({ isSkipped }) => isSkipped !== true);
  const outcomes = asked.map(({ outcome }) => outcome);
  if (outcomes.includes('root-cause')) return 'root-cause';
  if (outcomes.every((outcome) => outcome === undefined)) return undefined;
  return outcomes.every((outcome) => outcome === 'no-problem') ? 'no-problem' : 'inconclusive';
}

function confidenceOf(parts: readonly AggregatePart[], outcome: Outcome | undefined): number | undefined {
  const numbers = parts.filter((part) => part.outcome === outcome).flatMap(({ confidence }) => confidence ?? []);
  if (outcome === undefined || numbers.length === 0) return undefined;
  return outcome === 'root-cause' ? Math.max(...numbers) : Math.min(...numbers);
}

function bottomLineOf(parts: readonly AggregatePart[]): string {
  return [answerOf(parts), ...silence(parts)].join(' ');
}

function answerOf(parts: readonly AggregatePart[]): string {
  const asked = parts.filter(({ isSkipped }) => isSkipped !== true);
  const [first, ...others] = causesOf(asked);
  const rootCauses = asked.filter(({ outcome }) => outcome === 'root-cause');
  if (first !== undefined && first.clusters.length > 1) {
    const more =
      others.length === 0 ? '' : `; other causes in ${others.flatMap(({ clusters }) => clusters).join(', ')}`;
    const where = `${first.clusters.length} of ${counted(asked.length, 'cluster')} (${first.clusters.join(', ')})`;
    return sentence(`The same cause in ${where}: ${first.title}${more}`);
  }
  const [only, second] = rootCauses;
  if (only !== undefined && second === undefined) {
    return `${only.cluster} has the root cause: ${firstSentence(only.bottomLine ?? only.cause ?? 'see its report')}`;
  }
  if (only !== undefined) {
    const said = rootCauses.map(
      ({ cluster, bottomLine, cause }) => `${cluster}: ${firstSentence(bottomLine ?? cause ?? '')}`,
    );
    return `${rootCauses.length} clusters name a cause of their own. ${said.join(' ')}`;
  }
  const outcome = outcomeOf(parts);
  if (outcome === 'no-problem') return `No problem found in ${counted(asked.length, 'cluster')}.`;
  if (outcome === undefined) return 'No cluster has a report.';
  const [alike] = sharedFindings(asked);
  if (alike === undefined) return 'No cause found.';
  return sentence(`No cause found; ${alike.clusters.join(', ')} report the same: ${alike.title}`);
}

/** Who has said nothing, and why. */
function silence(parts: readonly AggregatePart[]): readonly string[] {
  const names = (phase: (part: AggregatePart) => boolean): string =>
    parts
      .filter(phase)
      .map(({ cluster }) => cluster)
      .join(', ');
  const waiting = names(({ phase }) => phase === 'pending');
  const skipped = names(({ isSkipped }) => isSkipped === true);
  const ended = parts
    .filter(({ phase, isSkipped }) => phase !== 'pending' && phase !== 'succeeded' && isSkipped !== true)
    .map(({ cluster, phase }) => `${cluster} (${phase})`)
    .join(', ');
  const broken = names(({ signature }) => signature === 'broken');
  return [
    ...(waiting === '' ? [] : [`Not answered yet: ${waiting}.`]),
    ...(ended === '' ? [] : [`No answer from ${ended}.`]),
    ...(broken === '' ? [] : [`Not believed: ${broken}.`]),
    ...(skipped === '' ? [] : [`Not asked any more: ${skipped}.`]),
  ];
}
