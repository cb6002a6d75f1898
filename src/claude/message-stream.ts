/** A content block of a scripted answer. */
export type MessageBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown };

/** What the Messages API says about tokens. */
export interface MessageUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation?: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number };
}

export interface Message {
  readonly id: string;
  readonly model: string;
  readonly content: readonly MessageBlock[];
  readonly stopReason: string;
  readonly usage: MessageUsage;
}

/** The answer of the Messages API to a request without `stream`. */
export function formatMessage(message: Message): string {
  const { id, model, content, stopReason, usage } = message;
  const envelope = { id, type: 'message', role: 'assistant', model, content, stop_reason: stopReason, usage };
  return JSON.stringify({ ...envelope, stop_sequence: null });
}

/** The same as server-sent events, one text per event, in the order in which the Messages API sends them. */
export function formatMessageEvents(message: Message): readonly string[] {
  const { id, model, content, stopReason, usage } = message;
  const start = {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 1 },
  };
  return [
    formatEvent('message_start', { message: start }),
    ...content.flatMap((block, index) => formatBlock(block, index)),
    formatEvent('message_delta', {
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { output_tokens: usage.output_tokens },
    }),
    formatEvent('message_stop', {}),
  ];
}

function formatBlock(block: MessageBlock, index: number): readonly string[] {
  const isText = block.type === 'text';
  const empty = isText ? { type: 'text', text: '' } : { ...block, input: {} };
  const delta = isText
    ? { type: 'text_delta', text: block.text }
    : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) };
  return [
    formatEvent('content_block_start', { index, content_block: empty }),
    formatEvent('content_block_delta', { index, delta }),
    formatEvent('content_block_stop', { index }),
  ];
}

function formatEvent(type: string, fields: Readonly<Record<string, unknown>>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
