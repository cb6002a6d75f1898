import type { ModelAccess } from '../model-access.ts';
import { classifyFailure, isAnswer, type StopCause } from './classify.ts';
import type { ClaudeProcess, ClaudeProcessOptions, ProcessEnd } from './claude-process.ts';
import { decideTool, type DecideTool, type ToolDecision } from './decide-tool.ts';
import { interruptMessage, permissionAnswer, unknownRequestAnswer, userMessage } from './messages.ts';
import type { ClaudeOutcome, ClaudeProgress, RefusedTool, Shortened } from './outcome.ts';
import { createPartialText } from './partial-text.ts';
import { readStreamEvent, type RunResult, type StreamEvent } from './stream-event.ts';

/** Turns that the model has for its report once it was asked to stop working. */
const REPORT_TURNS = 3;
/** Time that claude has to end by itself after its last result. */
const EXIT_MS = 5000;

const REPORT_NOW =
  'Stop working: there is no time left. No further command will run. ' +
  'Write the report now with what you know, and name what you could not find out.';

const TOO_LATE: ToolDecision = { behavior: 'deny', message: REPORT_NOW };

export interface ClaudeRunOptions {
  readonly prompt: string;
  readonly sessionId: string;
  readonly access: ModelAccess;
  readonly decide: DecideTool;
  readonly decideTimeoutMs: number;
  readonly softDeadlineMs: number;
  readonly hardDeadlineMs: number;
  readonly onEvent: (event: ClaudeProgress) => void;
  readonly signal: AbortSignal | undefined;
  readonly start: (listener: Pick<ClaudeProcessOptions, 'onLine' | 'onFlood'>) => ClaudeProcess;
}

/**
 * One conversation with claude over its input and output.
 *
 * | state        | entered when                                  | leaves to                                         |
 * | ------------ | --------------------------------------------- | ------------------------------------------------- |
 * | working      | the prompt was sent                           | interrupting, reporting, ending                   |
 * | interrupting | the soft deadline has passed                  | reporting, when claude says that the turn ended   |
 * | reporting    | the turns or the time for work are used up    | ending                                            |
 * | ending       | there is a last result, or we end the run     | nowhere; the process ends by itself or by signals |
 */
export class ClaudeRun {
  readonly #options: ClaudeRunOptions;
  readonly #process: ClaudeProcess;
  readonly #isOver = new AbortController();
  /** Commands that were decided and have no result yet. */
  readonly #commands = new Set<string>();
  readonly #pending = new Map<string, AbortController>();
  readonly #messageIds = new Set<string>();
  readonly #refused = new Map<string, RefusedTool>();
  readonly #text = createPartialText();
  readonly #timers: NodeJS.Timeout[] = [];
  #state: 'working' | 'interrupting' | 'reporting' | 'ending' = 'working';
  #hasBegun = false;
  #result: RunResult | undefined;
  #cause: StopCause | undefined;
  #shortened: Shortened | undefined;
  #turnsAtReport = 0;
  #lastDecision: Promise<unknown> = Promise.resolve();
  #apiError: string | undefined;
  /** What a callback of the caller threw. */
  #bug: { readonly error: unknown } | undefined;

