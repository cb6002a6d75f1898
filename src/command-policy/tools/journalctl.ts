import { optional, switches, valued } from '../arguments.ts';
import { operands } from '../operand-checks.ts';
import { plainTool } from '../tool.ts';
import { anyText, matching, oneOf, plainName, plainNames } from '../value-checks.ts';

const time = matching(/^[A-Za-z0-9 :+.,@-]{1,60}$/u, 'a time such as -1h or 2026-11-20 14:30');
const bootId = '(?:all|[+-]?\\d{1,4}|[0-9a-f]{32}(?:[+-]\\d{1,4})?)';

/** Reads the journal of this machine; nothing that writes, rotates, follows, or reads other files than the journal's own. */
export const journalctl = plainTool({
  name: 'journalctl',
  family: 'journalctl',
  flags: [
    valued('-u --unit', matching(/^[A-Za-z0-9*?[\]_.:@\\-]+$/u, 'a unit name')),
    valued('--user-unit', plainName),
    valued('-t --identifier', plainName),
    valued('-p --priority', matching(/^[a-z0-7]+(?:\.\.[a-z0-7]+)?$/u, 'a priority such as err or warning..err')),
    valued('--facility', plainNames),
    valued('-S --since', time),
    valued('-U --until', time),
    optional('-n --lines', 'fitting', matching(/^(?:\+?\d{1,9}|all)$/u, 'a whole number')),
    optional('-b --boot', 'fitting', matching(new RegExp(`^${bootId}$`, 'u'), 'a boot such as -1')),
    valued('-g --grep', anyText),
    optional('--case-sensitive', 'attached', oneOf('true', 'false', 'yes', 'no')),
    valued(
      '-o --output',
      oneOf(
        ...['short', 'short-precise', 'short-iso', 'short-iso-precise', 'short-full', 'short-monotonic', 'short-unix'],
        ...['verbose', 'json', 'json-pretty', 'cat', 'with-unit'],
      ),
    ),
    valued('--output-fields', plainNames),
    valued('-c --cursor', anyText),
    valued('--after-cursor', anyText),
    valued('-F --field', plainName),
    ...switches('-k --dmesg', '-r --reverse', '-x --catalog', '-a --all', '-q --quiet', '-e --pager-end', '-m --merge'),
    ...switches('-N --fields', '--system', '--utc', '--no-pager', '--no-hostname', '--no-full', '--no-tail'),
    ...switches('--show-cursor', '--list-boots', '--disk-usage', '--header'),
  ],
  check: operands(matching(/^(?:\+|[A-Z0-9_]+=.*)$/su, 'matches such as _PID=1 or _COMM=sshd')),
});
