import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  formatMessage,
  formatMessageEvents,
  type Message,
  type MessageBlock,
} from '../../src/claude/message-stream.ts';

export type Usage = Partial<Message['usage']>;

/** What the scripted API does with one request. */
export type ModelAnswer =
  | {
      readonly kind: 'message';
      readonly content: readonly MessageBlock[];
      readonly usage?: Usage;
      readonly stopReason?: string;
      /** Model that the answer names; that of the request by default. */
      readonly model?: string;
      /** Resolves before the events after the first one are sent. */
      readonly holdAfterFirst?: Promise<unknown>;
    }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection stays open without an answer until the client goes away. */
  | { readonly kind: 'hang' }
  /** The connection ends: at once, or after the first events of a message. */
  | { readonly kind: 'drop'; readonly after: 'request' | 'start' }
  /** Status 200 with something that is no message. */
  | { readonly kind: 'garbage'; readonly body?: string };

/** One answer, or a function that looks at the request first, for example at the results of its tools. */
export type ScriptStep = ModelAnswer | ((request: ModelRequest) => ModelAnswer | Promise<ModelAnswer>);

export interface ModelRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  readonly model: string;
  readonly isStream: boolean;
  /** Results of tools in the last message. */
  readonly toolResults: readonly ToolResult[];
  /** Whether the client waits for the answer, or for the rest of it. */
  isOpen(): boolean;
}

export interface ToolResult {
  readonly id: string;
  readonly text: string;
  readonly isError: boolean;
}

export interface ScriptedModelApi {
  readonly url: string;
  /** Everything that came in, in order of arrival. */
  readonly requests: readonly ModelRequest[];
  /** Requests of the main loop; each takes one step of the script. */
  readonly turns: readonly ModelRequest[];
  close(): Promise<void>;
}

/** A Messages API on loopback that answers by script; every session has the whole script for itself. */
export async function startScriptedModelApi(script: readonly ScriptStep[]): Promise<ScriptedModelApi> {
  const requests: ModelRequest[] = [];
  const turns: ModelRequest[] = [];
  const cursors = new Map<string, number>();

  /** What comes next for this request. */
  async function choose(request: ModelRequest): Promise<ModelAnswer> {
    if (request.method === 'HEAD') return status(200);
    if (request.path.startsWith('/v1/messages/count_tokens')) return status(200, {}, '{"input_tokens":10}');
    if (!request.path.startsWith('/v1/messages')) return status(404);
    // Requests without tools are made on the side, for example for a title.
    if (!hasTools(request)) return say('ok');
    turns.push(request);
    const session = request.headers['x-claude-code-session-id'] ?? '';
    const position = cursors.get(session) ?? 0;
    cursors.set(session, position + 1);
    const step =
      script[position] ?? status(400, {}, JSON.stringify(apiError('invalid_request_error', 'script is over')));
    return typeof step === 'function' ? await step(request) : step;
  }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming, response);
    requests.push(request);
    await send(await choose(request), { request, response, id: `msg_${requests.length}` });
  }

  const server = createServer((incoming, response) => {
    response.on('error', () => undefined);
    answer(incoming, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the scripted API has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    turns,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Text, and the end of the turn. */
export function say(text: string, usage?: Usage): ModelAnswer {
  return { kind: 'message', content: [{ type: 'text', text }], ...(usage === undefined ? {} : { usage }) };
}

/** Calls of Bash in one message. */
export function bash(...commands: readonly string[]): ModelAnswer {
  return { kind: 'message', content: commands.map((command) => toolUse('Bash', { command, description: 'look' })) };
}

/** A call of any tool. */
export function callTool(name: string, input: unknown, usage?: Usage): ModelAnswer {
  return { kind: 'message', content: [toolUse(name, input)], ...(usage === undefined ? {} : { usage }) };
}

/** The answer by schema. */
export function structured(input: unknown, usage?: Usage): ModelAnswer {
  return callTool('StructuredOutput', input, usage);
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}, body?: string): ModelAnswer {
  return { kind: 'status', status: code, headers, ...(body === undefined ? {} : { body }) };
}

let toolUses = 0;

function toolUse(name: string, input: unknown): MessageBlock {
  toolUses += 1;
  return { type: 'tool_use', id: `toolu_${String(toolUses).padStart(6, '0')}`, name, input };
}

interface Sending {
  readonly request: ModelRequest;
  readonly response: ServerResponse;
  readonly id: string;
}

async function send(answer: ModelAnswer, sending: Sending): Promise<void> {
  const { request, response, id } = sending;
  switch (answer.kind) {
    case 'message':
      await sendMessage(answer, sending);
      return;
    case 'status': {
      const type = ERROR_TYPES[answer.status] ?? 'api_error';
      const body = answer.body ?? JSON.stringify(apiError(type, `scripted ${answer.status}`));
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(body);
      return;
    }
    case 'hang':
      return;
    case 'drop': {
      if (answer.after === 'request') {
        response.destroy();
        return;
      }
      const message = toMessage(
        { kind: 'message', content: [{ type: 'text', text: 'cut off here' }] },
        id,
        request.model,
      );
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const beginning = formatMessageEvents(message).slice(0, 3).join('');
      response.write(beginning, () => response.destroy());
      return;
    }
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer.body ?? '<html>not a message</html>');
  }
}

async function sendMessage(answer: Extract<ModelAnswer, { kind: 'message' }>, sending: Sending): Promise<void> {
  const { request, response, id } = sending;
  const message = toMessage(answer, id, request.model);
  if (!request.isStream) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(formatMessage(message));
    return;
  }
  const [first = '', ...rest] = formatMessageEvents(message);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': `req_${id}` });
  response.write(first);
  await answer.holdAfterFirst;
  response.end(rest.join(''));
}

function toMessage(answer: Extract<ModelAnswer, { kind: 'message' }>, id: string, model: string): Message {
  const calls = answer.content.some((block) => block.type === 'tool_use');
  return {
    id,
    model: answer.model ?? model,
    content: answer.content,
    stopReason: answer.stopReason ?? (calls ? 'tool_use' : 'end_turn'),
    usage: {
      input_tokens: 100,
      output_tokens: 10,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      ...answer.usage,
    },
  };
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

function apiError(type: string, message: string): unknown {
  return { type: 'error', error: { type, message } };
}

async function readRequest(incoming: IncomingMessage, response: ServerResponse): Promise<ModelRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  const parsed = parseJson(body);
  const model = field(parsed, 'model');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()] as const);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: Object.fromEntries(headers),
    body,
    model: typeof model === 'string' ? model : '',
    isStream: field(parsed, 'stream') === true,
    toolResults: readToolResults(parsed),
    isOpen: () => !response.writableEnded && !response.destroyed,
  };
}

function hasTools(request: ModelRequest): boolean {
  const tools = field(parseJson(request.body), 'tools');
  return Array.isArray(tools) && tools.length > 0;
}

function readToolResults(body: unknown): readonly ToolResult[] {
  const content = field(list(field(body, 'messages')).at(-1), 'content');
  return list(content)
    .filter((block) => field(block, 'type') === 'tool_result')
    .map((block) => ({
      id: String(field(block, 'tool_use_id')),
      text: readText(field(block, 'content')),
      isError: field(block, 'is_error') === true,
    }));
}

function readText(content: unknown): string {
  if (typeof content === 'string') return content;
  return list(content)
    .map((block) => field(block, 'text'))
    .filter((text) => typeof text === 'string')
    .join('\n');
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
