import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from '../config/environment.ts';
import { environmentValue } from '../config/environment.ts';
import type { ProcessorSettings } from '../config/processor-settings.ts';
import { readSecretFile } from '../config/read-secret-file.ts';
import { WarroomError } from '../domain/errors.ts';
import type { AgentExecutor } from '../executor/executor.ts';
import type { Clock } from '../lib/clock.ts';
import type { RandomBytes } from '../lib/random-text.ts';
import { readModelUpstream, type ModelCredential, type ModelUpstream } from './broker/upstream.ts';
import { createClaudeEngine, type ClaudeEngine } from './engine.ts';
import { findClaude } from './find-claude.ts';
import {
  DEFAULT_KEEP_CONVERSATION_HOURS,
  DEFAULT_MAX_BUDGET_USD,
  DEFAULT_MAX_TURNS,
  DEFAULT_MODEL,
  DEFAULT_REQUESTER_USD_PER_DAY,
  DEFAULT_USD_PER_DAY,
} from './model-defaults.ts';
import { proveClaude } from './prove-claude.ts';
import type { RunUser } from './run/run-folder.ts';
import { openToGroup } from './run-places.ts';

export type OpenedEngine =
  | { readonly kind: 'ready'; readonly engine: ClaudeEngine }
  /**
   * For reports and refusals: why this processor judges without a model. It is `lost` when a model was configured and
   * cannot be used, which somebody should know before the first question.
   */
  | { readonly kind: 'absent'; readonly why: string; readonly lost?: { readonly hint: string } };

/**
 * The Claude engine of a processor: a credential, a binary of a known version, and a preflight that it passed. With
 * `engine: claude` in the configuration anything less stops the start; with `auto` the processor works without it.
 */
export async function openClaudeEngine(options: {
  readonly settings: ProcessorSettings;
  readonly env: Environment;
  /** User that this process runs as; undefined where there are no users of that kind. */
  readonly uid: number | undefined;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** For the self test; that of a claude that is asked for the first time takes seconds. */
  readonly preflightMs?: number;
  /** Where claude runs when that is no child of this process; asked once the claude of this processor is proved. */
  readonly openExecutor?: ((claudeVersion: string) => Promise<AgentExecutor>) | undefined;
}): Promise<OpenedEngine> {
  const { settings, env } = options;
  const { claude } = settings;
  if (settings.engine === 'diagnostics') {
    return { kind: 'absent', why: 'the configuration of the processor says engine: diagnostics' };
  }
  const upstream = upstreamOf(settings, env);
  const absent = (why: string, hint: string): OpenedEngine => {
    if (settings.engine === 'auto')
      return { kind: 'absent', why, ...(upstream === undefined ? {} : { lost: { hint } }) };
    throw new WarroomError('not-allowed', 'the processor cannot start without its Claude engine', { why, hint });
  };
  if (upstream === undefined) {
    return absent(
      'no model credential is configured',
      'set ANTHROPIC_API_KEY, or claude.apiKeyFile in the configuration',
    );
  }
  if (options.openExecutor !== undefined && upstream.kind !== 'messages') {
    throw new WarroomError('not-allowed', 'an agent in a Job cannot reach a model at Bedrock or Vertex', {
      why: 'claude itself signs such calls, so a credential would have to go into its pod',
      hint: 'use a Messages API (claude.apiKeyFile), or say executor: { kind: local-process }',
    });
  }
  // A mounted Secret that is optional may not be there yet.
  if (claude.apiKeyFile !== undefined && !((await readSecretFile(claude.apiKeyFile)) ?? '')) {
    return absent(`the API key file ${claude.apiKeyFile} cannot be read or is empty`, 'check claude.apiKeyFile');
  }
  const path = environmentValue(env, 'PATH');
  const found = await findClaude({ path, ...(claude.binary === undefined ? {} : { configured: claude.binary }) });
  if (found.kind === 'missing') return absent(found.why, found.hint);
  if (claude.user !== undefined) await checkUser(claude.user, { ...options, binary: found.binary });
  const preflight = await proveClaude(found.binary, {
    file: join(settings.stateDir, 'preflight.json'),
    ...(options.preflightMs === undefined ? {} : { timeoutMs: options.preflightMs }),
    ...(claude.user === undefined ? {} : { user: claude.user }),
  });
  if (!preflight.ok) return absent(preflight.why, preflight.hint);
  const model = claude.model ?? environmentValue(env, 'ANTHROPIC_MODEL') ?? DEFAULT_MODEL;
  const executor = await options.openExecutor?.(found.version);
  const engine = await createClaudeEngine({
    ...options,
    executor,
    binary: found.binary,
    version: found.version,
    upstream,
    model,
    folder: join(settings.stateDir, 'runs'),
    spendFile: join(settings.stateDir, 'spend.json'),
    dailyLimits: {
      requesterUsd: claude.requesterUsdPerDay ?? DEFAULT_REQUESTER_USD_PER_DAY,
      totalUsd: claude.usdPerDay ?? DEFAULT_USD_PER_DAY,
    },
    keepConversationHours: claude.keepConversationHours ?? DEFAULT_KEEP_CONVERSATION_HOURS,
    ...(claude.verify === true ? { verifyModel: claude.verifyModel ?? model } : {}),
    ...(claude.user === undefined ? {} : { user: claude.user }),
    maxTurns: claude.maxTurns ?? DEFAULT_MAX_TURNS,
    maxUsd: claude.maxUsd ?? DEFAULT_MAX_BUDGET_USD,
    ...(claude.contextDir === undefined ? {} : { contextDir: claude.contextDir }),
  }).catch(async (error: unknown) => {
    await executor?.close();
    throw error;
  });
  return { kind: 'ready', engine };
}

/** A user that was asked for is never left out in silence, whatever the engine. */
async function checkUser(
  user: RunUser,
  facts: { readonly settings: ProcessorSettings; readonly uid: number | undefined; readonly binary: string },
): Promise<void> {
  const { settings, uid, binary } = facts;
  const message = `cannot run Claude Code as user ${user.uid}`;
  if (uid !== 0) {
    throw new WarroomError('not-allowed', message, {
      why: 'only root can start a program as another user, and this processor does not run as root',
      hint: 'start the processor as root, or remove claude.user from the configuration',
    });
  }
  await openToGroup(settings.stateDir, user.gid);
  for (const path of [settings.stateDir, binary]) {
    if (await canExecute(path, user)) continue;
    throw new WarroomError('not-allowed', message, {
      why: `this user cannot ${path === binary ? 'execute' : 'enter'} ${path}`,
      hint: 'let it pass through every folder above, for example with  chmod o+x',
    });
  }
}

async function canExecute(path: string, { uid, gid }: RunUser): Promise<boolean> {
  return await new Promise((resolve) => {
    execFile('/usr/bin/test', ['-x', path], { uid, gid, cwd: '/', env: {}, timeout: 5000 }, (error) => {
      resolve(error === null);
    });
  });
}

function upstreamOf({ claude }: ProcessorSettings, env: Environment): ModelUpstream | undefined {
  const { apiKeyFile, baseUrl } = claude;
  return readModelUpstream(env, {
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(apiKeyFile === undefined ? {} : { credential: () => readKey(apiKeyFile) }),
  });
}

/** Read for every call, so that a rotated key is used at once. */
async function readKey(file: string): Promise<ModelCredential> {
  const value = await readSecretFile(file);
  if (value === undefined || value === '') {
    throw new WarroomError('authentication', `the API key file ${file} cannot be read`, {
      hint: 'check claude.apiKeyFile',
    });
  }
  return { kind: 'api-key', value };
}
