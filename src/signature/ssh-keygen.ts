import { WarroomError } from '../domain/errors.ts';
import { runChild, type ChildResult } from '../lib/child-process.ts';

/** ssh-keygen is the only judge of signatures; it answers in a few milliseconds. */
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;

export interface KeygenOptions {
  readonly stdin?: string | Uint8Array;
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

/** Runs `ssh-keygen args…`; throws `usage` when it is not installed and `timeout` when it does not answer. */
export async function runKeygen(args: readonly string[], options: KeygenOptions): Promise<ChildResult> {
  const result = await runChild({
    argv: ['ssh-keygen', ...args],
    env: options.env,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    signal: options.signal,
  });
  const { end } = result;
  if (end.kind === 'not-started') {
    throw new WarroomError('usage', 'ssh-keygen cannot be run', {
      why: `${end.code}; signatures are made and checked by it`,
      hint: 'install the OpenSSH client, version 8.2 or newer',
    });
  }
  if (end.kind === 'aborted') throw new WarroomError('interrupted', 'stopped while a signature was handled');
  if (end.kind !== 'exited') {
    throw new WarroomError('timeout', 'ssh-keygen did not answer', {
      why: end.kind === 'timeout' ? 'it may wait for a touch of a security key or for a passphrase' : 'it was killed',
      hint: 'touch the key, or load it with  ssh-add',
    });
  }
  return result;
}

export function exitOf({ end }: ChildResult): number {
  return end.kind === 'exited' ? end.exit : 255;
}
