import os from 'node:os';
import type { ChildEnd } from '../lib/child-process.ts';
import { unreachable } from '../lib/unreachable.ts';
import type { CommandEnd } from './port.ts';

/** Numbers of signals by name; a shell reports a command that a signal ended as 128 plus its number. */
const SIGNALS: ReadonlyMap<string, number> = new Map(Object.entries(os.constants.signals));

/** How a command of a target ended, from how its process did. */
export function commandEnd(end: ChildEnd): CommandEnd {
  switch (end.kind) {
    case 'exited':
    case 'timeout':
    case 'aborted':
      return end;
    case 'killed':
      return { kind: 'exited', exit: 128 + (SIGNALS.get(end.signal) ?? 0) };
    case 'not-started':
      return notStarted(end.code);
    default:
      return unreachable(end);
  }
}

function notStarted(code: string): CommandEnd {
  if (code === 'ENOENT') return { kind: 'missing-tool' };
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied' };
  // Too long for the kernel, or no more processes: the command did not run, as a shell reports it.
  return { kind: 'exited', exit: 126 };
}