  constructor(options: ClaudeRunOptions) {
    this.#options = options;
    this.#process = options.start({
      onLine: (line) => {
        this.#receive(line);
      },
      onFlood: () => {
        this.#stop('flood');
      },
    });
  }

  /** Resolves when the process has ended; rejects only with what a callback threw. */
  async outcome(): Promise<ClaudeOutcome> {
    const { prompt, signal, softDeadlineMs, hardDeadlineMs } = this.#options;
    const onAbort = (): void => {
      this.#stop('aborted');
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    this.#after(softDeadlineMs, () => {
      this.#interrupt();
    });
    this.#after(hardDeadlineMs, () => {
      this.#stop('deadline');
    });
    this.#process.send(userMessage(prompt));
    const end = await this.#process.ended;
    for (const timer of this.#timers) clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    this.#isOver.abort();
    if (this.#bug !== undefined) throw this.#bug.error;
    return this.#conclude(end);
  }

  #after(ms: number, action: () => void): void {
    this.#timers.push(setTimeout(action, ms));
  }

  #receive(line: string): void {
    const event = readStreamEvent(line);
    if (event === undefined) return;
    try {
      this.#handle(event);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#bug ??= { error };
    this.#stop('aborted');
  }

  #handle(event: StreamEvent): void {
    switch (event.kind) {
      case 'init':
        if (!this.#hasBegun) this.#tell({ type: 'started', model: event.model, version: event.version });
        this.#hasBegun = true;
        return;
      case 'assistant':
        this.#heard(event);
        return;
      case 'tool-results':
        for (const result of event.results) {
          if (this.#commands.delete(result.toolUseId)) this.#tell({ type: 'command-ended', ...result });
        }
        return;
      case 'api-retry': {
        const { attempt, status, error } = event;
        this.#tell({ type: 'api-retry', attempt, ...(status === undefined ? {} : { status }) });
        // A wrong credential stays wrong: the retries of claude would take minutes.
        if (status === 401 || status === 403 || error === 'authentication_failed') this.#stop('authentication');
        return;
      }
      case 'permission':
        this.#answer(event).catch((error: unknown) => {
          this.#fail(error);
        });
        return;
      case 'control-request':
        this.#process.send(unknownRequestAnswer(event.requestId));
        return;
      case 'control-cancel':
        this.#pending.get(event.requestId)?.abort();
        return;
      case 'result':
        this.#turnEnded(event.result);
    }
  }

  #heard(event: Extract<StreamEvent, { kind: 'assistant' }>): void {
    this.#apiError = event.error;
    if (event.isSynthetic) return;
    this.#text.add(event.text);
    if (this.#messageIds.has(event.messageId)) return;
    this.#messageIds.add(event.messageId);
    this.#tell({ type: 'turn', turn: this.#messageIds.size, costUsd: this.#costUsd() ?? 0 });
    const isTalking = this.#messageIds.size - this.#turnsAtReport > REPORT_TURNS;
    if (this.#state === 'reporting' && isTalking) this.#stop('no-report');
  }

  #turnEnded(result: RunResult): void {
    // What comes while the process ends does not undo an answer.
    if (this.#state === 'ending' && isAnswer(this.#result)) return;
    this.#result = result;
    const isWorking = this.#state === 'working' || this.#state === 'interrupting';
    if (isWorking && result.subtype === 'error_max_turns') this.#askForReport('turns');
    else if (this.#state === 'interrupting' && result.isAborted) this.#askForReport('time');
    else this.#finish();
  }

  #interrupt(): void {
    if (this.#state !== 'working') return;
    this.#state = 'interrupting';
    this.#withdrawDecisions();
    this.#process.send(interruptMessage(`${this.#options.sessionId}-interrupt`));
  }

  #askForReport(reason: Shortened): void {
    this.#state = 'reporting';
    this.#shortened = reason;
    this.#turnsAtReport = this.#messageIds.size;
    this.#tell({ type: 'report-asked', reason });
    this.#process.send(userMessage(REPORT_NOW));
  }

  #finish(): void {
    if (this.#state === 'ending') return;
    this.#state = 'ending';
    this.#withdrawDecisions();
    this.#process.closeInput();
    this.#after(EXIT_MS, () => {
      this.#signal();
    });
  }

  #stop(cause: StopCause): void {
    this.#cause ??= cause;
    this.#finish();
    this.#signal();
  }

  #signal(): void {
    this.#process.stop((signal) => {
      this.#tell({ type: 'stopping', signal });
    });
  }

  /** Nobody waits for them any more: a command that is being run for one need not go on. */
  #withdrawDecisions(): void {
    for (const decision of this.#pending.values()) decision.abort();
  }

  async #answer(event: Extract<StreamEvent, { kind: 'permission' }>): Promise<void> {
    const { requestId, toolUseId, tool } = event;
    const command = typeof event.input['command'] === 'string' ? event.input['command'] : '';
    const withdrawn = new AbortController();
    this.#pending.set(requestId, withdrawn);
    const signal = AbortSignal.any([withdrawn.signal, this.#isOver.signal]);
    const wanted = await this.#inTurn(() => this.#decide({ toolUseId, tool, command, signal }));
    const decision = this.#state === 'working' ? wanted : TOO_LATE;
    this.#pending.delete(requestId);
    this.#commands.add(toolUseId);
    this.#process.send(permissionAnswer(requestId, decision));
    const reason = decision.behavior === 'deny' ? { reason: decision.message } : {};
    if (decision.behavior === 'deny') this.#refused.set(toolUseId, { toolUseId, tool, command, ...reason });
    const turn = this.#messageIds.size;
    this.#tell({ type: 'command', turn, toolUseId, command, decision: decision.behavior, ...reason });
  }

  /** Decisions come one after the other, also when claude asks for several at once. */
  async #inTurn(action: () => Promise<ToolDecision>): Promise<ToolDecision> {
    const decision = this.#lastDecision.then(action);
    this.#lastDecision = decision;
    return await decision;
  }

  async #decide(call: Parameters<DecideTool>[0]): Promise<ToolDecision> {
    if (call.tool !== 'Bash') return { behavior: 'deny', message: 'only the tool Bash can be used' };
    if (this.#state !== 'working') return TOO_LATE;
    return await decideTool(this.#options.decide, call, this.#options.decideTimeoutMs);
  }

  #tell(event: ClaudeProgress): void {
    this.#options.onEvent(event);
  }

  #costUsd(): number | undefined {
    const { access } = this.#options;
    return access.kind === 'broker' ? access.spentUsd() : this.#result?.costUsd;
  }

  #conclude(end: ProcessEnd): ClaudeOutcome {
    const { access, sessionId } = this.#options;
    const result = this.#result;
    const costUsd = this.#costUsd();
    const denied = new Map((result?.denied ?? []).map((tool): [string, RefusedTool] => [tool.toolUseId, tool]));
    const facts = { turns: this.#messageIds.size, deniedTools: [...new Map([...denied, ...this.#refused]).values()] };
    if (isAnswer(result)) {
      const shortened = this.#shortened === undefined ? {} : { shortened: this.#shortened };
      return {
        kind: 'answered',
        structured: result.structured,
        costUsd: costUsd ?? 0,
        sessionId,
        ...facts,
        ...shortened,
      };
    }
    const failure = classifyFailure({
      end,
      result,
      hasBegun: this.#hasBegun,
      cause: this.#cause,
      shortened: this.#shortened,
      refusal: access.kind === 'broker' ? access.refusal() : undefined,
      apiError: this.#apiError,
      stderr: this.#process.stderr(),
    });
    return {
      kind: 'failed',
      ...failure,
      partialText: this.#text.text(),
      ...facts,
      ...(costUsd === undefined ? {} : { costUsd }),
      ...(this.#hasBegun ? { sessionId } : {}),
    };
  }
}
