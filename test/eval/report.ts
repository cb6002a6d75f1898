import { renderMarkdownTable } from '../support/markdown-table.ts';
import type { Aim } from './aims.ts';
import { isRight, type CaseScore } from './judge-case.ts';
import { asFirstSeen, summarise, type Summary } from './summary.ts';

/** Cases from one place. */
export interface Material {
  readonly name: string;
  readonly scores: readonly CaseScore[];
}

/** The tables, in the terminal and in docs/benchmarks.md alike. */
export function renderEvaluation(materials: readonly Material[], aims: readonly Aim[]): string {
  const all = materials.flatMap(({ scores }) => scores);
  const playbooks = [...new Set(all.map(({ playbook }) => playbook))].sort();
  const rows = [
    ...playbooks.map((id) =>
      rowOf(
        id,
        all.filter(({ playbook }) => playbook === id),
      ),
    ),
    ...(materials.length > 1 ? materials.map(({ name, scores }) => rowOf(`*${name}*`, scores)) : []),
    rowOf('**all**', all),
    ...(all.some(({ development }) => development !== undefined)
      ? [
          rowOf('**all, as first seen**', asFirstSeen(all)),
          rowOf(
            '**never used for a repair**',
            all.filter(({ development }) => development === undefined),
          ),
        ]
      : []),
  ];
  return [
    renderMarkdownTable(HEADINGS, rows),
    '',
    renderMarkdownTable(
      ['aim', '', 'measured', ''],
      aims.map(({ what, aim, measured, holds }) => [what, aim, measured, holds ? 'ok' : 'miss']),
    ),
  ].join('\n');
}

const HEADINGS = [
  ...[
    'playbook',
    'cases',
    'faults',
    'rank 1',
    'top 3',
    'false all-clear',
    'healthy',
    'false findings',
    'rules unknown',
  ],
  ...['ms, median', 'ms, longest', 'live, longest'],
];

function rowOf(name: string, scores: readonly CaseScore[]): readonly string[] {
  const summary: Summary = summarise(scores);
  const { cases, faults, rank1, top3, allClear, healthy, falseFindings, unknownPercent, medianMs, maxMs, maxLiveMs } =
    summary;
  return [
    name,
    ...[cases, faults].map(String),
    ...[rank1, top3, allClear].map((count) => (faults === 0 ? '' : String(count))),
    String(healthy),
    healthy === 0 ? '' : String(falseFindings),
    `${unknownPercent.toFixed(0)} %`,
    ...[medianMs, maxMs].map(String),
    maxLiveMs === undefined ? '' : `${(maxLiveMs / 1000).toFixed(1)} s`,
  ];
}

/** What is not as expected, one paragraph for each case. */
export function renderMisses(materials: readonly Material[]): readonly string[] {
  return materials
    .flatMap(({ scores }) => scores)
    .filter((score) => !isRight(score) || (score.rank ?? 1) > 1)
    .map(({ id, playbook, expected, rank, hypotheses, problems, outcome }) => {
      const wanted = expected.map(({ code, object }) => (object === undefined ? code : `${code} ${object}`));
      const place = expected.length === 0 ? 'healthy' : rank === undefined ? 'not in the top 3' : `rank ${rank}`;
      const seen = expected.length === 0 ? problems : hypotheses;
      return `${id} (${playbook}): ${place}; expected ${wanted.join(' or ') || 'nothing'}; ${outcome}: ${seen.join(', ') || 'nothing'}`;
    });
}
