import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { signingEnvironment } from '../../config/signing-environment.ts';
import { isWarroomError, WarroomError } from '../../domain/errors.ts';
import type { ProcessorEvent } from '../../domain/events.ts';
import type { CliContext } from '../context.ts';
import { modelCredentials } from '../doctor/machine.ts';
import { exitCodeOfRequest, type ExitCode } from '../exit-codes.ts';
import { createPrompts } from '../prompts.ts';
import { formatLogLine, renderLogLine } from '../render/processor-log.ts';
import { chooseEngine, processorEngine, type EngineName } from './choose-engine.ts';
import { createDemoFolder, type DemoFolder } from './demo-folder.ts';
import { demoJson, printNextSteps, renderDemoReport } from './demo-output.ts';
import { startDemoProcessor, type DemoProcessor } from './demo-processor.ts';
import { createDemoKeys, pinDemoProcessor } from './demo-keys.ts';
import { askDemoQuestion, type DemoAsker } from './demo-question.ts';
import {
  createDemoWarRoom,
  DEMO_CLUSTER,
  demoPlaces,
  demoProcessorSettings,
  type DemoPlaces,
} from './demo-war-room.ts';

export interface DemoFlags {
  readonly keep?: string;
  readonly engine: 'auto' | EngineName;
}

/** The whole loop on this machine: a bare repository, a processor and a client that share nothing else. */
export async function demo(context: CliContext, flags: DemoFlags): Promise<ExitCode> {
  const folder = await createDemoFolder(flags.keep === undefined ? undefined : resolve(context.cwd, flags.keep));
  try {
    return await runDemo(context, flags, folder);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new WarroomError('interrupted', 'the demo was stopped', {
      why: folder.isKept ? `what it made is in ${folder.path}` : 'what it made is removed',
      cause: error,
    });
  } finally {
    await folder.close();
  }
}

async function runDemo(context: CliContext, flags: DemoFlags, folder: DemoFolder): Promise<ExitCode> {
  const { io, clock, env, signal } = context;
  const startedMs = clock.monotonicMs();
  const places = demoPlaces(folder.path);
  const log: string[] = [];
  await createDemoWarRoom(places, context);
  const asker = await createAsker(context, places);
  io.err(`${io.errorStyle.bold('war room')}   ${places.repository.url}`);
  const processor = await startDemoProcessor({
    settings: await demoProcessorSettings(places, { env, engine: processorEngine(flags.engine, io.isInteractive) }),
    env,
    onEvent: (event) => {
      log.push(formatLogLine(event, clock.now()));
      showTrouble(context, event);
    },
  });
  try {
    const engine = await decideEngine(context, flags, await enginesOf(processor, context, flags));
    await pinDemoProcessor({ ...places, cluster: DEMO_CLUSTER });
    const answer = await askDemoQuestion(context, { places, engine, processor, asker, isKept: folder.isKept });
    await processor.stop();
    const kept = folder.isKept ? places : undefined;
    if (kept !== undefined) await leaveBehind(context, kept, log);
    if (context.flags.json) {
      const seconds = Math.round((clock.monotonicMs() - startedMs) / 100) / 10;
      io.out(JSON.stringify(demoJson(answer, { engine, seconds, warRoom: places.repository.url })));
    } else {
      io.err('');
      io.out(renderDemoReport(answer, { io, kept }));
    }
    printNextSteps(io, answer.view.id, kept);
    return exitCodeOfRequest(answer.view);
  } finally {
    // Whatever went wrong, nothing of it may go on running.
    await processor.abort();
  }

  /** Trouble is shown; the rest is what `follow` says. */
  function showTrouble({ flags: { verbose } }: CliContext, event: ProcessorEvent): void {
    if (signal.aborted) return;
    if (event.type !== 'warning' && event.type !== 'sync-failed' && !verbose) return;
    const line = renderLogLine(event, clock.now(), io.errorStyle);
    if (line !== undefined) io.err(line);
  }
}

/** Whoever git knows here, with a key that was made for the demo and that its processor trusts. */
async function createAsker({ env, cwd, signal }: CliContext, places: DemoPlaces): Promise<DemoAsker> {
  const { readGitUser } = await import('../../composition.ts');
  const { createDocumentSigner } = await import('../../client/document-signer.ts');
  const engineer = (await readGitUser({ env, cwd })).email ?? 'you@localhost';
  const { keyFile, trustDir } = places;
  const key = await createDemoKeys({ keyFile, trustDir, principal: engineer, env });
  const choice = { kind: 'key', key, source: 'the demo', isExplicit: true } as const;
  return { engineer, signer: createDocumentSigner(choice, { env: signingEnvironment(env), signal }) };
}

/** A processor that was told to use Claude and cannot does not start: here that is a flag to be changed. */
async function enginesOf(
  { engines }: DemoProcessor,
  { env }: CliContext,
  { engine: wanted }: DemoFlags,
): Promise<readonly string[]> {
  try {
    return await engines;
  } catch (error) {
    if (wanted !== 'claude' || !isWarroomError(error, 'not-allowed')) throw error;
    const first = modelCredentials(env).length === 0 ? 'set ANTHROPIC_API_KEY' : (error.hint ?? 'install Claude Code');
    throw new WarroomError('usage', 'the engine claude cannot run here', {
      why: error.why ?? error.message,
      hint: `${first}, or take  claude-warroom demo --engine diagnostics`,
      cause: error,
    });
  }
}

async function decideEngine(
  { io, env, signal }: CliContext,
  { engine: wanted }: DemoFlags,
  available: readonly string[],
): Promise<EngineName> {
  const say = (engine: EngineName, why: string): EngineName => {
    io.err(`${io.errorStyle.bold('engine')}     ${engine}: ${why}`);
    return engine;
  };
  const { isInteractive } = io;
  const choice = chooseEngine({ wanted, available, credentials: modelCredentials(env), isInteractive });
  switch (choice.kind) {
    case 'use':
      return say(choice.engine, choice.why);
    case 'ask': {
      const prompts = await createPrompts(io, signal);
      const message = 'Let Claude judge the evidence? It costs money and sends data of this host to the model';
      const isYes = await prompts.confirm({ message, default: false });
      return isYes ? say('claude', 'as answered') : say('diagnostics', 'as answered');
    }
  }
}

/** A work tree to browse, and what the processor said. */
async function leaveBehind({ env, signal }: CliContext, places: DemoPlaces, log: readonly string[]): Promise<void> {
  const { cloneWorkTree } = await import('../../composition.ts');
  await cloneWorkTree({ repository: places.repository, folder: places.workTree, env, signal });
  await writeFile(places.processorLog, log.map((line) => `${line}\n`).join(''));
}
