import { WarroomError } from '../domain/errors.ts';
import { COMMANDS, GROUPS, type CommandRow } from './command-table.ts';
import type { CliContext } from './context.ts';
import { EXIT, exitCodeOfError, type ExitCode } from './exit-codes.ts';
import { isGlobalFlag, takesValue } from './global-flags.ts';

const NAME = 'claude-warroom';

/** Runs one command line, without the names of the program and of Node. Never throws. */
export async function runProgram(argv: readonly string[], surroundings: Omit<CliContext, 'flags'>): Promise<ExitCode> {
  try {
    return await dispatch(argv, surroundings);
  } catch (error) {
    const { printError } = await import('./render/error.ts');
    await printError(surroundings.io, error, { isVerbose: argv.includes('-v') || argv.includes('--verbose') });
    return exitCodeOfError(error);
  }
}

async function dispatch(argv: readonly string[], surroundings: Omit<CliContext, 'flags'>): Promise<ExitCode> {
  const args = withoutHelpWord(argv);
  const { io } = surroundings;
  const named = await namedCommand(args);
  switch (named.kind) {
    case 'overview': {
      const { renderOverview } = await import('./render/overview.ts');
      io.out(renderOverview());
      return EXIT.done;
    }
    case 'version': {
      const { readVersion } = await import('../config/package-version.ts');
      io.out(await readVersion());
      return EXIT.done;
    }
    case 'group': {
      const { showGroup } = await import('./run-command.ts');
      showGroup(named.name, io);
      return EXIT.done;
    }
    case 'command': {
      const { runCommand } = await import('./run-command.ts');
      return await runCommand(named.row, args, surroundings);
    }
  }
}

type Named =
  | { readonly kind: 'overview' }
  | { readonly kind: 'version' }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'command'; readonly row: CommandRow };

/** What the words name. Flags may stand before them; those with a value take one word with them. */
async function namedCommand(args: readonly string[]): Promise<Named> {
  const [first, second] = wordsOf(args);
  if (first === undefined) return withoutCommand(args);
  const row = COMMANDS.find(({ path, aliases }) => path === first || aliases?.includes(first) === true);
  if (row !== undefined) return { kind: 'command', row };
  if (!(first in GROUPS)) throw await unknownCommand(first, topLevelNames());
  if (second === undefined) return { kind: 'group', name: first };
  const member = COMMANDS.find(({ path }) => path === `${first} ${second}`);
  if (member !== undefined) return { kind: 'command', row: member };
  const members = COMMANDS.filter(({ path }) => path.startsWith(`${first} `)).map(({ path }) => path);
  throw await unknownCommand(`${first} ${second}`, members);
}

function withoutCommand(args: readonly string[]): Named {
  if (args.includes('--version') || args.includes('-V')) return { kind: 'version' };
  const unknown = args.find((arg, at) => {
    return arg !== '--help' && arg !== '-h' && !isGlobalFlag(arg) && !takesValue(args[at - 1] ?? '');
  });
  if (unknown === undefined) return { kind: 'overview' };
  throw new WarroomError('usage', `unknown option "${unknown}"`, { hint: `see ${NAME} --help` });
}

function wordsOf(args: readonly string[]): readonly string[] {
  const words: string[] = [];
  for (const [at, arg] of args.entries()) {
    if (words.length === 2 || arg === '--') break;
    if (!arg.startsWith('-') && !takesValue(args[at - 1] ?? '')) words.push(arg);
  }
  return words;
}

/** `help status` and `status --help` are the same, and so are `playbook help run` and `playbook run --help`. */
function withoutHelpWord(argv: readonly string[]): readonly string[] {
  const [first, second, ...rest] = argv;
  if (first === 'help') return [...argv.slice(1), '--help'];
  return first !== undefined && first in GROUPS && second === 'help' ? [first, ...rest, '--help'] : argv;
}

function topLevelNames(): readonly string[] {
  const single = COMMANDS.filter(({ path }) => !path.includes(' '));
  return [...single.flatMap(({ path, aliases }) => [path, ...(aliases ?? [])]), ...Object.keys(GROUPS)];
}

async function unknownCommand(name: string, candidates: readonly string[]): Promise<WarroomError> {
  const { nearestName } = await import('../lib/nearest-name.ts');
  const nearest = nearestName(name, candidates);
  const [group = ''] = name.split(' ');
  const help = group in GROUPS ? `see ${NAME} ${group} --help` : `see ${NAME} --help`;
  const hint = nearest === undefined ? help : `did you mean  ${NAME} ${nearest} ?`;
  return new WarroomError('usage', `unknown command "${name}"`, { hint });
}
