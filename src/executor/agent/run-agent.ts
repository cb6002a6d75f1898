import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claudeCommand } from '../../claude/claude-arguments.ts';
import { writeExecShim } from '../../claude/commands/exec-shim.ts';
import { findClaude } from '../../claude/find-claude.ts';
import type { JsonRecord } from '../../schema/json-fields.ts';
import { startClaudeProcess, type ClaudeProcess } from '../../claude/run/claude-process.ts';
import { findLauncher } from '../../claude/run/find-launcher.ts';
import { prepareRunFolders } from '../../claude/run/run-folder.ts';
import { sweepSession } from '../../claude/run/sweep.ts';
import { WarroomError } from '../../domain/errors.ts';
import { systemClock } from '../../lib/clock.ts';
import type { ToAgent } from '../relay-messages.ts';
import { startModelRelay } from './model-relay.ts';
import { createRelayClient, type RelayEnd } from './relay-client.ts';

export interface RunAgentOptions {
  /** Where the processor waits for its agent; https. */
  readonly processor: string;
  /** Folder with `token` and `ca.crt`. */
  readonly credentials: string;
  /** Empty folder that may be written to. */
  readonly work: string;
  /** Value of `PATH`. */
  readonly path: string | undefined;
  readonly claude?: string;
  readonly signal: AbortSignal;
  /** 2 minutes by default. */
  readonly giveUpMs?: number;
}

/** How the agent's own process ends: `finished` is what the processor wanted. */
export type AgentEnd = RelayEnd | 'stopped';

/**
 * The agent's side of an investigation in a pod of its own: asks the processor what to run, runs claude, and passes what
 * both say on. Decides nothing: each command is decided and run by the processor, and only its output comes here.
 */
export async function runAgent(options: RunAgentOptions): Promise<AgentEnd> {
  const token = (await readCredential(join(options.credentials, 'token'))).trim();
  const relay = createRelayClient({
    ...{ url: options.processor, token, ca: await readCredential(join(options.credentials, 'ca.crt')) },
    ...{ clock: systemClock, random: Math.random, giveUpMs: options.giveUpMs ?? 120_000 },
  });
  const model = await startModelRelay(relay);
  const outputs = join(options.work, 'outputs');
  const shims = join(options.work, 'shims');
  for (const folder of [outputs, shims]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeExecShim({ folder: shims, execDir: outputs });
  const found = await findClaude({
    path: options.path,
    ...(options.claude === undefined ? {} : { configured: options.claude }),
  });
  const broken = new AbortController();
  let running: { readonly process: ClaudeProcess; readonly sessionId: string } | undefined;
  let runs = 0;
  let work: Promise<void> = Promise.resolve();

  async function start({ task, modelToken, graceMs }: Extract<ToAgent, { kind: 'start' }>): Promise<void> {
    if (found.kind === 'missing') {
      relay.send({ kind: 'ended', end: { kind: 'not-started', code: found.why }, stderr: '' });
      return;
    }
    runs += 1;
    const folder = join(options.work, `run-${runs}`);
    await mkdir(folder, { mode: 0o700 });
    const folders = await prepareRunFolders(folder);
    const access = {
      ...{ kind: 'broker' as const, baseUrl: model.baseUrl, token: modelToken },
      ...{ spentUsd: () => 0, refusal: () => undefined },
    };
    const command = claudeCommand({
      ...{ ...task, access, folders, binary: found.binary, launcher: await findLauncher(), shimFolder: shims },
    });
    const process = startClaudeProcess({
      ...{ ...command, cwd: folders.work, graceMs },
      onLine: (text) => {
        relay.send({ kind: 'line', text });
      },
      onFlood: () => {
        relay.send({ kind: 'flood' });
      },
    });
    running = { process, sessionId: task.sessionId };
    process.ended
      .then(async (end) => {
        await sweepSession(task.sessionId);
        running = undefined;
        relay.send({ kind: 'ended', end, stderr: process.stderr() });
      })
      .catch(() => undefined);
  }

  async function handle(message: ToAgent): Promise<void> {
    switch (message.kind) {
      case 'start':
        await start(message);
        return;
      case 'line':
        running?.process.send(JSON.parse(message.text));
        return;
      case 'output':
        await writeFile(join(outputs, `${message.token}.exit`), `${message.exit}\n`, { flag: 'wx', mode: 0o600 });
        await writeFile(join(outputs, `${message.token}.out`), message.text, { flag: 'wx', mode: 0o600 });
        return;
      case 'end-input':
        running?.process.closeInput();
        return;
      case 'stop':
        running?.process.stop((signal) => {
          relay.send({ kind: 'signal', signal });
        });
    }
  }

  try {
    relay.send({ kind: 'hello', version: found.kind === 'found' ? found.version : '' });
    const stop = AbortSignal.any([broken.signal, options.signal]);
    const end = await Promise.race([
      relay.receive((message: JsonRecord) => {
        // The processor is trusted: its certificate was checked. One message after the other, as they came.
        work = work.then(() => handle(message as ToAgent));
        work.catch(() => {
          broken.abort();
        });
      }),
      aborted(stop),
    ]);
    return options.signal.aborted ? 'stopped' : end;
  } finally {
    const left = running;
    left?.process.stop(() => undefined);
    await left?.process.ended;
    if (left !== undefined) await sweepSession(left.sessionId);
    relay.close();
    await model.close();
  }
}

async function aborted(signal: AbortSignal): Promise<'ended'> {
  if (!signal.aborted) {
    await new Promise<void>((resolve) => {
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    });
  }
  return 'ended';
}

async function readCredential(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new WarroomError('authentication', `cannot read ${file}`, {
      why: 'this agent was not started by a processor',
      hint: 'agent-run is started by the Job that a processor makes (docs/job-executor.md)',
      cause,
    });
  });
}
