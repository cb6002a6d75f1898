import type { CaseScore } from './judge-case.ts';
import { summarise } from './summary.ts';

/** Something that the playbooks are meant to reach. */
export interface Aim {
  readonly what: string;
  readonly aim: string;
  readonly measured: string;
  readonly holds: boolean;
}

const TOP3_PERCENT = 90;
const RANK1_PERCENT = 80;
const HOST_MS = 10_000;
const MANY_PODS_MS = 20_000;

/** `manyPodsMs`: how long the slowest playbook took on a namespace with a thousand pods. */
export function checkAims(scores: readonly CaseScore[], manyPodsMs?: number): readonly Aim[] {
  const { faults, top3, rank1, allClear, healthy, falseFindings, maxLiveMs } = summarise(scores);
  return [
    ...(faults === 0
      ? []
      : [
          share('right cause in the top 3', top3, { of: faults, percent: TOP3_PERCENT }),
          share('right cause at rank 1', rank1, { of: faults, percent: RANK1_PERCENT }),
          none('"no problem" about a fault', allClear),
        ]),
    ...(healthy === 0 ? [] : [none('findings at or above warning on healthy targets', falseFindings)]),
    ...(maxLiveMs === undefined ? [] : [time('slowest playbook on a host', maxLiveMs, HOST_MS)]),
    ...(manyPodsMs === undefined ? [] : [time('slowest playbook on 1,000 pods', manyPodsMs, MANY_PODS_MS)]),
  ];
}

function share(what: string, count: number, { of, percent }: { readonly of: number; readonly percent: number }): Aim {
  const measured = (100 * count) / of;
  return {
    what,
    aim: `≥ ${percent} %`,
    measured: `${count} of ${of} (${measured.toFixed(0)} %)`,
    holds: measured >= percent,
  };
}

function none(what: string, count: number): Aim {
  return { what, aim: '0', measured: String(count), holds: count === 0 };
}

function time(what: string, ms: number, atMost: number): Aim {
  return { what, aim: `< ${atMost / 1000} s`, measured: `${(ms / 1000).toFixed(1)} s`, holds: ms < atMost };
}
