import { switches, valued, type Arguments, type Flag, type ValueCheck } from '../arguments.ts';
import { allOf, noOperands, operands } from '../operand-checks.ts';
import { verbTool, type Objection, type Verb } from '../tool.ts';
import { matching, oneOf, plainNames, wholeNumber } from '../value-checks.ts';

const unit = matching(/^[A-Za-z0-9*?[\]_.:@/\\-]+$/u, 'unit names, patterns and process ids');

/** Variables and credentials of a service are in properties of their own; without their unit file nothing marks them. */
const safeProperties: ValueCheck = (value, context) => {
  const isSecret = value.split(',').some((name) => /environment|credential/iu.test(name));
  return isSecret ? 'properties other than environments and credentials' : plainNames(value, context);
};

const flags: readonly Flag[] = [
  ...switches('-a --all', '-l --full', '-q --quiet', '--no-pager', '--plain', '--no-legend', '--failed', '--value'),
  ...switches('-r --recursive', '--show-types', '--system'),
  valued('--state', plainNames),
  valued('-t --type', plainNames),
  valued('-n --lines', wholeNumber),
  valued('-o --output', oneOf('short', 'short-iso', 'short-precise', 'short-full', 'json', 'json-pretty', 'cat')),
  valued('-p --property', safeProperties),
  valued('-P', safeProperties),
  valued('--timestamp', oneOf('pretty', 'unix', 'us', 'utc', 'us+utc')),
];

const units: Verb = { flags: [], check: operands(unit) };

/** Exit codes 3 and 4 say that a unit is not active or does not exist. */
export const systemctl = verbTool({
  name: 'systemctl',
  family: 'systemctl',
  globals: flags,
  verbs: {
    status: { ...units, answerExits: [3, 4] },
    show: { flags: [], check: allOf(operands(unit), namesProperties) },
    'list-units': units,
    'list-timers': units,
    'is-active': { ...units, answerExits: [3, 4] },
    'is-failed': { ...units, answerExits: [1] },
    'is-enabled': { ...units, answerExits: [1, 4] },
    'is-system-running': { flags: [], check: noOperands, answerExits: [1] },
    'list-sockets': units,
    'list-unit-files': units,
    'list-dependencies': { flags: switches('--reverse', '--before', '--after'), check: operands(unit, { most: 1 }) },
    cat: { flags: [], check: operands(unit, { least: 1 }) },
  },
  without: 'list-units',
});

function namesProperties({ flags }: Arguments): Objection | undefined {
  if (flags.has('-p') || flags.has('-P')) return undefined;
  return { reason: 'systemctl show needs the names of properties; add -p ActiveState,SubState,Result,NRestarts' };
}
