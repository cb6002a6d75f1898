import type { ChildResult } from '../../lib/child-process.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { Command, CommandEnd } from '../port.ts';
import { readSudoRefusal } from '../privilege.ts';
import { explainSshFailure } from './explain-failure.ts';
import type { SshHost } from '../../domain/ssh-host.ts';

/** Room for what a server says before our own text begins: banners, messages of the day, start-up files. */
export const NOISE_BYTES = 64 * 1024;

export interface Answer {
  readonly end: CommandEnd;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

export interface Asked {
  readonly host: SshHost;
  readonly command: Command;
  readonly mark: string;
}

/** Reads what an ssh client brought back from the script of remote-script.ts. */
export function readAnswer({ host, command, mark }: Asked, child: ChildResult): Answer {
  const out = afterMark(child.stdout, mark, command);
  const err = afterMark(child.stderr, mark, { maxBytes: command.maxBytes });
  const stderr = err.text.replace(new RegExp(`\\n?${mark} exit \\d+\\n?$`, 'u'), '');
  const truncated = child.truncated || out.isCut || err.isCut;
  const answer = (end: CommandEnd, said = stderr): Answer => ({ end, stdout: out.text, stderr: said, truncated });

  const exit = new RegExp(`^${mark} exit (\\d+)$`, 'mu').exec(child.stderrTail.toString('utf8'))?.[1];
  if (exit !== undefined && out.isFound) {
    const refusal = command.privilege === undefined ? undefined : readSudoRefusal(command.argv, stderr);
    if (refusal !== undefined) return answer(refusal.end, refusal.stderr);
    return answer(endOfExit(Number(exit), stderr, { command, ms: child.ms }));
  }
  const { end } = child;
  switch (end.kind) {
    case 'aborted':
    case 'timeout':
      return answer(end);
    case 'killed':
      return answer({ kind: 'unreachable' }, `ssh to ${host.name} was ended by ${end.signal}`);
    case 'not-started':
      return answer(...notStarted(end.code));
    case 'exited':
      break;
    default:
      return unreachable(end);
  }
  if (out.isFound || err.isFound) {
    return answer({ kind: 'unreachable' }, `the connection to ${host.name} was lost while the command ran`);
  }
  const raw = child.stderr.toString('utf8');
  const refused = /^warroom-ro: (.*)$/mu.exec(raw)?.[1];
  if (refused !== undefined) return nothing('denied', `${host.name}: ${refused}`);
  if (end.exit === 255) return nothing('unreachable', explainSshFailure(host, raw));
  const why = 'its sshd or login shell runs something else, such as a forced command';
  return nothing(
    'denied',
    `${host.name} did not run the command: ${why}; correct authorized_keys, or set mode: wrapper`,
  );
}

function nothing(kind: 'denied' | 'unreachable', stderr: string): Answer {
  return { end: { kind }, stdout: '', stderr, truncated: false };
}

interface Part {
  readonly isFound: boolean;
  readonly text: string;
  readonly isCut: boolean;
}

function afterMark(bytes: Buffer, mark: string, { maxBytes, keep }: Pick<Command, 'maxBytes' | 'keep'>): Part {
  const line = `${mark} start\n`;
  const at = bytes.indexOf(line);
  if (at === -1) return { isFound: false, text: '', isCut: false };
  const rest = bytes.subarray(at + line.length);
  const kept = keep === 'end' ? rest.subarray(Math.max(0, rest.length - maxBytes)) : rest.subarray(0, maxBytes);
  return { isFound: true, text: kept.toString('utf8'), isCut: rest.length > maxBytes };
}

/** Words of shells, env and timeout about a program that they could not start. */
const NOT_FOUND = /: (?:not found|command not found|inaccessible or not found|No such file or directory)$/mu;

function endOfExit(exit: number, stderr: string, ran: { readonly command: Command; readonly ms: number }): CommandEnd {
  if (exit === 127 && NOT_FOUND.test(stderr)) return { kind: 'missing-tool' };
  if (exit === 126 && /permission denied/iu.test(stderr)) return { kind: 'denied' };
  // 124 and 137 are what `timeout` gives; from other programs they mean it only when the time was in fact used up.
  if ((exit === 124 || exit === 137) && ran.ms >= ran.command.timeoutMs * 0.9) return { kind: 'timeout' };
  return { kind: 'exited', exit };
}

function notStarted(code: string): readonly [CommandEnd, string] {
  if (code === 'ENOENT') return [{ kind: 'unreachable' }, 'the processor has no ssh; install openssh-client'];
  // Too long for the kernel: the command did not run, as a shell reports it.
  return [{ kind: 'exited', exit: 126 }, `not started: ${code}`];
}
