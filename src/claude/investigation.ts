import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evidenceFile, type Evidence } from '../domain/evidence.ts';
import type { Family } from '../command-policy/tool.ts';
import { decideCommand } from '../command-policy/decide-command.ts';
import { usagesOf } from '../command-policy/policy.ts';
import type { AgentExecutor, AgentPlace } from '../executor/executor.ts';
import type { Clock } from '../lib/clock.ts';
import { randomHex, type RandomBytes } from '../lib/random-text.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import { composePrompt } from './answer/compose-prompt.ts';
import { answerSchema } from './answer/draft-07.ts';
import { loadSiteContext, type SiteContextFile } from './answer/load-site-context.ts';
import { mergeDraft } from './answer/merge-draft.ts';
import { composeSystemPrompt } from './answer/system-prompt.ts';
import { validateDraft } from './answer/validate-draft.ts';
import type { RunUsage } from './broker/run-account.ts';
import type { BrokerRun } from './broker/start-model-broker.ts';
import { createAgentCommands, type AgentCommandRecord } from './commands/agent-commands.ts';
import { writeExecShim } from './commands/exec-shim.ts';
import type { ModelAccess } from './model-access.ts';
import type { ClaudeOutcome, ClaudeProgress } from './run/outcome.ts';
import type { RunUser } from './run/run-folder.ts';
import { runClaude, type RunClaudeOptions } from './run-claude.ts';
import type { KeptConversation, RunPlace } from './run-places.ts';
import { lookAgain } from './second-look.ts';
import type { ClaudeTask, ClaudeWork, ClaudeResult } from './claude-task.ts';

/** The model is asked for its report when this share of the time is over. */
const SOFT_DEADLINE = 0.8;
const COMMAND_TIMEOUT_MS = 30_000;
const COMMAND_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  KUBECACHEDIR: '/dev/null',
};

