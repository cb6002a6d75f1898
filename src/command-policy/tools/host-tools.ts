import { optional, switches, valued, type Flag, type ValueCheck } from '../arguments.ts';
import { noOperands, operands } from '../operand-checks.ts';
import { plainTool, type ArgumentCheck, type Family, type Tool } from '../tool.ts';
import { anyText, isInside, matching, oneOf, plainName, plainNames } from '../value-checks.ts';
import { READERS } from './evidence-readers.ts';
import { ps } from './ps.ts';

/** Names below these folders tell about processes and credentials, or are looked up on the network. */
const HIDDEN_FOLDERS = ['/proc', '/var/run/secrets', '/run/secrets', '/net', '/afs'];

/** Any path whose name may be shown; what is in a file is never shown by these tools. */
const visiblePath: ValueCheck = (value, { evidenceDir }) => {
  if (isInside(value, evidenceDir)) return undefined;
  const parts = value.split('/');
  if (!value.startsWith('/') || parts.includes('..')) return 'absolute paths, or paths in the evidence folder';
  const path = `/${parts.filter((part) => part !== '' && part !== '.').join('/')}/`;
  const isHidden = HIDDEN_FOLDERS.some((folder) => path.startsWith(`${folder}/`));
  return isHidden ? `paths outside ${HIDDEN_FOLDERS.join(', ')}` : undefined;
};

/** Looks at names and attributes; inside the evidence folder the right to read is enough. */
function pathTool(name: string, flags: readonly Flag[]): Tool {
  return plainTool({
    name,
    family: 'host',
    flags,
    check: operands(visiblePath),
    needs: ({ operands: paths }, { evidenceDir }): readonly Family[] =>
      paths.every((path) => isInside(path, evidenceDir)) ? ['host', ...READERS] : ['host'],
  });
}

function hostTool(name: string, flags: readonly Flag[], check: ArgumentCheck = noOperands): Tool {
  return plainTool({ name, family: 'host', flags, check });
}

const unit = matching(/^(?:\d{1,6}[kKMGT]?i?B?|[kKMGT])$/u, 'a size such as 1M');
const noColor = optional('--color', 'attached', oneOf('never', 'auto'));
const timeFormat = matching(/^[\w%+:, .-]{1,60}$/u, 'a time format');

export const hostTools: readonly Tool[] = [
  ps,
  hostTool(
    'df',
    [
      ...switches('-h --human-readable', '-H --si', '-k', '-m', '-P --portability', '-T --print-type', '-i --inodes'),
      ...switches('-a --all', '-l --local', '--total'),
      valued('-t --type', plainName),
      valued('-x --exclude-type', plainName),
      valued('-B --block-size', unit),
      optional('--output', 'attached', plainNames),
    ],
    operands(visiblePath),
  ),
  hostTool(
    'free',
    switches(
      '-b --bytes',
      '-k --kibi',
      '-m --mebi',
      '-g --gibi',
      '-h --human',
      '-w --wide',
      '-t --total',
      '-l --lohi',
      '--si',
    ),
  ),
  hostTool('uptime', switches('-p --pretty', '-s --since')),
  pathTool('stat', [
    ...switches('-L --dereference', '-f --file-system', '-t --terse'),
    valued('-c --format', anyText),
    valued('--printf', anyText),
  ]),
  pathTool('ls', [
    ...switches(
      '-a --all',
      '-A --almost-all',
      '-l',
      '-h --human-readable',
      '-t',
      '-r --reverse',
      '-S',
      '-1',
      '-X',
      '-U',
      '-v',
    ),
    ...switches(
      '-d --directory',
      '-i --inode',
      '-n --numeric-uid-gid',
      '-s --size',
      '-F --classify',
      '-p',
      '-c',
      '-u',
      '-o',
      '-g',
    ),
    ...switches('-G --no-group', '-k --kibibytes', '-L --dereference', '-x', '-C', '-m', '-Z --context', '--si'),
    ...switches('--full-time', '--group-directories-first'),
    valued('--time-style', timeFormat),
    valued('--sort', oneOf('none', 'size', 'time', 'version', 'extension')),
    valued('--time', oneOf('atime', 'access', 'use', 'ctime', 'status', 'birth', 'creation', 'mtime', 'modification')),
    noColor,
  ]),
  hostTool(
    'lsblk',
    [
      ...switches(
        '-a --all',
        '-b --bytes',
        '-d --nodeps',
        '-f --fs',
        '-i --ascii',
        '-J --json',
        '-l --list',
        '-m --perms',
      ),
      ...switches(
        '-n --noheadings',
        '-O --output-all',
        '-p --paths',
        '-P --pairs',
        '-r --raw',
        '-s --inverse',
        '-S --scsi',
      ),
      ...switches('-t --topology', '-D --discard', '-A --noempty', '-z --zoned', '-M --merge'),
      valued('-o --output', matching(/^\+?[A-Za-z0-9_:,%-]+$/u, 'columns such as NAME,SIZE')),
      valued('-x --sort', plainName),
      valued('-e --exclude', plainNames),
      valued('-I --include', plainNames),
    ],
    operands(matching(/^\/dev\/[A-Za-z0-9_.:/-]+$/u, 'devices below /dev')),
  ),
  hostTool('dmesg', [
    ...switches('-T --ctime', '-k --kernel', '-u --userspace', '-x --decode', '-t --notime', '-d --show-delta'),
    ...switches('-e --reltime', '-r --raw', '-P --nopager', '-S --syslog', '-J --json'),
    valued('-l --level', plainNames),
    valued('-f --facility', plainNames),
    valued('--time-format', oneOf('iso', 'ctime', 'reltime', 'delta', 'notime', 'raw')),
    valued('--since', timeFormat),
    valued('--until', timeFormat),
    optional('-L --color', 'attached', oneOf('never', 'auto')),
  ]),
  hostTool(
    'id',
    switches('-u --user', '-g --group', '-G --groups', '-n --name', '-r --real', '-z --zero'),
    operands(plainName),
  ),
  hostTool(
    'uname',
    switches(
      ...['-a --all', '-s --kernel-name', '-n --nodename', '-r --kernel-release', '-v --kernel-version'],
      ...['-m --machine', '-p --processor', '-i --hardware-platform', '-o --operating-system'],
    ),
  ),
];
