import { isProblem, type Finding } from '../../domain/finding.ts';
import type { Cite } from '../../playbook/quote.ts';
import { cut } from '../../playbook/template.ts';
import type { ReportChange } from '../../schema/generated.ts';
import { isStrong, keyOf, reach, type Graph } from '../dependencies/graph.ts';
import type { FindObject } from '../dependencies/find-object.ts';
import type { RunOutput } from '../run-outputs.ts';
import { hostChanges } from './host-changes.ts';
import { kubernetesChanges } from './kubernetes-changes.ts';
import { namesSame } from './names-same.ts';
import type { SeenChange } from './seen-change.ts';

/** Further back nobody looks for what broke something now. */
const WINDOW_MS = 48 * 3_600_000;
const MAX_CHANGES = 60;
/** Of one kind: a thousand upgraded packages must not hide a rollout. */
const MAX_OF_A_KIND = 15;
const LIMITS = { object: 253, text: 300 } as const;

export interface ChangeSources {
  readonly outputs: readonly RunOutput[];
  readonly findings: readonly Finding[];
  readonly graph: Graph;
  readonly find: FindObject;
  /** Capture time, by the clock of the target. */
  readonly now: Date;
  readonly cite: Cite;
}

/**
 * What changed in the two days before capture time, newest first, each with its quote and with the findings that it
 * touches: about what changed, or about what depends on that. A difference without a time stands last, and only when it
 * touches a finding: every machine differs somewhere from what it was made of.
 */
export function findChanges(sources: ChangeSources): readonly ReportChange[] {
  const { outputs, now } = sources;
  const window = { from: new Date(now.getTime() - WINDOW_MS), now };
  const seen = [...kubernetesChanges(outputs, window), ...hostChanges(outputs, window)]
    .map((change) => ({ change, findings: touched(change, sources) }))
    .filter(({ change, findings }) => change.at !== undefined || findings.length > 0)
    .sort((a, b) => (b.change.at?.getTime() ?? 0) - (a.change.at?.getTime() ?? 0));
  const counts = new Map<string, number>();
  const told = new Set<string>();
  return seen
    .filter(({ change, findings }) => {
      const key = `${change.at?.toISOString() ?? ''} ${change.object} ${change.text}`;
      if (told.has(key)) return false;
      told.add(key);
      const count = (counts.get(change.kind) ?? 0) + 1;
      counts.set(change.kind, count);
      return count <= MAX_OF_A_KIND || findings.length > 0;
    })
    .flatMap(({ change, findings }) => written(change, findings, sources.cite))
    .slice(0, MAX_CHANGES);
}

/** Nothing that cannot be quoted is said. */
function written(change: SeenChange, findings: readonly string[], cite: Cite): readonly ReportChange[] {
  const { at, kind, object, text, output, item, fields, words } = change;
  if (output.evidence === undefined) return [];
  const wanted = {
    item,
    ...(fields === undefined ? {} : { texts: fields }),
    ...(words === undefined ? {} : { words }),
  };
  const citation = cite({ data: output.data, evidence: output.evidence }, wanted);
  if (citation === undefined) return [];
  return [
    {
      ...(at === undefined ? {} : { at: at.toISOString() }),
      kind,
      object: cut(object, LIMITS.object),
      text: cut(text.replace(/\s+/gu, ' ').trim(), LIMITS.text),
      findings: [...findings],
      citation,
    },
  ];
}

/** Problems about what changed, about what it made anew, or about what depends on either. */
function touched(change: SeenChange, { findings, graph, find }: ChangeSources): readonly string[] {
  const keys = new Set(change.touches.map(keyOf).filter((key) => graph.nodes.has(key)));
  for (const key of [...keys]) {
    for (const made of reach(graph, key, { direction: 'dependencies', follows: ({ why }) => why === 'owns' }).keys()) {
      if (change.kind !== 'rollout' || isMadeBy(change, key)) keys.add(made);
    }
  }
  for (const key of [...keys]) {
    for (const dependant of reach(graph, key, { direction: 'dependants', follows: isStrong }).keys()) {
      keys.add(dependant);
    }
  }
  return findings
    .filter(isProblem)
    .filter((finding) => {
      const object = find(finding.object);
      if (object !== undefined && keys.has(keyOf(object))) return true;
      return change.touches.length === 0 && namesSame(change.object, finding.object);
    })
    .map(({ id }) => id)
    .slice(0, 50);
}

/** Of a rollout only the pods of the new version are its work, not those of the old one. */
function isMadeBy({ touches }: SeenChange, key: string): boolean {
  const last = touches.at(-1);
  return last !== undefined && keyOf(last) === key;
}
