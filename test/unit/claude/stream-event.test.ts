import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readStreamEvent } from '../../../src/claude/run/stream-event.ts';

function read(event: unknown) {
  return readStreamEvent(JSON.stringify(event));
}

it('never throws, whatever a line holds', () => {
  const kinds = fc.constantFrom('system', 'assistant', 'user', 'result', 'control_request', 'control_cancel_request');
  fc.assert(
    fc.property(kinds, fc.dictionary(fc.string(), fc.jsonValue()), (type, rest) => {
      read({ ...rest, type });
      readStreamEvent(JSON.stringify(rest).slice(1));
    }),
  );
});

it.each([
  ['nothing', ''],
  ['no JSON', 'Warning: something'],
  ['a list', '[1]'],
  ['an unknown type', '{"type":"rate_limit_event"}'],
  ['an unknown kind of system event', '{"type":"system","subtype":"ui_invalidate"}'],
])('ignores %s', (_, line) => {
  expect(readStreamEvent(line)).toBeUndefined();
});

it('reads a question about a tool, in any order of its fields', () => {
  const request = { tool_use_id: 'toolu_1', input: { command: 'ls' }, tool_name: 'Bash', subtype: 'can_use_tool' };
  expect(read({ request, request_id: 'r1', type: 'control_request' })).toEqual({
    kind: 'permission',
    requestId: 'r1',
    toolUseId: 'toolu_1',
    tool: 'Bash',
    input: { command: 'ls' },
  });
  expect(read({ type: 'control_request', request_id: 'r2', request: { subtype: 'new' } })).toEqual({
    kind: 'control-request',
    requestId: 'r2',
  });
});

it('takes a result that does not say that it went well for a failure', () => {
  expect(read({ type: 'result', subtype: 'success' })).toMatchObject({ result: { isError: true, denied: [] } });
  expect(read({ type: 'result', subtype: 'success', is_error: false, structured_output: null })).not.toHaveProperty(
    'result.structured',
  );
});

it('sees that a turn was cut off, also when it is called a success', () => {
  const event = { type: 'result', subtype: 'success', is_error: false, terminal_reason: 'aborted_streaming' };
  expect(read(event)).toMatchObject({ result: { isAborted: true } });
  expect(read({ ...event, terminal_reason: 'completed' })).toMatchObject({ result: { isAborted: false } });
});

it('keeps the words of the model apart from those of claude', () => {
  const message = { id: 'm1', model: '<synthetic>', content: [{ type: 'text', text: 'API Error' }] };
  expect(read({ type: 'assistant', message, error: 'billing_error' })).toEqual({
    kind: 'assistant',
    messageId: 'm1',
    isSynthetic: true,
    error: 'billing_error',
    text: 'API Error',
  });
});
