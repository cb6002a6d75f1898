import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decideCommand, type CommandPlan } from '../../command-policy/decide-command.ts';
import type { Family } from '../../command-policy/tool.ts';
import { isWarroomError } from '../../domain/errors.ts';
import { evidenceFile, type Evidence, type StepStatus } from '../../domain/evidence.ts';
import type { RedactedText } from '../../domain/redacted-text.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomHex, systemRandom, type RandomBytes } from '../../lib/random-text.ts';
import type { HeldOutput } from '../../executor/executor.ts';
import { cut } from '../../playbook/template.ts';
import type { Redaction } from '../../redaction/create-redaction.ts';
import { EXEC_COMMAND } from './exec-shim.ts';
import { recordOutput } from './record-output.ts';
import { renderAnswer } from './render-answer.ts';
import { runPlan, type PlanResult } from './run-plan.ts';

/** One command that the agent wanted, for the audit log. */
export interface AgentCommandRecord {
  readonly toolUseId: string;
  /** Shell text as the agent wrote it. */
  readonly command: RedactedText;
  /** What ran: the words of all commands with the connectors between them; empty when nothing did. */
  readonly argv: readonly RedactedText[];
  readonly decision: 'allowed' | 'denied';
  readonly reason: RedactedText;
  readonly startedAt: Date;
  readonly ms: number;
  readonly exit?: number;
  readonly status: StepStatus;
  /** Bytes that were recorded. */
  readonly bytes: number;
  readonly evidence?: string;
}

export interface AgentCommandsOptions {
  /** Absolute. Commands start here, and text commands read only here; each recorded output becomes a file of it. */
  readonly evidenceDir: string;
  /** Where answers wait for `warroom-exec`. */
  readonly execDir: string;
  /** Takes answers to a `warroom-exec` elsewhere; `execDir` stays empty then. */
  readonly deliver?: ((output: HeldOutput) => void) | undefined;
  readonly redaction: Pick<Redaction, 'redact'>;
  readonly clock: Clock;
  readonly nextEvidence: () => string;
  /** Families that the request allows; all when absent. */
  readonly allowedTools?: readonly Family[];
  /** The whole environment of the commands. */
  readonly environment: Readonly<Record<string, string>>;
  /** For one call of the agent. */
  readonly timeoutMs: number;
  /** Called once for every call of the agent; without evidence when nothing was recorded. */
  readonly onEvidence: (evidence: Evidence | undefined, record: AgentCommandRecord) => void;
  /** Called when a command was allowed and begins. */
  readonly onStart?: (command: RedactedText) => void;
  /** Nothing is started while it says yes. */
  readonly isPaused?: () => boolean;
  readonly random?: RandomBytes;
}

export interface AgentCommand {
  readonly toolUseId: string;
  readonly command: string;
}

export type CommandAnswer =
  /** The agent's shell runs this in place of what it wanted, and sees the recorded output. */
  { readonly kind: 'allow'; readonly updatedCommand: string } | { readonly kind: 'deny'; readonly message: string };

export interface AgentCommands {
  /** Decides about a command and, when it is allowed, runs it here before answering. */
  answer(command: AgentCommand, signal: AbortSignal): Promise<CommandAnswer>;
}

const STEP = 'agent';
const TOKEN_BYTES = 16;
/** Limits of an audit line and of the evidence table (schemas). */
const MAX_COMMAND = 8000;
const MAX_WORD = 4000;
const MAX_REASON = 500;
const MAX_TITLE = 120;
/** A longer command is denied anyway; so much of it is looked at for the log. */
const MAX_LOGGED = 64 * 1024;

