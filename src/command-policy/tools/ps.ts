import { readArguments, switches, valued, type Flag } from '../arguments.ts';
import { shortWord } from '../short-word.ts';
import { denied, type Tool } from '../tool.ts';
import { matching } from '../value-checks.ts';

const COLUMNS =
  'pid|ppid|pgid|sid|sess|tgid|tid|lwp|spid|uid|user|ruid|ruser|euid|euser|gid|group|rgroup|egid|egroup|pcpu|%cpu|c|cp|' +
  'cpu|pmem|%mem|rss|rssize|rsz|vsz|vsize|sz|size|trs|drs|stat|state|s|etime|etimes|time|cputime|cputimes|times|start|' +
  'start_time|stime|lstart|bsdstart|bsdtime|comm|ucmd|ucomm|args|cmd|command|fname|tty|tt|tname|nice|ni|pri|priority|' +
  'rtprio|class|cls|policy|sched|psr|wchan|nlwp|thcount|cgroup|cgroupns|unit|uunit|slice|machine|min_flt|maj_flt|flags|' +
  'f|label|pidns|netns|mntns|ipcns|utsns|userns|numa|oom|pss|uss';

/** A comma or space separated list; the last one may carry a heading, as in `pid=` and `comm=NAME`. */
const columns = matching(
  new RegExp(`^(?:(?:${COLUMNS})[, ])*(?:${COLUMNS})(?:=[\\w %]*)?(?:,(?:${COLUMNS})=?)*$`, 'u'),
  'columns such as pid,ppid,stat,etime,args',
);
const sortKeys = matching(new RegExp(`^(?:[+-]?(?:${COLUMNS}),)*[+-]?(?:${COLUMNS})$`, 'u'), 'columns such as -rss');
const ids = matching(/^\d{1,9}(?:[, ]\d{1,9})*$/u, 'process ids');
// A name that does not exist would make ps read its dashes in the other style, in which e shows environments.
const users = matching(/^(?:root|\d{1,9})(?:,(?:root|\d{1,9}))*$/u, 'root or user numbers');

const flags: readonly Flag[] = [
  ...switches(
    '-A',
    '-a',
    '-d',
    '-e',
    '-f',
    '-F',
    '-l',
    '-j',
    '-y',
    '-w',
    '-H',
    '--forest',
    '--no-headers',
    '--headers',
  ),
  valued('-o --format', columns),
  valued('-O', columns),
  valued('-p --pid', ids),
  valued('--ppid', ids),
  valued('-q --quick-pid', ids),
  valued('-C', matching(/^[A-Za-z0-9_.:/-]+$/u, 'a command name')),
  valued('-u --user', users),
  valued('-U --User', users),
  valued('--sort', sortKeys),
  valued('--cols', matching(/^[1-9]\d{1,4}$/u, 'a width')),
];

/** Letters of the style without dashes: no e (environment), and none that takes a value but a last o. */
const BSD = /^[auxwfljrmH]+(o)?$/u;
/** What people write for `ps aux`; it falls back to that style because there is no user x. */
const DASHED_BSD = /^-a?u?x[wf]*$|^-a?xu[wf]*$/u;

/** Its two styles share letters, so only forms that cannot be read in the other one pass. */
export const ps: Tool = {
  name: 'ps',
  family: 'host',
  usage: 'ps',
  judge(args, context) {
    const [first, ...others] = args;
    const isBsd = first !== undefined && (BSD.test(first) || DASHED_BSD.test(first));
    const rest = isBsd ? others : args;
    const reading = readArguments(bsdFormat(first, rest), flags, { style: { dashes: 'gnu' }, context });
    if (reading.kind === 'refused') {
      const { flag, expected } = reading;
      return denied(
        expected === undefined
          ? `ps ${flag} is not allowed; you may use: ps aux, ps -ef, ps -eo pid,stat,etime,args --sort=-rss, -p, -C, -u`
          : `ps ${flag} takes ${expected} here`,
        flag,
      );
    }
    const { operands, flags: given } = reading.arguments;
    const problem = operands.find((operand) => !/^w{1,2}$/u.test(operand));
    if (problem !== undefined || (isBsd && given.has('-e'))) {
      const word = shortWord(problem ?? '-e');
      return denied(`ps may not be given ${word} here; you may use: ps aux, ps -ef, ps -eo pid,stat,args`, word);
    }
    return { kind: 'accepted', needs: ['host'], answerExits: [1] };
  },
};

/** `ps axo pid,args`: the list follows the letters as it follows -o. */
function bsdFormat(first: string | undefined, rest: readonly string[]): readonly string[] {
  return first !== undefined && BSD.exec(first)?.[1] !== undefined ? ['-o', ...rest] : rest;
}
