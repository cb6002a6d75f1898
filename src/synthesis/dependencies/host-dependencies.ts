import { asText } from '../../playbook/compare-values.ts';
import { rowsOf } from '../../playbook/detectors/rows.ts';
import { isRecord } from '../../playbook/path.ts';
import type { RunOutput } from '../run-outputs.ts';
import { CONFIDENCE, type Dependency, type ObjectName } from './graph.ts';
import { socketDependencies } from './socket-dependencies.ts';

const { declared, nameMatch } = CONFIDENCE;

/** Plumbing of the boot: every unit has it, and it explains nothing. */
const PLUMBING = /\.(?:slice|mount|swap|scope|device|target)$/u;

/**
 * Units that name each other, containers of one Compose project, and programs that are connected (B.6, 3 to 5). Outputs
 * are told by their form, so steps of any playbook count: records with `Id` and `Requires`, rows with the columns
 * `name`, `project`, `service`, `needs`, and rows with `local`, `peer`, `users`.
 */
export function hostDependencies(outputs: readonly RunOutput[]): {
  readonly dependencies: readonly Dependency[];
  readonly objects: readonly ObjectName[];
} {
  const units = outputs.flatMap(unitsOf);
  const composed = outputs.flatMap(composedContainers);
  const sockets = outputs.flatMap((output) => socketDependencies(output));
  const dependencies = [...units, ...composed, ...sockets];
  const programs = programsOfUnits([...units, ...sockets].flatMap(({ from, to }) => [from, to]));
  return { dependencies: [...dependencies, ...programs], objects: outputs.flatMap(unitNames) };
}

function unitNames({ data, side }: RunOutput): readonly ObjectName[] {
  const name = isRecord(data.root) ? asText(data.root['Id']) : '';
  return /\.(?:service|socket|timer)$/u.test(name) ? [{ kind: 'unit', name, side }] : [];
}

/** Fields of `systemctl show`, and what each means. What a unit only wants may be missing. */
const UNIT_FIELDS: readonly (readonly [string, string, number])[] = [
  ['Requires', 'requires', declared],
  ['Requisite', 'requires', declared],
  ['BindsTo', 'is bound to', declared],
  ['Wants', 'wants', nameMatch],
];

function unitsOf(output: RunOutput): readonly Dependency[] {
  const { data, side, evidence } = output;
  const [from] = unitNames(output);
  if (from === undefined || !isRecord(data.root)) return [];
  const { root } = data;
  return UNIT_FIELDS.flatMap(([field, why, confidence]) =>
    asText(root[field])
      .split(/\s+/u)
      .filter((name) => name !== '' && !PLUMBING.test(name))
      .map((name) => ({
        from,
        to: { kind: 'unit', name, side },
        why,
        confidence,
        ...(evidence === undefined ? {} : { evidence: evidence.id }),
      })),
  );
}

/** `needs` is the label `com.docker.compose.depends_on`: `db:service_healthy:false,cache:service_started:true`. */
function composedContainers({ data, side, evidence }: RunOutput): readonly Dependency[] {
  const rows = rowsOf(data.root) ?? [];
  const containers = rows.flatMap(({ name = '', project = '', service = '', needs = '' }) =>
    name === '' || project === '' || service === '' ? [] : [{ name, project, service, needs }],
  );
  return containers.flatMap(({ name, project, needs }) => {
    const services = needs.split(',').map((each) => each.split(':')[0]?.trim() ?? '');
    return containers
      .filter((other) => other.project === project && services.includes(other.service))
      .map((other) => ({
        from: { kind: 'container', name, side },
        to: { kind: 'container', name: other.name, side },
        why: 'depends on',
        confidence: declared,
        ...(evidence === undefined ? {} : { evidence: evidence.id }),
      }));
  });
}

/** `nginx.service` runs a program named nginx; only the name says so. */
function programsOfUnits(names: readonly ObjectName[]): readonly Dependency[] {
  const units = names.filter(({ kind }) => kind === 'unit');
  const programs = names.filter(({ kind }) => kind === 'process');
  return units.flatMap((from) =>
    programs
      .filter(({ name, side }) => side === from.side && name === from.name.replace(/(?:@.*)?\.service$/u, ''))
      .map((to) => ({ from, to, why: 'runs', confidence: nameMatch })),
  );
}
