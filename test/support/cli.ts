import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signalGroup } from '../../src/lib/child-process.ts';
import { closedEnvironment } from './closed-environment.ts';
import { endOf, killTree } from './process-tree.ts';
import { createTempFolder } from './temp-folder.ts';
import { waitUntil } from './wait-until.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Argument list that runs the built command line, for `openTerminal` too. */
export const CLI_ARGV: readonly string[] = [process.execPath, join(ROOT, 'bin/claude-warroom.js')];

/** A person's machine: home and XDG folders, git identity, no credentials. */
export interface CliHome {
  readonly path: string;
  /** Git configuration of this person. */
  readonly gitConfig: string;
  /** The whole environment for the command line; closed. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function createCliHome(
  person: { readonly name?: string; readonly email?: string } = {},
): Promise<CliHome> {
  const { name = 'Test Engineer', email = 'engineer@example.com' } = person;
  const folder = await createTempFolder('warroom-home');
  const gitConfig = join(folder.path, '.gitconfig');
  await writeFile(gitConfig, `[user]\n\tname = ${name}\n\temail = ${email}\n[init]\n\tdefaultBranch = main\n`);
  await mkdir(join(folder.path, 'tmp'));
  return {
    path: folder.path,
    gitConfig,
    env: closedEnvironment({
      HOME: folder.path,
      XDG_CONFIG_HOME: join(folder.path, '.config'),
      XDG_CACHE_HOME: join(folder.path, '.cache'),
      XDG_STATE_HOME: join(folder.path, '.local/state'),
      XDG_DATA_HOME: join(folder.path, '.local/share'),
      TMPDIR: join(folder.path, 'tmp'),
      GIT_CONFIG_GLOBAL: gitConfig,
      // Compiled code is the same for every person; without it each new home would compile everything again.
      NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/claude-warroom'),
    }),
    close: () => folder.close(),
  };
}

export interface CliOptions {
  /** A fresh person, removed afterwards, when absent. */
  readonly home?: CliHome;
  /** The home folder when absent. */
  readonly cwd?: string;
  /** Added to the environment of the person. */
  readonly env?: Readonly<Record<string, string>>;
  /** Empty input when absent. */
  readonly stdin?: string;
  readonly timeoutMs?: number;
}

export interface CliResult {
  /** 128 + number of the signal when one ended it. */
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const home = options.home ?? (await createCliHome());
  try {
    const running = startCli(args, { ...options, home });
    try {
      return await running.result(options.timeoutMs ?? 60_000);
    } finally {
      await running.close();
    }
  } finally {
    if (options.home === undefined) await home.close();
  }
}

export interface RunningCli {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Waits for text in stdout or stderr and returns the match. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Sends a signal to the process group, as a terminal or an orchestrator does. */
  signal(signal: NodeJS.Signals): void;
  /** Waits for the end; throws when it takes longer. */
  result(timeoutMs?: number): Promise<CliResult>;
  /** Kills whatever is left, children in groups of their own included. */
  close(): Promise<void>;
}

/** Starts the built command line in a process group of its own. */
export function startCli(args: readonly string[], options: CliOptions & { readonly home: CliHome }): RunningCli {
  if (!existsSync(join(ROOT, 'dist/cli/main.js')))
    throw new Error('there is no dist/cli/main.js: run `npm run build` first');
  const [program = process.execPath, ...script] = CLI_ARGV;
  const child = spawn(program, [...script, ...args], {
    cwd: options.cwd ?? options.home.path,
    env: { ...options.home.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${program}`);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  let exit: number | undefined;
  const ended = endOf(child).then((code) => {
    exit = code;
  });
  const said = (): string => `claude-warroom ${args.join(' ')}\nstdout: ${stdout}\nstderr: ${stderr}`;

  return {
    pid,
    stdout: () => stdout,
    stderr: () => stderr,
    waitFor: (pattern, timeoutMs) =>
      waitUntil(
        () => {
          const found = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (found === null && exit !== undefined) throw new Error(`no ${String(pattern)} from ${said()}`);
          return found ?? undefined;
        },
        { what: () => `${String(pattern)} from ${said()}`, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
      ),
    signal: (signal) => {
      signalGroup(pid, signal);
    },
    result: async (timeoutMs = 60_000) => ({
      exit: await waitUntil(() => exit, { what: () => `the end of ${said()}`, timeoutMs }),
      stdout,
      stderr,
    }),
    close: async () => {
      if (exit === undefined) await killTree(pid);
      await ended;
    },
  };
}
