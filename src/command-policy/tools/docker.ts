import { isOn, switches, valued, type Arguments, type Flag } from '../arguments.ts';
import { allOf, noOperands, operands } from '../operand-checks.ts';
import { verbTool, type Objection, type Tool, type Verb } from '../tool.ts';
import { anyText, matching, oneOf, plainName, plainNames } from '../value-checks.ts';

const count = matching(/^(?:-?\d{1,9}|all)$/u, 'a whole number');
const time = matching(/^[A-Za-z0-9:.+-]{1,40}$/u, 'a time such as 15m or 2026-11-20T14:30:00Z');
const object = matching(/^[A-Za-z0-9][A-Za-z0-9_.:@/-]*$/u, 'names and ids');

const template = valued('-f --format', anyText);
/** In `ps` and `images` the short -f filters. */
const listing: readonly Flag[] = [
  valued('-f --filter', anyText),
  valued('--format', anyText),
  ...switches('-a --all', '-q --quiet', '--no-trunc'),
];
/** Lists that know nothing of running or stopped. */
const listed: readonly Flag[] = [
  valued('-f --filter', anyText),
  valued('--format', anyText),
  ...switches('-q --quiet', '--no-trunc'),
];
const logs: Verb = {
  flags: [
    valued('-n --tail', count),
    valued('--since', time),
    valued('--until', time),
    ...switches('-t --timestamps', '--details'),
  ],
  check: operands(object, { least: 1, most: 1 }),
};

const engineVerbs: Readonly<Record<string, Verb>> = {
  ps: { flags: [...listing, valued('-n --last', count), ...switches('-l --latest', '-s --size')], check: noOperands },
  images: { flags: [...listing, ...switches('--digests')], check: operands(object, { most: 1 }) },
  logs,
  inspect: {
    flags: [template, valued('--type', plainName), ...switches('-s --size')],
    check: operands(object, { least: 1 }),
  },
  stats: {
    flags: [valued('--format', anyText), ...switches('-a --all', '--no-stream', '--no-trunc')],
    check: allOf(operands(object), endsByItself),
  },
  version: { flags: [template], check: noOperands },
  info: { flags: [template], check: noOperands },
  // More operands would be options of a ps that runs elsewhere.
  top: { flags: [], check: operands(object, { least: 1, most: 1 }) },
  'system df': { flags: [valued('--format', anyText), ...switches('-v --verbose')], check: noOperands },
  'network ls': { flags: listed, check: noOperands },
  'volume ls': { flags: listed, check: noOperands },
};

const podmanVerbs: Readonly<Record<string, Verb>> = {
  ...engineVerbs,
  ps: {
    flags: [
      ...listing,
      valued('-n --last', count),
      valued('--sort', plainName),
      ...switches('-l --latest', '-s --size', '-p --pod', '--noheading'),
    ],
    check: noOperands,
  },
  'pod ps': {
    flags: [valued('--format', anyText), ...switches('-q --quiet', '--no-trunc', '--ctr-names', '--ctr-status')],
    check: noOperands,
  },
  // Its -n is another flag than docker's.
  logs: {
    flags: [
      valued('--tail', count),
      valued('--since', time),
      valued('--until', time),
      ...switches('-t --timestamps', '-n --names'),
    ],
    check: operands(object, { least: 1, most: 1 }),
  },
};

const criFormat = valued('-o --output', oneOf('json', 'yaml', 'table'));

const criVerbs: Readonly<Record<string, Verb>> = {
  ps: {
    flags: [
      criFormat,
      valued('--name', anyText),
      valued('--image', plainName),
      valued('--label', plainNames),
      valued('-p --pod', plainName),
      valued('-s --state', oneOf('created', 'running', 'exited', 'unknown', 'Created', 'Running', 'Exited', 'Unknown')),
      valued('-n --last', count),
      ...switches('-a --all', '-q --quiet', '-l --latest', '--no-trunc', '-v --verbose'),
    ],
    check: noOperands,
  },
  images: {
    flags: [criFormat, ...switches('-q --quiet', '--digests', '--no-trunc', '-v --verbose')],
    check: operands(object, { most: 1 }),
  },
  logs: {
    flags: [valued('--tail', count), valued('--since', time), ...switches('-p --previous', '-t --timestamps')],
    check: operands(object, { least: 1, most: 1 }),
  },
  inspect: { flags: [criFormat, ...switches('-q --quiet')], check: operands(object, { least: 1 }) },
  inspecti: { flags: [criFormat, ...switches('-q --quiet')], check: operands(object, { least: 1 }) },
  inspectp: { flags: [criFormat, ...switches('-q --quiet')], check: operands(object, { least: 1 }) },
  pods: {
    flags: [
      criFormat,
      valued('--name', anyText),
      valued('--namespace', plainName),
      valued('--label', plainNames),
      valued('-s --state', oneOf('ready', 'notready', 'Ready', 'NotReady')),
      valued('-n --last', count),
      ...switches('-q --quiet', '-l --latest', '--no-trunc', '-v --verbose'),
    ],
    check: noOperands,
  },
  imagefsinfo: { flags: [criFormat], check: noOperands },
  stats: { flags: [criFormat, ...switches('-a --all')], check: operands(object) },
  statsp: { flags: [criFormat], check: operands(object) },
  version: { flags: [], check: noOperands },
  info: { flags: [criFormat, ...switches('-q --quiet')], check: noOperands },
};

/** Container engines; flags that reach another engine or another configuration are in no list. */
export const containerTools: readonly Tool[] = [
  verbTool({ name: 'docker', family: 'docker', style: { dashes: 'pflag' }, globals: [], verbs: engineVerbs }),
  verbTool({ name: 'podman', family: 'podman', style: { dashes: 'pflag' }, globals: [], verbs: podmanVerbs }),
  verbTool({ name: 'crictl', family: 'crictl', style: { dashes: 'pflag' }, globals: [], verbs: criVerbs }),
];

function endsByItself(args: Arguments, { subject }: { readonly subject: string }): Objection | undefined {
  return isOn(args, '--no-stream') ? undefined : { reason: `${subject} would not end; add --no-stream` };
}
