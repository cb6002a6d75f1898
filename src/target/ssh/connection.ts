import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild, type ChildResult } from '../../lib/child-process.ts';
import type { Clock } from '../../lib/clock.ts';
import { exitArgv, masterArgv, sessionArgv } from './ssh-arguments.ts';
import type { SshHost } from '../../domain/ssh-host.ts';

/** One authenticated connection that all commands of a run share. */
export interface SshConnection {
  /** Runs one line on the host. What could not be connected looks like what ssh says about it. */
  run(line: string, limits: SessionLimits): Promise<ChildResult>;
  close(): Promise<void>;
}

export interface SessionLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Enough for TCP, key exchange and login by way of another host; ssh itself gives up earlier. */
const CONNECT_MS = 15_000;
/** Commands after a failure are answered with it at once, so that a host that is down costs one attempt, not one per step. */
const FAILURE_LIFE_MS = 10_000;
/** sshd allows 10 sessions on one connection unless it is told otherwise (MaxSessions). */
const MAX_SESSIONS = 8;
/** Unix sockets have about 100 bytes for their path, and ssh adds 17 while it makes one. */
const MAX_FOLDER_BYTES = 70;

type Opened = { readonly kind: 'open' } | { readonly kind: 'failed'; readonly result: ChildResult };

export function createSshConnection(host: SshHost, clock: Clock): SshConnection {
  // ssh wants SHELL for the command of a jump host, and a PATH to find itself; nothing of the processor's own.
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', SHELL: '/bin/sh', LC_ALL: 'C' };
  let folder: Promise<string> | undefined;
  let opening: Promise<Opened> | undefined;
  let failure: { readonly result: ChildResult; readonly untilMs: number } | undefined;
  let active = 0;
  const waiting: (() => void)[] = [];

  async function socketFile(): Promise<string> {
    folder ??= makeFolder();
    return join(await folder, 'm');
  }

  async function open(signal: AbortSignal | undefined): Promise<Opened> {
    const socket = await socketFile();
    if (await exists(socket)) return { kind: 'open' };
    if (failure !== undefined && clock.monotonicMs() < failure.untilMs)
      return { kind: 'failed', result: failure.result };
    const result = await runChild({
      argv: masterArgv(host, socket),
      env,
      timeoutMs: CONNECT_MS,
      maxBytes: 16 * 1024,
      graceMs: 500,
      signal,
    });
    if (result.end.kind === 'exited' && result.end.exit === 0) return { kind: 'open' };
    const isOurs = result.end.kind === 'aborted';
    // A server that accepts the connection and then says nothing.
    const told: ChildResult =
      result.end.kind === 'timeout'
        ? { ...result, end: { kind: 'exited', exit: 255 }, stderr: Buffer.from('Connection timed out') }
        : result;
    if (!isOurs) failure = { result: told, untilMs: clock.monotonicMs() + FAILURE_LIFE_MS };
    return { kind: 'failed', result: told };
  }

  /** One attempt at a time, whoever asks. */
  async function opened(signal: AbortSignal | undefined): Promise<Opened> {
    opening ??= open(signal).finally(() => {
      opening = undefined;
    });
    return await opening;
  }

  async function takeTurn(): Promise<void> {
    if (active < MAX_SESSIONS) {
      active += 1;
      return;
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function passTurn(): void {
    const next = waiting.shift();
    if (next === undefined) active -= 1;
    else next();
  }

  return {
    async run(line, { timeoutMs, maxBytes, signal }) {
      await takeTurn();
      try {
        const connection = await opened(signal);
        if (connection.kind === 'failed') return connection.result;
        const argv = sessionArgv(host, await socketFile(), line);
        return await runChild({ argv, env, timeoutMs, maxBytes, graceMs: 500, signal, holdStdin: true });
      } finally {
        passTurn();
      }
    },
    async close() {
      if (folder === undefined) return;
      const socket = await socketFile();
      if (await exists(socket)) {
        await runChild({ argv: exitArgv(host, socket), env, timeoutMs: 5000, maxBytes: 1024, graceMs: 500 });
      }
      await rm(await folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}

async function makeFolder(): Promise<string> {
  const wanted = join(tmpdir(), 'warroom-ssh-');
  // `/tmp` is short everywhere; the folder is made with mode 0700 under a random name.
  return await mkdtemp(Buffer.byteLength(wanted) <= MAX_FOLDER_BYTES - 6 ? wanted : '/tmp/warroom-ssh-');
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
