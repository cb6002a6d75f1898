import { Option, InvalidArgumentError, type Command } from 'commander';
import type { FailOn } from './exit-codes.ts';

const CHOICES: readonly FailOn[] = ['degraded', 'inconclusive'];

/** `--fail-on`, for scripts that need more than a report. May be repeated, or name both with a comma. */
export function addFailOn(command: Command): Command {
  return command.addOption(
    new Option('--fail-on <what>', 'exit 1 when the answer is degraded or inconclusive').argParser(parseFailOn),
  );
}

function parseFailOn(text: string, previous: readonly FailOn[] | undefined): readonly FailOn[] {
  const named = text.split(',').map((part) => {
    const choice = CHOICES.find((candidate) => candidate === part.trim());
    if (choice === undefined) throw new InvalidArgumentError('it must be degraded, inconclusive, or both.');
    return choice;
  });
  return [...(previous ?? []), ...named];
}
