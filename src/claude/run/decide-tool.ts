/** A command that the agent wants to run. */
export interface ToolCall {
  readonly toolUseId: string;
  readonly tool: string;
  readonly command: string;
  /** Aborted when nobody waits for the decision any more. */
  readonly signal: AbortSignal;
}

export type ToolDecision =
  /** Runs `command` in place of what was asked for; all other input of the call is dropped. */
  | { readonly behavior: 'allow'; readonly command: string }
  /** `message` is shown to the model: say what would be allowed instead. */
  | { readonly behavior: 'deny'; readonly message: string };

export type DecideTool = (call: ToolCall) => Promise<ToolDecision>;

/** The decision of the caller; a failure and a decision that takes too long are denials. Never rejects. */
export async function decideTool(decide: DecideTool, call: ToolCall, timeoutMs: number): Promise<ToolDecision> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([call.signal, timeout]);
  const gaveUp = new Promise<ToolDecision>((resolve) => {
    const give = (): void => {
      resolve({ behavior: 'deny', message: 'no decision was made in time; this command did not run' });
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  try {
    return await Promise.race([decide({ ...call, signal }), gaveUp]);
  } catch {
    return { behavior: 'deny', message: 'the decision about this command failed; it did not run' };
  }
}
