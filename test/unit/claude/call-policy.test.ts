import { expect, it } from 'vitest';
import { refuseCall } from '../../../src/claude/broker/call-policy.ts';

const CALL = { model: 'm', messages: [] };
const remote = { type: 'document', source: { type: 'url', url: 'https://evil.example/?q=secret' } };

function user(...content: readonly unknown[]): object {
  return { ...CALL, messages: [{ role: 'user', content }] };
}

it.each<[string, object]>([
  ['a plain call', CALL],
  ['a tool of claude', { ...CALL, tools: [{ name: 'Bash' }, { name: 'x', type: 'custom' }] }],
  ['text content', { ...CALL, messages: [{ role: 'user', content: 'https://example' }] }],
  ['an image in the call', user({ type: 'image', source: { type: 'base64', data: '' } })],
  ['an input of a tool that looks like a source', user({ type: 'tool_use', input: { source: { type: 'url' } } })],
])('lets %s pass', (_, body) => {
  expect(refuseCall({ ...body })).toBeUndefined();
});

it.each<[string, object, string]>([
  ['no model', { messages: [] }, 'the call names no model'],
  ['connectors', { ...CALL, mcp_servers: [] }, 'the field mcp_servers is not allowed here'],
  ['a container', { ...CALL, container: 'c' }, 'the field container is not allowed here'],
  ['a dearer speed', { ...CALL, speed: 'fast' }, 'the field speed is not allowed here'],
  ['a search', { ...CALL, tools: [{ type: 'web_search_20250305' }] }, 'tools of the server side are not allowed here'],
  ['content by URL', user(remote), 'only content that is in the call itself is allowed here'],
  [
    'such content in a result',
    user({ type: 'tool_result', content: [remote] }),
    'only content that is in the call itself is allowed here',
  ],
  [
    'a stored file',
    user({ type: 'document', source: { type: 'file', file_id: 'f' } }),
    'only content that is in the call itself is allowed here',
  ],
])('refuses %s', (_, body, why) => {
  expect(refuseCall({ ...body })).toBe(why);
});
