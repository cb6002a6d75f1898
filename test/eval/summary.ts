import { isRight, type CaseScore } from './judge-case.ts';

/** Counts over cases. */
export interface Summary {
  readonly cases: number;
  readonly faults: number;
  readonly rank1: number;
  readonly top3: number;
  /** Faults that were answered with "no problem": worse than an answer that is wrong or open. */
  readonly allClear: number;
  readonly healthy: number;
  /** Findings at or above warning on healthy targets. */
  readonly falseFindings: number;
  /** Share of the applying rules that could not be judged, in percent. */
  readonly unknownPercent: number;
  /** The middle and the longest time of judging a recording. */
  readonly medianMs: number;
  readonly maxMs: number;
  /** The longest time that the steps took on a machine; undefined when nothing was recorded live. */
  readonly maxLiveMs?: number;
}

export function summarise(scores: readonly CaseScore[]): Summary {
  const faults = scores.filter(({ expected }) => expected.length > 0);
  const healthy = scores.filter(({ expected }) => expected.length === 0);
  const times = scores.map(({ ms }) => ms).sort((a, b) => a - b);
  const live = scores.flatMap(({ liveMs }) => (liveMs === undefined ? [] : [liveMs]));
  const rules = sum(scores.map((score) => score.rules));
  return {
    cases: scores.length,
    faults: faults.length,
    rank1: faults.filter(({ rank }) => rank === 1).length,
    top3: faults.filter(isRight).length,
    allClear: faults.filter(({ outcome }) => outcome === 'no-problem').length,
    healthy: healthy.length,
    falseFindings: sum(healthy.map(({ problems }) => problems.length)),
    unknownPercent: rules === 0 ? 0 : (100 * sum(scores.map(({ unknownRules }) => unknownRules))) / rules,
    medianMs: times[Math.floor(times.length / 2)] ?? 0,
    maxMs: times.at(-1) ?? 0,
    ...(live.length === 0 ? {} : { maxLiveMs: Math.max(...live) }),
  };
}

/** The same cases as they were judged before anything was repaired. */
export function asFirstSeen(scores: readonly CaseScore[]): readonly CaseScore[] {
  return scores.map((score) => {
    if (score.development === undefined) return score;
    const { rank: _, ...rest } = score;
    const first = score.development.rank;
    return first === 'none' ? rest : { ...rest, rank: first };
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
