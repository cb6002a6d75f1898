import { escapeHidden } from '../../report/untrusted.ts';
import type { Io } from '../context.ts';
import { cutText } from './table.ts';

/** Lines that stay, and below them one that changes. On a pipe, and in CI, everything stays. */
export interface LiveLine {
  /** Prints a line that stays. */
  print(text: string): void;
  /** Replaces the line that changes; where lines cannot change `plain` is printed instead. */
  update(text: string, plain: string | undefined): void;
  /** Removes the line that changes. */
  stop(): void;
}

export async function createLiveLine(io: Io): Promise<LiveLine> {
  return io.isLive ? await createSpinner(io) : createPlainLines(io);
}

async function createSpinner(io: Io): Promise<LiveLine> {
  const { default: ora } = await import('ora');
  // Input is left alone: Ctrl-C must arrive as a signal.
  const isColored = io.errorStyle.accent('x') !== 'x';
  const color = isColored ? ('cyan' as const) : false;
  const spinner = ora({ stream: io.stderr, indent: 2, discardStdin: false, isEnabled: true, color });
  return {
    print: (text) => {
      const wasSpinning = spinner.isSpinning;
      if (wasSpinning) spinner.stop();
      // The spinner leaves the cursor at its indent.
      io.stderr.write('\r');
      io.err(`  ${text}`);
      if (wasSpinning) spinner.start();
    },
    update: (text) => {
      spinner.text = escapeHidden(cutText(text, io.width - 6));
      if (!spinner.isSpinning) spinner.start();
    },
    stop: () => {
      spinner.stop();
    },
  };
}

function createPlainLines(io: Io): LiveLine {
  return {
    print: (text) => {
      io.err(text);
    },
    update: (_, plain) => {
      if (plain !== undefined) io.err(plain);
    },
    stop: () => undefined,
  };
}
