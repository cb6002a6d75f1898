import { recordField, recordsField, textField, type JsonRecord } from '../../schema/json-fields.ts';

/**
 * Why a call may not be forwarded; undefined when it may. Some features of the Messages API would let who holds the
 * token of a run reach the network through the API: tools and connectors that run on its side, and content by URL.
 */
export function refuseCall(body: JsonRecord): string | undefined {
  if (typeof body['model'] !== 'string') return 'the call names no model';
  for (const name of ['mcp_servers', 'container', 'speed']) {
    if (body[name] !== undefined) return `the field ${name} is not allowed here`;
  }
  const serverTool = recordsField(body, 'tools').find((tool) => (textField(tool, 'type') ?? 'custom') !== 'custom');
  if (serverTool !== undefined) return 'tools of the server side are not allowed here';
  const messages = recordsField(body, 'messages');
  if (messages.some(holdsRemoteSource)) return 'only content that is in the call itself is allowed here';
  return undefined;
}

/** Whether a message, or a tool result in it, refers to content by URL or by the id of a file. */
function holdsRemoteSource(holder: JsonRecord): boolean {
  return recordsField(holder, 'content').some((block) => {
    const source = textField(recordField(block, 'source'), 'type');
    if (source === 'url' || source === 'file') return true;
    return textField(block, 'type') === 'tool_result' && holdsRemoteSource(block);
  });
}
