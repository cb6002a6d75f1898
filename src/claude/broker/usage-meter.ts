import { parseRecord, recordField, textField } from '../../schema/json-fields.ts';
import { createLineReader } from '../../lib/line-reader.ts';
import { NO_TOKENS, raiseTokens, readTokenUsage, type TokenUsage } from './token-usage.ts';

/** Larger than any event that carries usage, and than any message without streaming. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
/** A token is about four characters of English text; less in other text, so we count in our disfavour. */
const CHARACTERS_PER_TOKEN = 3;

export interface MeteredAnswer {
  readonly usage: TokenUsage;
  /** Model that the answer names; empty when it names none. */
  readonly model: string;
}

/** Reads along what an answer of the Messages API costs, streamed or not, without holding it up. */
export interface UsageMeter {
  push(chunk: Buffer): void;
  /** What was counted when the answer is over, complete or cut off. */
  end(): MeteredAnswer;
}

export function createUsageMeter(): UsageMeter {
  let usage = NO_TOKENS;
  let model = '';
  let characters = 0;
  let isComplete = false;

  function read(line: string): void {
    // A streamed answer has lines `event: …` and `data: {…}`, another one is a single line of JSON.
    const event = parseRecord(line.startsWith('data:') ? line.slice(5) : line);
    switch (textField(event, 'type')) {
      case 'message_start': {
        const message = recordField(event, 'message');
        model = textField(message, 'model') ?? '';
        usage = raiseTokens(usage, readTokenUsage(recordField(message, 'usage')));
        return;
      }
      case 'content_block_delta':
        characters += line.length;
        return;
      case 'message_delta':
        usage = raiseTokens(usage, readTokenUsage(recordField(event, 'usage')));
        isComplete = true;
        return;
      case 'message':
        model = textField(event, 'model') ?? '';
        usage = readTokenUsage(recordField(event, 'usage'));
        isComplete = true;
        return;
      default:
        return;
    }
  }

  const reader = createLineReader({ maxLineBytes: MAX_LINE_BYTES, onLine: read });
  return {
    push(chunk) {
      reader.push(chunk);
    },
    end() {
      reader.end();
      // What was written before a stream broke off is paid for, but nobody says how much it was.
      const written = isComplete ? 0 : Math.ceil(characters / CHARACTERS_PER_TOKEN);
      return { usage: raiseTokens(usage, { ...NO_TOKENS, output: written }), model };
    },
  };
}
