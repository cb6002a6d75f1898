import { access, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { startModelBroker, type BrokerRun } from '../../../src/claude/broker/start-model-broker.ts';
import type { ModelAccess } from '../../../src/claude/model-access.ts';
import { findClaude } from '../../../src/claude/find-claude.ts';
import { runClaude, type RunClaudeOptions } from '../../../src/claude/run-claude.ts';
import type { ToolCall, ToolDecision } from '../../../src/claude/run/decide-tool.ts';
import type { ClaudeOutcome, ClaudeProgress } from '../../../src/claude/run/outcome.ts';
import { startScriptedModelApi, type ScriptedModelApi, type ScriptStep } from '../../support/scripted-model-api.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

/** The key that only the broker may know. */
export const UPSTREAM_KEY = 'sk-upstream-key-that-nobody-may-see';

export const SCHEMA = {
  type: 'object',
  properties: { answer: { type: 'string' } },
  required: ['answer'],
  additionalProperties: false,
};

/** The real binary; says why when there is none. */
export async function findTestedClaude(): Promise<string | undefined> {
  const found = await findClaude({ path: undefined });
  if (found.kind === 'found') return found.binary;
  printSkipReason(`Claude Code is not installed here: ${found.why}`);
  return undefined;
}

/** Everything around one scripted API: broker, folders, and what a run said and asked. */
export interface ClaudeRig {
  readonly api: ScriptedModelApi;
  readonly access: BrokerRun;
  readonly events: readonly ClaudeProgress[];
  readonly asked: readonly string[];
  /** A path in a folder that outlives the runs. */
  path(name: string): string;
  /** Runs claude in a folder of its own, unless one is named. */
  run(options?: Partial<RunClaudeOptions>): Promise<ClaudeOutcome>;
  close(): Promise<void>;
}

async function createClaudeRig(
  binary: string,
  script: readonly ScriptStep[],
  options: { readonly budgetUsd?: number; readonly decide?: (call: ToolCall) => Promise<ToolDecision> } = {},
): Promise<ClaudeRig> {
  const folder = await createTempFolder();
  const api = await startScriptedModelApi(script);
  const broker = await startModelBroker({
    upstream: {
      kind: 'messages',
      baseUrl: api.url,
      credential: () => Promise.resolve({ kind: 'api-key', value: UPSTREAM_KEY }),
    },
  });
  const run = broker.openRun({ runId: 'r1', requester: 'a@example.com', budgetUsd: options.budgetUsd ?? 100 });
  const events: ClaudeProgress[] = [];
  const asked: string[] = [];
  let runs = 0;
  return {
    api,
    access: run,
    events,
    asked,
    path: (name) => join(folder.path, name),
    async run(more = {}) {
      runs += 1;
      const runFolder = more.folder ?? join(folder.path, `run-${runs}`);
      await mkdir(runFolder, { recursive: true });
      const decide = more.decide ?? options.decide ?? denyAll;
      return await runClaude({
        binary,
        access: run,
        folder: runFolder,
        shimFolder: join(folder.path, 'shims'),
        prompt: 'What is wrong?',
        systemPrompt: 'You look into problems.',
        schema: SCHEMA,
        softDeadlineMs: 30_000,
        hardDeadlineMs: 40_000,
        maxBudgetUsd: 100,
        onEvent: (event) => events.push(event),
        ...more,
        decide: async (call) => {
          asked.push(call.command);
          return await decide(call);
        },
      });
    },
    async close() {
      run.close();
      await broker.close();
      await api.close();
      await folder.close();
    },
  };
}

/** Makes rigs for the tests of a file, and closes those of each test after it. */
export function useClaudeRigs(binary: string | undefined) {
  const rigs: ClaudeRig[] = [];
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.close();
  });
  return async (script: readonly ScriptStep[], options: Parameters<typeof createClaudeRig>[2] = {}) => {
    const rig = await createClaudeRig(binary ?? '', script, options);
    rigs.push(rig);
    return rig;
  };
}

/** Claude straight at the API, as it would be without a broker. */
export function direct(url: string): ModelAccess {
  return { kind: 'provider', environment: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'direct' } };
}

export async function denyAll(): Promise<ToolDecision> {
  return await Promise.resolve({ behavior: 'deny', message: 'this command is not on the list' });
}

export async function allowAll({ command }: ToolCall): Promise<ToolDecision> {
  return await Promise.resolve({ behavior: 'allow', command });
}

export async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Processes that carry `text` in their environment. */
export async function processesWith(text: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    if (environment.includes(text)) found.push(Number(name));
  }
  return found;
}

/** Files below a folder whose content has `pattern` in it. */
export async function filesWith(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && pattern.test(await readFile(file, 'latin1'))) found.push(file);
  }
  return found;
}
