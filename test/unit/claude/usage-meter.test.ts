import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createUsageMeter } from '../../../src/claude/broker/usage-meter.ts';
import { NO_TOKENS } from '../../../src/claude/broker/token-usage.ts';
import { formatMessage, formatMessageEvents, type Message } from '../../../src/claude/message-stream.ts';

const MESSAGE: Message = {
  id: 'msg_1',
  model: 'claude-opus-5-5',
  content: [{ type: 'text', text: 'data: {"type":"message_delta","usage":{"output_tokens":9999}}\n\n' }],
  stopReason: 'end_turn',
  usage: { input_tokens: 100, output_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 7 },
};

function measure(chunks: readonly (string | Buffer)[]) {
  const meter = createUsageMeter();
  for (const chunk of chunks) meter.push(Buffer.from(chunk));
  return meter.end();
}

const COUNTED = { usage: { ...NO_TOKENS, input: 100, output: 20, cacheRead: 7 }, model: 'claude-opus-5-5' };

it('counts the same however a stream is cut, and is not misled by its content', () => {
  const bytes = Buffer.from(formatMessageEvents(MESSAGE).join(''));
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.nat(bytes.length), (one, other) => {
      const [first, second] = [Math.min(one, other), Math.max(one, other)];
      const chunks = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
      expect(measure(chunks)).toEqual(COUNTED);
    }),
  );
});

it('counts an answer that is not streamed', () => {
  expect(measure([formatMessage(MESSAGE)])).toEqual(COUNTED);
});

it('estimates what a broken stream has written, rather too much than too little', () => {
  const { usage } = measure(formatMessageEvents(MESSAGE).slice(0, 3));
  expect(usage.input).toBe(100);
  expect(usage.output).toBeGreaterThan(20);
});

it.each(['', 'garbage', '{"type":"error"}', '{"input_tokens":10}', 'data: [1]\n\n'])('counts nothing in %j', (text) => {
  expect(measure([text])).toEqual({ usage: NO_TOKENS, model: '' });
});
