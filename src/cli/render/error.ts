import { WarroomError } from '../../domain/errors.ts';
import type { Io } from '../context.ts';
import { isInterruption } from '../exit-codes.ts';

/** Says on stderr what happened, why, and what to do. `isVerbose` adds the stack and what caused it. */
export async function printError(io: Io, error: unknown, options: { readonly isVerbose: boolean }): Promise<void> {
  const { cleanText } = await import('../../report/untrusted.ts');
  const style = io.errorStyle;
  const line = (label: string, text: string): void => {
    io.err(`${label.padEnd(6)} ${cleanText(text).trimEnd().replaceAll('\n', '\n       ')}`.trimEnd());
  };
  // Who presses Ctrl-C knows it; a command that leaves something behind says so by a WarroomError.
  if (isInterruption(error) && !(error instanceof WarroomError)) return;
  const message = error instanceof Error ? error.message : String(error);
  line(style.bad('error:'), message);
  if (error instanceof WarroomError) {
    if (error.why !== undefined) line('cause:', error.why);
    if (error.hint !== undefined) line('hint:', error.hint);
  } else {
    line('cause:', 'this is a bug in claude-warroom, not something you did');
    if (!options.isVerbose) line('hint:', 'run it again with -v and report what it prints');
  }
  if (options.isVerbose && error instanceof Error) io.err(style.dim(cleanText(stackOf(error))));
}

function stackOf(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}
