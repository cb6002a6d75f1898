import os from 'node:os';
import type { Clock } from '../../lib/clock.ts';
import { runChild, type ChildEnd } from '../../lib/child-process.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { Command, CommandEnd, CommandResult, Target } from '../port.ts';
import { readHostFacts } from './host-facts.ts';
import { identifyHost } from './identify-host.ts';

/** Nothing of the processor's own environment reaches a command: no credentials, no proxies, no locale. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin',
  LANG: 'C.UTF-8',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Time between the polite and the hard end of a command that is stopped. */
const GRACE_MS = 500;

/** The machine that this process runs on. */
export function createLocalTarget(options: { readonly clock: Clock }): Target {
  const { clock } = options;

  async function run(command: Command, signal?: AbortSignal): Promise<CommandResult> {
    const startedAt = clock.now();
    const result = await runChild({
      argv: command.argv,
      cwd: '/',
      env: ENVIRONMENT,
      timeoutMs: command.timeoutMs,
      maxBytes: command.maxBytes,
      graceMs: GRACE_MS,
      signal,
    });
    return {
      end: commandEnd(result.end),
      stdout: result.stdout.toString('utf8'),
      stderr: result.end.kind === 'not-started' ? `not started: ${result.end.code}` : result.stderr.toString('utf8'),
      truncated: result.truncated,
      startedAt,
      ms: Math.round(result.ms),
    };
  }

  return {
    kind: 'local',
    identify: async (signal) => await identifyHost(async (command) => await run(command, signal)),
    run,
    collect: async (_collector, signal) => {
      const startedAt = clock.now();
      const startedMs = clock.monotonicMs();
      if (signal?.aborted === true) return { ...NOTHING, end: { kind: 'aborted' }, startedAt };
      const stdout = await readHostFacts();
      const ms = Math.round(clock.monotonicMs() - startedMs);
      return { ...NOTHING, end: { kind: 'exited', exit: 0 }, stdout, startedAt, ms };
    },
    close: async () => {
      await Promise.resolve();
    },
  };
}

const NOTHING = { stdout: '', stderr: '', truncated: false, ms: 0 };

/** Numbers of signals by name; a shell reports a command that a signal ended as 128 plus its number. */
const SIGNALS: ReadonlyMap<string, number> = new Map(Object.entries(os.constants.signals));

function commandEnd(end: ChildEnd): CommandEnd {
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
