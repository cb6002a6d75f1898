import type { ToolDecision } from './decide-tool.ts';

/**
 * Stands in front of every prompt. A message that begins with `/` would be taken for a command of claude, and never
 * reach the model.
 */
const PROMPT_LEAD = 'This is the task. Answer it with the tool StructuredOutput.\n\n';

export function userMessage(text: string): unknown {
  const message = { role: 'user', content: PROMPT_LEAD + text };
  return { type: 'user', message, parent_tool_use_id: null, session_id: '' };
}

/** Ends the turn that runs, with its command; claude stays and takes another message. */
export function interruptMessage(requestId: string): unknown {
  return { type: 'control_request', request_id: requestId, request: { subtype: 'interrupt' } };
}

export function permissionAnswer(requestId: string, decision: ToolDecision): unknown {
  const response =
    decision.behavior === 'allow'
      ? { behavior: 'allow', updatedInput: { command: decision.command } }
      : { behavior: 'deny', message: decision.message, interrupt: false };
  return { type: 'control_response', response: { subtype: 'success', request_id: requestId, response } };
}

/** The answer to a question that we do not know. */
export function unknownRequestAnswer(requestId: string): unknown {
  const response = { subtype: 'error', request_id: requestId, error: 'not supported' };
  return { type: 'control_response', response };
}