/** Answers every Bash call of the agent: only what was decided runs, here, and only redacted text reaches the model. */
export function createAgentCommands(options: AgentCommandsOptions): AgentCommands {
  const { evidenceDir, execDir, redaction, clock, environment, timeoutMs, random = systemRandom } = options;

  async function answer({ toolUseId, command }: AgentCommand, signal: AbortSignal): Promise<CommandAnswer> {
    const wanted: Wanted = {
      toolUseId: /^[\w-]{1,100}$/u.test(toolUseId) ? toolUseId : 'invalid',
      // The whole text first: a word alone may not show that it is a secret.
      command: await safe(command === '' ? '(empty)' : command.slice(0, MAX_LOGGED), MAX_COMMAND),
      startedAt: clock.now(),
    };
    if (options.isPaused?.() === true)
      return await deny(wanted, 'the processor is paused; nothing runs until it resumes');
    const { allowedTools } = options;
    const decision = decideCommand(command, { evidenceDir, ...(allowedTools === undefined ? {} : { allowedTools }) });
    if (decision.kind === 'denied') return await deny(wanted, decision.reason);

    const { plan, families } = decision;
    options.onStart?.(wanted.command);
    const result = await runPlan(plan, { environment, cwd: evidenceDir, timeoutMs, signal });
    const ran: Ran = { ...wanted, plan, result, reason: `read-only commands: ${families.join(', ')}` };
    const evidence = await record(ran);
    if (evidence === undefined) {
      return { kind: 'deny', message: 'the output could not be made safe to show; ask for less of it' };
    }
    if (signal.aborted) return { kind: 'deny', message: 'the investigation is being stopped' };
    return { kind: 'allow', updatedCommand: await hold(evidence, result.exit) };
  }

  async function deny(wanted: Wanted, reason: string): Promise<CommandAnswer> {
    const said = await safe(reason, MAX_REASON);
    options.onEvidence(undefined, {
      ...wanted,
      argv: [],
      decision: 'denied',
      reason: said,
      ms: 0,
      status: 'denied',
      bytes: 0,
    });
    return { kind: 'deny', message: said };
  }

  /** Stores what is left of the output without secrets; undefined when nothing of it may be kept. */
  async function record(ran: Ran): Promise<Evidence | undefined> {
    const { result, startedAt, plan, command, toolUseId } = ran;
    const argv: RedactedText[] = [];
    for (const word of wordsOf(plan)) argv.push(await safe(word, MAX_WORD));
    const ms = Math.round(result.ms);
    const entry = { toolUseId, command, argv, decision: 'allowed', startedAt, ms, exit: result.exit } as const;
    let recorded: Awaited<ReturnType<typeof recordOutput>>;
    try {
      recorded = await recordOutput(result, redaction);
    } catch (error) {
      if (!isWarroomError(error, 'redaction')) throw error;
      const reason = await redaction.redact(
        'allowed, but the output could not be made safe, so nothing of it was kept',
      );
      options.onEvidence(undefined, { ...entry, reason, status: 'failed', bytes: 0 });
      return undefined;
    }
    const evidence: Evidence = {
      id: options.nextEvidence(),
      step: STEP,
      title: await safe(command.replace(/\s+/gu, ' ').trim(), MAX_TITLE),
      source: 'agent',
      argv,
      status: result.status,
      exit: result.exit,
      startedAt,
      ms,
      ...recorded,
    };
    // Where the evidence of the playbook lies too, so that one path holds for both.
    const file = join(evidenceDir, evidenceFile(evidence));
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, evidence.text, { flag: 'wx', mode: 0o600 });
    const reason = await safe(ran.reason, MAX_REASON);
    const bytes = Buffer.byteLength(evidence.text);
    options.onEvidence(evidence, { ...entry, reason, status: result.status, bytes, evidence: evidence.id });
    return evidence;
  }

  /** Lays the answer down for the agent's shell and gives the command that fetches it. */
  async function hold(evidence: Evidence, exit: number): Promise<string> {
    const token = randomHex(TOKEN_BYTES, random);
    const text = renderAnswer(evidence, evidenceFile(evidence));
    if (options.deliver !== undefined) {
      options.deliver({ token, exit, text });
      return `${EXEC_COMMAND} ${token}`;
    }
    // The agent may be another user; what it reads here was made for it.
    const mode = { flag: 'wx', mode: 0o644 };
    await Promise.all([
      writeFile(join(execDir, `${token}.exit`), `${exit}\n`, mode),
      writeFile(join(execDir, `${token}.out`), text, mode),
    ]);
    return `${EXEC_COMMAND} ${token}`;
  }

  /** Without secrets, and within the limit of its place. */
  async function safe(text: string, maxCharacters: number): Promise<RedactedText> {
    const redacted = await redaction.redact(text);
    return redacted.length <= maxCharacters ? redacted : await redaction.redact(cut(redacted, maxCharacters));
  }

  return { answer };
}

interface Wanted {
  readonly toolUseId: string;
  readonly command: RedactedText;
  readonly startedAt: Date;
}

interface Ran extends Wanted {
  readonly plan: CommandPlan;
  readonly result: PlanResult;
  readonly reason: string;
}

const CONNECTORS = { first: [], and: ['&&'], or: ['||'], then: [';'] } as const;

function wordsOf(plan: CommandPlan): readonly string[] {
  return plan.flatMap(({ connector, pipeline }) => [
    ...CONNECTORS[connector],
    ...pipeline.flatMap(({ argv }, index) => (index === 0 ? argv : ['|', ...argv])),
  ]);
}
