import { switches, valued, type Flag } from '../arguments.ts';
import { operands } from '../operand-checks.ts';
import { verbTool, type Verb } from '../tool.ts';
import { matching, oneOf, plainNames, wholeNumber } from '../value-checks.ts';

const unit = matching(/^[A-Za-z0-9*?[\]_.:@/\\-]+$/u, 'unit names, patterns and process ids');

const flags: readonly Flag[] = [
  ...switches('-a --all', '-l --full', '-q --quiet', '--no-pager', '--plain', '--no-legend', '--failed', '--value'),
  ...switches('-r --recursive', '--show-types', '--system'),
  valued('--state', plainNames),
  valued('-t --type', plainNames),
  valued('-n --lines', wholeNumber),
  valued('-o --output', oneOf('short', 'short-iso', 'short-precise', 'short-full', 'json', 'json-pretty', 'cat')),
  valued('-p --property', plainNames),
  valued('-P', plainNames),
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
    show: units,
    'list-units': units,
    'list-timers': units,
    'is-active': { ...units, answerExits: [3, 4] },
    'is-failed': { ...units, answerExits: [1] },
    cat: { flags: [], check: operands(unit, { least: 1 }) },
  },
  without: 'list-units',
});
