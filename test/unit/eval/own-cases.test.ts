import { afterAll, expect, it } from 'vitest';
import { findCases, OWN_CASES } from '../../eval/find-cases.ts';
import { judgeCase, type CaseScore, type JudgingTools } from '../../eval/judge-case.ts';
import { createTools } from '../../eval/main.ts';

/** Playbooks are loaded once, and every case goes through the same code as `npm run eval`. */
const tools = await createTools();
// On a busy machine a replay must not run out of the time that a playbook has on a host.
const timeless: JudgingTools = { ...tools, clock: { ...tools.clock, monotonicMs: () => 0 } };
const cases = await findCases(OWN_CASES);
afterAll(() => tools.close());

/** Where the right cause must be at least; `none` when it is known not to be found. */
function placeOf({ expected, rank, problems }: CaseScore): string {
  if (expected.length === 0) return problems.length === 0 ? 'healthy' : problems.join(', ');
  return rank === undefined ? 'none' : String(rank);
}

it.each(cases.map((found) => ({ id: found.id, found })))('judges $id', async ({ found }) => {
  const score = await judgeCase(found, timeless);
  const { causes, limitation } = found.evalCase;
  // A case that gets better must lose its note, so that it cannot silently get worse again.
  const wanted = causes.length === 0 ? 'healthy' : String(limitation?.rank ?? 1);
  expect(placeOf(score), `${score.outcome}: ${score.hypotheses.join(', ')}`).toBe(wanted);
});

it('has at least sixty cases and a healthy target for every playbook', () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
  const healthy = new Set(
    cases.filter(({ evalCase }) => evalCase.causes.length === 0).map(({ evalCase }) => evalCase.playbook),
  );
  expect(tools.playbooks.map(({ playbook }) => playbook.metadata.id).filter((id) => !healthy.has(id))).toEqual([]);
});
