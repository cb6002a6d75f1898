import { execFile, spawn } from 'node:child_process';
import { promisify, stripVTControlCharacters } from 'node:util';
import { endOf, killTree } from './process-tree.ts';
import { printSkipReason } from './skip-reason.ts';
import { waitUntil } from './wait-until.ts';

export interface Terminal {
  /** Types keys; `\r` is Enter, `\x03` Ctrl-C, `\x1b[B` arrow down. */
  send(keys: string): void;
  /**
   * Waits for text, without escape sequences, that comes after what the last call matched, and returns the match.
   */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** Everything that was printed so far. */
  screen(): { readonly raw: string; readonly text: string };
  /** Exit code of the command; 128 + number when a signal ended it. */
  readonly exit: Promise<number>;
  close(): Promise<void>;
}

/** Keys as a terminal sends them. */
export const KEYS = { enter: '\r', down: '\x1b[B', up: '\x1b[A', interrupt: '\x03', endOfInput: '\x04' } as const;

/** Whether `script` of util-linux is here; prints the reason when not. */
export async function canOpenTerminal(): Promise<boolean> {
  const version = await promisify(execFile)('script', ['--version']).catch(() => undefined);
  const isUtilLinux = version?.stdout.includes('util-linux') === true;
  if (!isUtilLinux) printSkipReason('no script command of util-linux: nothing is tested in a real terminal');
  return isUtilLinux;
}

/** Runs a command in a terminal of its own, of fixed size. The environment is all that the command gets. */
export function openTerminal(
  argv: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly columns?: number;
    readonly lines?: number;
  },
): Terminal {
  const columns = String(options.columns ?? 100);
  const lines = String(options.lines ?? 30);
  const command = `stty rows ${lines} cols ${columns} && exec ${argv.map(quoteForShell).join(' ')}`;
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    cwd: options.cwd,
    env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...options.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let raw = '';
  let seen = 0;
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (raw += chunk));
  const text = (): string => stripVTControlCharacters(raw).replaceAll('\r\n', '\n');
  let isOver = false;
  const exit = endOf(child).then((code) => {
    isOver = true;
    return code;
  });

  return {
    send: (keys) => {
      child.stdin.write(keys);
    },
    waitFor: async (pattern, timeoutMs) => {
      const match = await waitUntil(
        () => {
          const found = pattern.exec(text().slice(seen));
          if (found === null && isOver) throw new Error(missing(pattern, text()));
          return found ?? undefined;
        },
        { what: () => missing(pattern, text()), ...(timeoutMs === undefined ? {} : { timeoutMs }) },
      );
      seen += match.index + match[0].length;
      return match[0];
    },
    screen: () => ({ raw, text: text() }),
    exit,
    close: async () => {
      if (!isOver && child.pid !== undefined) await killTree(child.pid);
      await exit;
    },
  };
}

function missing(pattern: RegExp, text: string): string {
  return `${String(pattern)} in the terminal, which shows:\n${text}`;
}

function quoteForShell(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
