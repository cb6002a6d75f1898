import { Command, CommanderError } from 'commander';
import { WarroomError } from '../domain/errors.ts';
import { COMMANDS, GROUPS, type CommandRow } from './command-table.ts';
import type { CliContext, GlobalFlags, Io, RegisterAction } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';

const NAME = 'claude-warroom';

/** Parses the arguments of one command and runs it. Wrong usage is thrown as `usage`. */
export async function runCommand(
  row: CommandRow,
  args: readonly string[],
  surroundings: Omit<CliContext, 'flags'>,
): Promise<ExitCode> {
  const root = createRoot(surroundings.io);
  const [first = row.path, second] = row.path.split(' ');
  const command = second === undefined ? addCommand(root, row) : addCommand(addGroup(root, first), row);
  let exitCode: ExitCode = EXIT.done;
  let context: CliContext | undefined;
  const getContext = (): CliContext => (context ??= { ...surroundings, flags: globalFlags(root) });
  const action: RegisterAction = (run) => {
    command.action(async (...values: unknown[]) => {
      exitCode = await run(...values);
    });
  };
  const module = await row.load();
  module.command.define(command, getContext, action);
  try {
    await root.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    throw usageError(error, row.path);
  }
}

/** Prints the commands of a group. */
export function showGroup(name: string, io: Io): void {
  const group = addGroup(createRoot(io), name);
  for (const row of COMMANDS) {
    if (row.path.startsWith(`${name} `)) addCommand(group, row);
  }
  group.outputHelp();
}

function createRoot(io: Io): Command {
  const root = new Command(NAME)
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Errors are printed in one place, as error:, cause: and hint:.
      outputError: () => undefined,
      getOutHelpWidth: () => io.width,
      getErrHelpWidth: () => io.width,
    });
  for (const { flags, description } of GLOBAL_FLAGS) root.option(flags, description);
  return root;
}

function addGroup(root: Command, name: string): Command {
  const summary = GROUPS[name]?.summary ?? name;
  return root.command(name).description(capitalised(summary)).usage('<command> [options]').helpCommand(false);
}

/** Adds a command with what the table knows; its flags come from its own module. */
function addCommand(parent: Command, row: CommandRow): Command {
  return parent
    .command(row.path.split(' ').at(-1) ?? row.path)
    .summary(row.summary)
    .description(capitalised(row.summary))
    .aliases(row.aliases ?? []);
}

/** How commander wraps what the parser of a value says. */
const REFUSED_VALUE = /^option "(?<flag>[^"]+)" argument "(?<value>.*)" is invalid\. (?<why>[^]+?)\.?$/u;

/** Commander's message in the form of ours: its suggestion becomes the hint. */
function usageError(error: CommanderError, path: string): WarroomError {
  const text = error.message.replace(/^error: /u, '').replaceAll("'", '"');
  const suggestion = /\(Did you mean (.+)\?\)/u.exec(text)?.[1];
  const hint = suggestion === undefined ? `see ${NAME} ${path} --help` : `did you mean  ${suggestion} ?`;
  const refused = REFUSED_VALUE.exec(text)?.groups;
  if (refused !== undefined) {
    const { flag = '', value = '', why = '' } = refused;
    return new WarroomError('usage', `${flag}: "${value}" cannot be used`, {
      why: `${why.charAt(0).toLowerCase()}${why.slice(1)}`,
      hint,
    });
  }
  return new WarroomError('usage', text.split('\n')[0] ?? text, { hint });
}

function globalFlags(root: Command): GlobalFlags {
  const { repo, config, json, color, verbose } = root.opts<{
    repo?: string;
    config?: string;
    json?: boolean;
    color: boolean;
    verbose?: boolean;
  }>();
  return {
    ...(repo === undefined ? {} : { repo }),
    ...(config === undefined ? {} : { config }),
    json: json ?? false,
    color,
    verbose: verbose ?? false,
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
