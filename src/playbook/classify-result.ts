import type { StepStatus } from '../domain/evidence.ts';
import type { Command, CommandResult } from '../target/port.ts';
import { unreachable } from '../lib/unreachable.ts';

/** Exit codes that a step declares. */
export interface ExitCodes {
  readonly okExitCodes?: readonly number[];
  readonly signalExitCodes?: Readonly<Record<string, string>>;
}

export interface Classified {
  readonly status: StepStatus;
  /** Raw text, not yet redacted. */
  readonly reason?: string;
  readonly signal?: string;
}

/** Words of tools that were not allowed to look, whatever their exit code. */
const DENIED =
  /permission denied|insufficient permissions|operation not permitted|forbidden|unauthorized|a password is required|access denied|must be root/iu;

/** journalctl ends with 0 although it could not see the messages of the system. */
const JOURNAL_HIDDEN = /not seeing messages from other users and the system/iu;
const JOURNAL_MISSING = /No journal files were (?:found|opened)/u;

/** What the end of a command means for coverage (status set of src/domain/evidence.ts). */
export function classifyResult(command: Command, result: CommandResult, codes: ExitCodes): Classified {
  const { end } = result;
  switch (end.kind) {
    case 'missing-tool':
      return { status: 'missing-tool', reason: `${command.argv[0] ?? 'the command'} is not installed` };
    case 'denied':
      return { status: 'denied', reason: firstLine(result.stderr) ?? `${command.argv[0] ?? 'it'} may not be executed` };
    case 'unreachable':
      return { status: 'unreachable', reason: firstLine(result.stderr) ?? 'the target could not be reached' };
    case 'timeout':
      return { status: 'timeout', reason: `no answer within ${command.timeoutMs / 1000} s` };
    case 'aborted':
      return { status: 'skipped', reason: 'stopped before it had ended' };
    case 'exited':
      return classifyExit(end.exit, { command, result, codes });
    default:
      return unreachable(end);
  }
}

interface ExitFacts {
  readonly command: Command;
  readonly result: CommandResult;
  readonly codes: ExitCodes;
}

function classifyExit(exit: number, { command, result, codes }: ExitFacts): Classified {
  const { stdout, stderr } = result;
  const said = firstLine(stderr);
  if (JOURNAL_HIDDEN.test(stderr))
    return { status: 'denied', reason: 'the journal of the system is not readable for this user' };
  if (JOURNAL_MISSING.test(stderr))
    return { status: DENIED.test(stderr) ? 'denied' : 'failed', reason: said ?? 'no journal' };

  const signal = codes.signalExitCodes?.[String(exit)];
  const isOk = codes.okExitCodes === undefined ? exit === 0 : codes.okExitCodes.includes(exit);
  // A complaint instead of output is not the good result that the exit code stands for.
  const isSilent = exit !== 0 && stdout.trim() === '' && said !== undefined;
  if (isOk && !isSilent) return { status: 'ok' };
  if (!isOk && signal !== undefined && !(isSilent && DENIED.test(stderr))) return { status: 'nonzero-ok', signal };

  if (exit === 127)
    return { status: 'missing-tool', reason: said ?? `${command.argv[0] ?? 'the command'} is not installed` };
  if (DENIED.test(stderr)) return { status: 'denied', reason: said ?? 'permission was refused' };
  if (isTimeLimit(exit, command, result))
    return { status: 'timeout', reason: `no answer within ${command.timeoutMs / 1000} s` };
  return { status: 'failed', reason: said ?? `ended with exit code ${exit}` };
}

/** 124 and 137 are what `timeout` gives; from other programs they mean it only when the time was in fact used up. */
function isTimeLimit(exit: number, command: Command, result: CommandResult): boolean {
  if (exit !== 124 && exit !== 137) return false;
  return command.argv[0] === 'timeout' || result.ms >= command.timeoutMs * 0.9;
}

function firstLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '');
}
