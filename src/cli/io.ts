import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../config/environment.ts';
import { escapeHidden } from '../report/untrusted.ts';
import type { Io, Style } from './context.ts';

interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
}

export interface Streams {
  readonly stdin: Readable & TerminalStream;
  readonly stdout: Writable & TerminalStream;
  readonly stderr: Writable & TerminalStream;
}

const PIPE_WIDTH = 100;

/** Leaves every text as it is: no terminal, NO_COLOR, CI, `--no-color` or a dumb terminal. */
export const PLAIN_STYLE: Style = {
  bold: (text) => text,
  dim: (text) => text,
  good: (text) => text,
  warn: (text) => text,
  bad: (text) => text,
  accent: (text) => text,
};

/** What is known about the streams. `color` is the flag; the environment can only switch colours off. */
export async function createIo(
  streams: Streams,
  options: { readonly env: Environment; readonly color: boolean },
): Promise<Io> {
  const { stdin, stdout, stderr } = streams;
  const isCi = isSet(options.env['CI']);
  const isTerminal = stdout.isTTY === true;
  const isLive = stderr.isTTY === true && !isCi && options.env['TERM'] !== 'dumb';
  const mayColor = options.color && !isCi && !isSet(options.env['NO_COLOR']) && options.env['TERM'] !== 'dumb';
  return {
    stdin,
    stdout,
    stderr,
    isInteractive: stdin.isTTY === true && stderr.isTTY === true && !isCi,
    isTerminal,
    isLive,
    width: (isTerminal ? stdout.columns : undefined) ?? PIPE_WIDTH,
    style: await styleFor(mayColor && isTerminal),
    errorStyle: await styleFor(mayColor && stderr.isTTY === true),
    out: (text) => {
      stdout.write(`${escapeHidden(text)}\n`);
    },
    err: (text) => {
      stderr.write(`${escapeHidden(text)}\n`);
    },
  };
}

async function styleFor(isColored: boolean): Promise<Style> {
  if (!isColored) return PLAIN_STYLE;
  const { createColorStyle } = await import('./render/color-style.ts');
  return createColorStyle();
}

/** A variable that is set to nothing, or to a clear no, counts as absent. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
