import type { Judgement } from '../domain/finding.ts';
import { evaluateRules, type JudgedRule, type RuleSources } from '../playbook/evaluate-rules.ts';
import { cite } from '../playbook/quote.ts';
import { targetTime } from '../playbook/target-time.ts';
import { findChanges } from './changes/find-changes.ts';
import { drawMap } from './dependencies/draw-map.ts';
import { objectFinder } from './dependencies/find-object.ts';
import { createGraph } from './dependencies/graph.ts';
import { hostDependencies } from './dependencies/host-dependencies.ts';
import { kubernetesDependencies } from './dependencies/kubernetes-dependencies.ts';
import { relateFindings } from './dependencies/relate-findings.ts';
import { runOutputs } from './run-outputs.ts';

/**
 * What the rules say about a run, together with what its outputs say beside: what depends on what, and what changed. It
 * comes from raw output, so the judgement must be redacted.
 */
export function judgeRun(sources: RuleSources, judged?: readonly JudgedRule[]): Judgement {
  const judgement = evaluateRules(sources, judged);
  const { findings } = judgement;
  const outputs = runOutputs(sources.steps, sources.evidence);
  const [cluster, machine] = [kubernetesDependencies(outputs), hostDependencies(outputs)];
  const graph = createGraph(
    [...cluster.dependencies, ...machine.dependencies],
    [...cluster.objects, ...machine.objects],
  );
  const find = objectFinder(graph);
  const dependencies = drawMap(findings, { graph, find });
  const changes = findChanges({
    ...{ outputs, findings, graph, find, now: targetTime(sources) },
    cite: sources.cite ?? cite,
  });
  return {
    ...judgement,
    relations: relateFindings(findings, { graph, find, isOneHost: cluster.objects.length === 0 }),
    ...(dependencies === undefined ? {} : { dependencies }),
    ...(changes.length === 0 ? {} : { changes }),
  };
}