export interface InvestigationOptions {
  readonly binary: string;
  readonly model: string;
  readonly maxTurns: number;
  readonly maxUsd: number;
  /** Model of the second look; no second look when absent. */
  readonly verifyModel?: string;
  /** User that claude runs as; needs a processor that runs as root. */
  readonly user?: RunUser;
  /** Folder with site knowledge in the zone. */
  readonly contextDir?: string;
  /** Where claude runs; as a child of this process when absent. */
  readonly executor?: AgentExecutor | undefined;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export interface InvestigationRun {
  readonly result: ClaudeResult;
  /** What can be gone on with; absent when nothing is to be kept. */
  readonly kept?: KeptConversation;
  /** The conversation that was to be gone on with is not there: nothing was asked. */
  readonly isLost: boolean;
}

export interface RunMeans {
  readonly place: RunPlace;
  /** Whether the conversation can be kept. */
  readonly keeps: boolean;
  readonly access: ModelAccess;
  readonly run: BrokerRun | undefined;
  readonly budgetUsd: number;
}

/** Asks claude once, or twice when there is a second look, in a folder that is ready. */
export async function runInvestigation(
  options: InvestigationOptions,
  task: ClaudeTask,
  means: RunMeans,
): Promise<InvestigationRun> {
  const { id, remainingMs, signal } = task;
  const askedMs = options.clock.monotonicMs();
  const agent = await options.executor?.open({
    ...{ id, limitMs: remainingMs, signal },
    onWait: (why) => {
      task.onProgress({ type: 'waiting', why }, means.run?.usage().usd ?? 0);
    },
  });
  // Waiting for its turn is part of the time that it has.
  const left = Math.max(0, remainingMs - (options.clock.monotonicMs() - askedMs));
  let commands = 0;
  try {
    const ran = await investigateIn(agent, options, { task: { ...task, remainingMs: left }, means });
    commands = ran.result.commands.length;
    return ran;
  } finally {
    await agent?.close({ commands, wasStopped: signal.aborted });
  }
}

async function investigateIn(
  agent: AgentPlace | undefined,
  options: InvestigationOptions,
  { task, means }: { readonly task: ClaudeTask; readonly means: RunMeans },
): Promise<InvestigationRun> {
  const { redaction, request, evidence } = task;
  const { place, access, run, budgetUsd } = means;
  const { user, clock } = options;
  const startedMs = clock.monotonicMs();
  const folders = await layOut(place.folder, { evidence, user });

  const found: Evidence[] = [];
  const records: AgentCommandRecord[] = [];
  const allowedTools = request.spec.investigation.allowedTools;
  const commands = createAgentCommands({
    evidenceDir: folders.files,
    execDir: folders.outputs,
    deliver:
      agent === undefined
        ? undefined
        : (output) => {
            agent.deliver(output);
          },
    redaction,
    clock,
    random: options.random,
    nextEvidence: task.nextEvidence,
    ...(allowedTools === undefined ? {} : { allowedTools }),
    environment: { ...COMMAND_ENVIRONMENT, ...task.commandEnvironment },
    timeoutMs: COMMAND_TIMEOUT_MS,
    onEvidence: (item, record) => {
      if (item !== undefined) found.push(item);
      records.push(record);
      task.onCommand?.({ kind: 'ended', record });
    },
    onStart: (command) => task.onCommand?.({ kind: 'started', command }),
    ...(task.isPaused === undefined ? {} : { isPaused: task.isPaused }),
  });
  const maxTurns = Math.min(request.spec.investigation.budget?.turns ?? options.maxTurns, options.maxTurns);
  const siteContext = await siteContextOf(options, redaction);
  const countedBefore = place.conversation?.costUsd ?? 0;
  const tell = (event: ClaudeProgress): void => {
    task.onProgress(event, run?.usage().usd ?? 0);
  };
  const claude = {
    binary: options.binary,
    access,
    shimFolder: folders.shims,
    signal: task.signal,
    place: agent,
    ...(user === undefined ? {} : { user }),
  };
  const outcome = await runClaude({
    ...claude,
    folder: folders.agent,
    model: options.model,
    maxTurns,
    // Behind the broker it is only a second lock; without one it is the only one.
    maxBudgetUsd: countedBefore + (run === undefined ? budgetUsd : options.maxUsd),
    schema: answerSchema('ReportDraft'),
    systemPrompt: composeSystemPrompt({
      cluster: task.cluster,
      commands: usagesOf(allowedTools),
      limits: { turns: maxTurns, minutes: Math.max(1, Math.round(task.remainingMs / 60_000)) },
    }),
    prompt: await promptOf(options, task, { siteContext, isResumed: place.conversation !== undefined }),
    softDeadlineMs: task.remainingMs * SOFT_DEADLINE,
    hardDeadlineMs: task.remainingMs,
    decideTimeoutMs: COMMAND_TIMEOUT_MS + 10_000,
    decide: async ({ toolUseId, command, signal }) => {
      const answer = await commands.answer({ toolUseId, command }, signal);
      return answer.kind === 'allow'
        ? { behavior: 'allow', command: answer.updatedCommand }
        : { behavior: 'deny', message: answer.message };
    },
    onEvent: tell,
    ...conversationOf(place, means.keeps),
  });
  const work: ClaudeWork = {
    evidence: found,
    commands: records,
    usd: Math.max(0, (outcome.costUsd ?? 0) - countedBefore),
    turns: outcome.turns,
    siteContext: siteContext.map(({ name, sha256 }) => ({ name, sha256 })),
    conversation: place.conversation === undefined ? 'new' : 'resumed',
  };
  const counted = (result: ClaudeResult): ClaudeResult => ({ ...result, ...usageOf(run?.usage()) });
  const drafted = await conclude(task, outcome, { work, files: folders.files, allowedTools });
  if (drafted.kind === 'failed') return { result: counted(drafted), isLost: isLost(place, outcome, task.signal) };
  const kept =
    outcome.kind === 'answered' && means.keeps
      ? { kept: { sessionId: outcome.sessionId, costUsd: outcome.costUsd } }
      : {};
  if (options.verifyModel === undefined) return { result: counted(drafted), isLost: false, ...kept };
  const look = await lookAgain(drafted.merged, {
    evidence: [...evidence, ...found],
    cluster: task.cluster,
    redaction,
    nonce: randomHex(8, options.random),
    remainingMs: task.remainingMs - (clock.monotonicMs() - startedMs),
    folder: place.folder,
    claude: {
      ...claude,
      model: options.verifyModel,
      maxBudgetUsd: run === undefined ? Math.max(0.01, budgetUsd - work.usd) : options.maxUsd,
      onEvent: (event) => {
        tell(event.type === 'turn' ? { ...event, turn: outcome.turns + event.turn } : event);
      },
    },
  });
  const { turns, usd } = { turns: work.turns + look.turns, usd: work.usd + look.costUsd };
  return {
    result: counted({ ...drafted, merged: look.merged, turns, usd, isVerified: look.isDone }),
    isLost: false,
    ...kept,
  };
}

interface RunLayout {
  /** Belongs to claude, and to its user. */
  readonly agent: string;
  /** Evidence; only the processor reads it. */
  readonly files: string;
  readonly outputs: string;
  readonly shims: string;
}

/** Makes the folders of a run. What an earlier run of the same conversation left beside the agent's own is removed. */
async function layOut(
  folder: string,
  { evidence, user }: { readonly evidence: readonly Evidence[]; readonly user: RunUser | undefined },
): Promise<RunLayout> {
  const [agent, files] = [join(folder, 'agent'), join(folder, 'files')];
  const [outputs, shims] = [join(folder, 'outputs'), join(folder, 'shims')];
  for (const old of [files, outputs, shims]) await rm(old, { recursive: true, force: true });
  for (const made of [agent, join(files, 'evidence'), outputs]) await mkdir(made, { recursive: true, mode: 0o700 });
  await mkdir(shims, { mode: 0o755 });
  // The agent takes its outputs away when it has read them, so the folder is its own.
  if (user !== undefined) await chown(outputs, user.uid, user.gid);
  for (const item of evidence) await writeFile(join(files, evidenceFile(item)), item.text, { mode: 0o600 });
  await writeExecShim({ folder: shims, execDir: outputs });
  return { agent, files, outputs, shims };
}

function conversationOf({ conversation }: RunPlace, keeps: boolean): Pick<RunClaudeOptions, 'conversation'> {
  if (conversation !== undefined) return { conversation: { kind: 'resume', sessionId: conversation.sessionId } };
  return keeps ? { conversation: { kind: 'keep' } } : {};
}

/** Claude does not know the conversation: it ended before the first call of the model. */
function isLost({ conversation }: RunPlace, outcome: ClaudeOutcome, signal: AbortSignal): boolean {
  if (conversation === undefined || outcome.kind !== 'failed' || signal.aborted) return false;
  return outcome.code === 'not-started' && outcome.turns === 0;
}

async function siteContextOf(
  { contextDir }: InvestigationOptions,
  redaction: Redaction,
): Promise<readonly SiteContextFile[]> {
  const files: SiteContextFile[] = [];
  for (const file of contextDir === undefined ? [] : await loadSiteContext(contextDir)) {
    files.push({ ...file, text: await redaction.redact(file.text) });
  }
  return files;
}

/** Ids and marks of an earlier turn mean something else now. */
const GOES_ON =
  'This is a new question in the same investigation. Time has passed, so look again before you rely on what you saw. ' +
  'Evidence ids, finding ids, files and redaction marks begin anew: cite only evidence that this message and your commands from now on name.';

/** Everything in it was redacted piece by piece; the whole is redacted once more, because joining can complete a secret. */
async function promptOf(
  options: InvestigationOptions,
  task: ClaudeTask,
  facts: { readonly siteContext: readonly SiteContextFile[]; readonly isResumed: boolean },
): Promise<string> {
  const { redaction } = task;
  const { text } = composePrompt(
    {
      request: await redaction.redactValue(task.request),
      cluster: task.cluster,
      strategy: task.strategy,
      judgement: task.judgement,
      hypotheses: task.hypotheses,
      evidence: task.evidence,
      siteContext: facts.siteContext,
      ...(task.earlier === undefined ? {} : { earlier: await redaction.redactValue(task.earlier) }),
      now: options.clock.now(),
    },
    { nonce: randomHex(8, options.random) },
  );
  return await redaction.redact(facts.isResumed ? `${GOES_ON}\n\n${text}` : text);
}

/** What the broker counted, which is more than claude itself knows. */
function usageOf(usage: RunUsage | undefined): Partial<Pick<ClaudeWork, 'usd' | 'inputTokens' | 'outputTokens'>> {
  if (usage === undefined) return {};
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, output } = usage.tokens;
  return { usd: usage.usd, inputTokens: input + cacheRead + cacheWrite5m + cacheWrite1h, outputTokens: output };
}

async function conclude(
  task: ClaudeTask,
  outcome: ClaudeOutcome,
  facts: { readonly work: ClaudeWork; readonly files: string; readonly allowedTools: readonly Family[] | undefined },
): Promise<ClaudeResult> {
  const { work, files, allowedTools } = facts;
  if (outcome.kind === 'failed') {
    return { kind: 'failed', code: outcome.code, message: await task.redaction.redact(outcome.message), ...work };
  }
  const validated = validateDraft(outcome.structured);
  if (validated.kind === 'invalid') {
    const message = await task.redaction.redact(validated.problems.slice(0, 3).join('; '));
    return { kind: 'failed', code: 'invalid-answer', message, ...work };
  }
  const merged = mergeDraft({
    draft: await task.redaction.redactValue(validated.answer),
    base: { judgement: task.judgement, hypotheses: task.hypotheses },
    evidence: [...task.evidence, ...work.evidence],
    denied: work.commands.filter(({ decision }) => decision === 'denied').map(({ command }) => command),
    isReadOnly: (command) =>
      decideCommand(command, { evidenceDir: files, ...(allowedTools === undefined ? {} : { allowedTools }) }).kind ===
      'allowed',
  });
  return { kind: 'answered', merged, ...work };
}
