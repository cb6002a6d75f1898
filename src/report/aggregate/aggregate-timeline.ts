import { isProblem } from '../../domain/finding.ts';
import { parseRequestId, requestMinute } from '../../domain/request-id.ts';
import type { Aggregate, AggregateMoment, AggregatePart, FirstSymptom } from '../../schema/generated.ts';
import { shortened } from '../untrusted.ts';
import type { PartSource } from './part-summary.ts';

/** Moments of one part, so that a talkative cluster leaves room for the others. */
const MAX_OF_PART = 12;
const MAX_MOMENTS = 200;

/** Moments of all parts, oldest first: since when something is wrong, what changed, and when each cluster looked. */
export function timelineOfParts(sources: readonly PartSource[], parts: readonly AggregatePart[]): AggregateMoment[] {
  const moments = parts.flatMap((part) => {
    const source = sources.find(({ target }) => target.name === part.cluster);
    return [...symptomsOf(part), ...changesOf(source, part), ...workOf(part)].slice(0, MAX_OF_PART);
  });
  return moments.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).slice(0, MAX_MOMENTS);
}

/** The earliest trouble that any part dates. */
export function firstSymptomOf(parts: readonly AggregatePart[]): FirstSymptom | undefined {
  const [first] = parts.flatMap(symptomsOf).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return first;
}

/** The same as for a request that is admitted: smaller differences are nobody's fault. */
const CLOCKS_MS = 5 * 60_000;

/** A cluster whose clock cannot be right, seen from a clock that is known and from when the question was asked. */
export interface WrongClock {
  readonly cluster: string;
  readonly minutes: number;
  readonly direction: 'ahead' | 'behind';
}

/**
 * Nobody ends before somebody can read it, and nobody is at work before there is a question. What can be shown, no more:
 * `readAt` is the time of whoever wrote the page, who may be wrong too, or of whoever reads it.
 */
export function wrongClocks({ id, parts }: Pick<Aggregate, 'id' | 'parts'>, readAt: Date): readonly WrongClock[] {
  const parsedId = parseRequestId(id);
  const askedMs = parsedId === undefined ? -Infinity : requestMinute(parsedId).getTime();
  return parts.flatMap(({ cluster, startedAt, finishedAt }): readonly WrongClock[] => {
    // One that refuses the request has not begun.
    const workedAt = startedAt ?? finishedAt;
    const aheadMs = finishedAt === undefined ? 0 : Date.parse(finishedAt) - readAt.getTime();
    const behindMs = workedAt === undefined ? 0 : askedMs - Date.parse(workedAt);
    if (aheadMs > CLOCKS_MS) return [{ cluster, minutes: Math.round(aheadMs / 60_000), direction: 'ahead' }];
    if (behindMs > CLOCKS_MS) return [{ cluster, minutes: Math.round(behindMs / 60_000), direction: 'behind' }];
    return [];
  });
}

function symptomsOf({ cluster, findings = [] }: AggregatePart): AggregateMoment[] {
  return findings
    .filter(isProblem)
    .flatMap(({ since, title }) => (since === undefined ? [] : [{ at: since, cluster, text: title }]));
}

function changesOf(source: PartSource | undefined, { cluster, signature }: AggregatePart): AggregateMoment[] {
  if (source?.kind !== 'ended' || signature === 'broken') return [];
  return (source.report?.changes ?? []).flatMap(({ at, text }) =>
    at === undefined ? [] : [{ at, cluster, text: shortened(`changed: ${text}`, 300) }],
  );
}

function workOf({ cluster, startedAt, finishedAt, phase }: AggregatePart): AggregateMoment[] {
  return [
    ...(startedAt === undefined ? [] : [{ at: startedAt, cluster, text: 'began to look' }]),
    ...(finishedAt === undefined ? [] : [{ at: finishedAt, cluster, text: `ended: ${phase}` }]),
  ];
}
