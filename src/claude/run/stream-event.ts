import { isRecord } from '../../schema/record.ts';
import {
  numberField,
  parseRecord,
  recordField,
  recordsField,
  textField,
  type JsonRecord,
} from '../../schema/json-fields.ts';

/** What claude says on its output, as far as a run needs it. */
export type StreamEvent =
  | { readonly kind: 'init'; readonly sessionId: string; readonly model: string; readonly version: string }
  | {
      readonly kind: 'assistant';
      readonly messageId: string;
      /** Written by claude itself, for example about a failure of the API, not by the model. */
      readonly isSynthetic: boolean;
      readonly error?: string;
      readonly text: string;
    }
  | { readonly kind: 'tool-results'; readonly results: readonly ToolEnd[] }
  | { readonly kind: 'api-retry'; readonly attempt: number; readonly status?: number; readonly error: string }
  /** May this tool run? */
  | {
      readonly kind: 'permission';
      readonly requestId: string;
      readonly toolUseId: string;
      readonly tool: string;
      readonly input: JsonRecord;
    }
  /** A question that we do not know. */
  | { readonly kind: 'control-request'; readonly requestId: string }
  /** The question is withdrawn. */
  | { readonly kind: 'control-cancel'; readonly requestId: string }
  | { readonly kind: 'result'; readonly result: RunResult };

export interface ToolEnd {
  readonly toolUseId: string;
  readonly isError: boolean;
}

/** The last word of a turn; its numbers count the whole process. */
export interface RunResult {
  readonly subtype: string;
  readonly isError: boolean;
  readonly text?: string;
  readonly errors: readonly string[];
  readonly turns: number;
  readonly costUsd?: number;
  readonly sessionId?: string;
  readonly stopReason?: string;
  /** The turn was cut off by an interrupt or a signal. */
  readonly isAborted: boolean;
  readonly apiStatus?: number;
  /** The answer by schema; always an object. */
  readonly structured?: JsonRecord;
  readonly denied: readonly DeniedTool[];
}

export interface DeniedTool {
  readonly toolUseId: string;
  readonly tool: string;
  readonly command?: string;
}

/** The event in one line of output; undefined for every kind that is unknown or not needed. */
export function readStreamEvent(line: string): StreamEvent | undefined {
  const event = parseRecord(line);
  switch (textField(event, 'type')) {
    case 'system':
      return readSystem(event);
    case 'assistant':
      return readAssistant(event);
    case 'user':
      return readUser(event);
    case 'result':
      return event === undefined ? undefined : { kind: 'result', result: readResult(event) };
    case 'control_request':
      return readControlRequest(event);
    case 'control_cancel_request':
      return { kind: 'control-cancel', requestId: textField(event, 'request_id') ?? '' };
    default:
      return undefined;
  }
}

function readSystem(event: JsonRecord | undefined): StreamEvent | undefined {
  const subtype = textField(event, 'subtype');
  if (subtype === 'init') {
    return {
      kind: 'init',
      sessionId: textField(event, 'session_id') ?? '',
      model: textField(event, 'model') ?? '',
      version: textField(event, 'claude_code_version') ?? '',
    };
  }
  if (subtype !== 'api_retry') return undefined;
  const status = numberField(event, 'error_status');
  return {
    kind: 'api-retry',
    attempt: numberField(event, 'attempt') ?? 0,
    ...(status === undefined ? {} : { status }),
    error: textField(event, 'error') ?? 'unknown',
  };
}

function readAssistant(event: JsonRecord | undefined): StreamEvent {
  const message = recordField(event, 'message');
  const error = textField(event, 'error');
  const texts = recordsField(message, 'content').map((block) => textField(block, 'text') ?? '');
  return {
    kind: 'assistant',
    messageId: textField(message, 'id') ?? '',
    isSynthetic: textField(message, 'model') === '<synthetic>',
    ...(error === undefined ? {} : { error }),
    text: texts.filter((text) => text !== '').join('\n'),
  };
}

function readUser(event: JsonRecord | undefined): StreamEvent {
  const blocks = recordsField(recordField(event, 'message'), 'content');
  const results = blocks
    .filter((block) => block['type'] === 'tool_result')
    .map((block) => ({ toolUseId: textField(block, 'tool_use_id') ?? '', isError: block['is_error'] === true }));
  return { kind: 'tool-results', results };
}

function readControlRequest(event: JsonRecord | undefined): StreamEvent {
  const requestId = textField(event, 'request_id') ?? '';
  const request = recordField(event, 'request');
  if (textField(request, 'subtype') !== 'can_use_tool') return { kind: 'control-request', requestId };
  return {
    kind: 'permission',
    requestId,
    toolUseId: textField(request, 'tool_use_id') ?? '',
    tool: textField(request, 'tool_name') ?? '',
    input: recordField(request, 'input') ?? {},
  };
}

function readResult(event: JsonRecord): RunResult {
  const subtype = textField(event, 'subtype') ?? '';
  const terminalReason = textField(event, 'terminal_reason') ?? '';
  const text = textField(event, 'result');
  const costUsd = numberField(event, 'total_cost_usd');
  const sessionId = textField(event, 'session_id');
  const stopReason = textField(event, 'stop_reason');
  const apiStatus = numberField(event, 'api_error_status');
  const errors: unknown = event['errors'];
  return {
    subtype,
    // An interrupted wait for the model can look like a success but for its reason.
    isAborted: subtype === 'error_during_execution' || terminalReason.startsWith('aborted'),
    // What does not say that it went well did not.
    isError: event['is_error'] !== false,
    ...(text === undefined ? {} : { text }),
    errors: Array.isArray(errors) ? errors.filter((error) => typeof error === 'string') : [],
    turns: numberField(event, 'num_turns') ?? 0,
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(stopReason === undefined ? {} : { stopReason }),
    ...(apiStatus === undefined ? {} : { apiStatus }),
    ...(isRecord(event['structured_output']) ? { structured: event['structured_output'] } : {}),
    denied: recordsField(event, 'permission_denials').map(readDenial),
  };
}

function readDenial(denial: JsonRecord): DeniedTool {
  const command = textField(recordField(denial, 'tool_input'), 'command');
  return {
    toolUseId: textField(denial, 'tool_use_id') ?? '',
    tool: textField(denial, 'tool_name') ?? '',
    ...(command === undefined ? {} : { command }),
  };
}
