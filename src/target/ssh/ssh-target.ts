import type { Clock } from '../../lib/clock.ts';
import { randomHex, type RandomBytes } from '../../lib/random-text.ts';
import type { Command, CommandResult, Target, TargetIdentity } from '../port.ts';
import { createSshConnection } from './connection.ts';
import { NOISE_BYTES, readAnswer } from './read-answer.ts';
import { parseRemoteFacts, type RemoteFacts } from './remote-facts.ts';
import { FACTS_ARGV, remoteCommand } from './remote-script.ts';
import type { SshHost } from '../../domain/ssh-host.ts';
import { wrapperRequest } from './wrapper-request.ts';

export interface SshTargetOptions {
  readonly host: SshHost;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export interface SshTarget extends Target {
  /** What the host says about itself, or the result that says why it does not. */
  readFacts(signal?: AbortSignal): Promise<RemoteFacts | CommandResult>;
}

const FACTS_COMMAND: Command = {
  argv: FACTS_ARGV,
  timeoutMs: 5000,
  maxBytes: 64 * 1024,
  call: { id: 'warroom/facts', inputs: {} },
};

/** As much as a step may ask for at most. */
const MAX_READ_BYTES = 64 * 1024 * 1024;

/** How much longer than the remote limit we wait: for its second signal, and for the network. */
const PATIENCE_MS = 4000;

/** A host that is reached over SSH. Everything that can go wrong on the way is a result, never an exception. */
export function createSshTarget({ host, clock, random }: SshTargetOptions): SshTarget {
  const connection = createSshConnection(host, clock);
  let identity: TargetIdentity | undefined;

  async function run(command: Command, signal?: AbortSignal): Promise<CommandResult> {
    const startedAt = clock.now();
    const startedMs = clock.monotonicMs();
    const mark = `warroom-${randomHex(8, random)}`;
    const seconds = Math.max(1, Math.ceil(command.timeoutMs / 1000));
    const line =
      host.mode === 'wrapper'
        ? wrapperRequest(mark, command)
        : remoteCommand({ mark, seconds, privilege: command.privilege ?? 'user', argv: command.argv });
    const timing = (): Pick<CommandResult, 'startedAt' | 'ms'> => {
      return { startedAt, ms: Math.round(clock.monotonicMs() - startedMs) };
    };
    if (line === undefined) {
      const stderr = `${host.name} takes steps of its own table only, and this is none; set mode: exec to allow more`;
      return { end: { kind: 'denied' }, stdout: '', stderr, truncated: false, ...timing() };
    }
    const child = await connection.run(line, {
      timeoutMs: Math.max(command.timeoutMs, seconds * 1000) + PATIENCE_MS,
      // What comes first says where the output begins, so the end is cut off here when all has come.
      maxBytes: (command.keep === 'end' ? MAX_READ_BYTES : command.maxBytes) + NOISE_BYTES,
      signal,
    });
    return { ...readAnswer({ host, command, mark }, child), ...timing() };
  }

  async function readFacts(signal?: AbortSignal): Promise<RemoteFacts | CommandResult> {
    const result = await run(FACTS_COMMAND, signal);
    if (result.end.kind !== 'exited') return result;
    const facts = parseRemoteFacts(result.stdout, result.startedAt);
    return facts ?? { ...result, stderr: `${host.name} did not say what it is: ${result.stderr.slice(0, 200)}` };
  }

  return {
    kind: 'ssh',
    run,
    readFacts,
    // A host that does not answer is asked again next time; until then nobody claims to know which machine it is.
    identify: async (signal) => {
      if (identity !== undefined) return identity;
      const facts = await readFacts(signal);
      if ('end' in facts) return { kind: 'ssh', identity: 'unknown', name: host.name, platform: 'linux' };
      identity = { kind: 'ssh', identity: facts.identity, name: host.name, platform: facts.platform };
      return identity;
    },
    collect: async (_collector, signal) => {
      const result = await run(FACTS_COMMAND, signal);
      if (result.end.kind !== 'exited' || result.end.exit !== 0) return result;
      const facts = parseRemoteFacts(result.stdout, result.startedAt);
      if (facts !== undefined) return { ...result, stdout: facts.json };
      return { ...result, end: { kind: 'exited', exit: 1 }, stdout: '', stderr: 'the host did not say what it is' };
    },
    close: async () => {
      await connection.close();
    },
  };
}
