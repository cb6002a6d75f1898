import { parseExactJson } from './exact-json.ts';
import { createListScanner } from './list-scanner.ts';

/** Takes out of a parsed value what may not go on; undefined when nothing of it may. */
export type Strip = (value: unknown) => unknown;

/** Why an answer cannot be filtered; it is not let through then. */
export class UnfilterableError extends Error {}

/** Reads an answer in pieces and gives what of it may go on. Holds one item at a time, never a whole list. */
export interface JsonFilter {
  /** Text that can go on now; throws `UnfilterableError`. */
  push(chunk: Buffer): string;
  end(): string;
  /** Most bytes that were held at once. */
  readonly peakBytes: () => number;
}

export interface JsonFilterOptions {
  readonly shape: 'object' | 'list' | 'lines';
  readonly strip: Strip;
  /** Largest item, or whole object. */
  readonly maxBytes: number;
}

/** Fields of a list or a table beside its items; anything else at this place has no business there. */
const LIST_FIELDS = ['kind', 'apiVersion', 'metadata', 'columnDefinitions'];

export function createJsonFilter(options: JsonFilterOptions): JsonFilter {
  switch (options.shape) {
    case 'object':
      return createObjectFilter(options);
    case 'lines':
      return createLineFilter(options);
    case 'list':
      return createListFilter(options);
  }
}

function createObjectFilter({ strip, maxBytes }: JsonFilterOptions): JsonFilter {
  const piece = createPiece(maxBytes);
  return {
    push(chunk) {
      piece.add(chunk);
      return '';
    },
    end() {
      const text = filterText(piece.take(), strip);
      if (text === undefined) throw new UnfilterableError('it is a Secret');
      return `${text}\n`;
    },
    peakBytes: piece.peakBytes,
  };
}

/** A watch: each line is a document. A line that was cut off by the end is dropped. */
function createLineFilter({ strip, maxBytes }: JsonFilterOptions): JsonFilter {
  const piece = createPiece(maxBytes);
  return {
    push(chunk) {
      let out = '';
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        piece.add(chunk.subarray(from, at));
        from = at + 1;
        const line = piece.take();
        const text = line.trim() === '' ? undefined : filterText(line, strip);
        if (text !== undefined) out += `${text}\n`;
      }
      piece.add(chunk.subarray(from));
      return out;
    },
    end: () => '',
    peakBytes: piece.peakBytes,
  };
}

/** Items go on one by one, and the fields around them after them. What turns out to be no list is filtered as a whole. */
function createListFilter({ strip, maxBytes }: JsonFilterOptions): JsonFilter {
  const item = createPiece(maxBytes);
  const around = createPiece(maxBytes);
  let out = '';
  let isFirst = true;
  const scanner = createListScanner({
    onAround: around.add,
    onListStart(name) {
      out += `{"${name}":[`;
    },
    onItemPart: item.add,
    onItemEnd() {
      const text = filterText(item.take(), strip);
      if (text === undefined) return;
      out += isFirst ? text : `,\n${text}`;
      isFirst = false;
    },
  });
  const taken = (): string => {
    const text = out;
    out = '';
    return text;
  };
  return {
    push(chunk) {
      scanner.push(chunk);
      return taken();
    },
    end() {
      const { listName, isComplete } = scanner.state();
      if (!isComplete) throw new UnfilterableError('it ends in the middle');
      const text = around.take();
      if (listName === undefined) {
        const whole = filterText(text, strip);
        if (whole === undefined) throw new UnfilterableError('it is a Secret');
        return `${whole}\n`;
      }
      return `${taken()}]${fieldsAround(text, strip)}}\n`;
    },
    peakBytes: () => item.peakBytes() + around.peakBytes(),
  };
}

function fieldsAround(text: string, strip: Strip): string {
  const { value, format } = parse(text);
  const fields: unknown = strip(value);
  if (typeof fields !== 'object' || fields === null) return '';
  return Object.entries(fields)
    .filter(([name]) => LIST_FIELDS.includes(name))
    .map(([name, field]) => `,${JSON.stringify(name)}:${format(field)}`)
    .join('');
}

function filterText(text: string, strip: Strip): string | undefined {
  const { value, format } = parse(text);
  try {
    const stripped = strip(value);
    return stripped === undefined ? undefined : format(stripped);
  } catch (error) {
    if (error instanceof RangeError) throw new UnfilterableError('an object is nested too deeply', { cause: error });
    throw error;
  }
}

function parse(text: string): ReturnType<typeof parseExactJson> {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) {
      throw new UnfilterableError('it is not valid JSON', { cause: error });
    }
    throw error;
  }
}

interface Piece {
  readonly add: (part: Buffer) => void;
  readonly take: () => string;
  readonly peakBytes: () => number;
}

function createPiece(maxBytes: number): Piece {
  let parts: Buffer[] = [];
  let size = 0;
  let peak = 0;
  return {
    add(part) {
      if (part.length === 0) return;
      size += part.length;
      peak = Math.max(peak, size);
      if (size > maxBytes) throw new UnfilterableError(`a piece of it is larger than ${maxBytes} bytes`);
      parts.push(part);
    },
    take() {
      const text = Buffer.concat(parts, size).toString('utf8');
      parts = [];
      size = 0;
      return text;
    },
    peakBytes: () => peak,
  };
}
