/** Told about the parts of a list, in their order. Parts are slices of what was pushed. */
export interface ListEvents {
  /** Bytes outside the items; `null` stands in place of the list. */
  readonly onAround: (part: Buffer) => void;
  readonly onListStart: (name: string) => void;
  readonly onItemPart: (part: Buffer) => void;
  readonly onItemEnd: () => void;
}

export interface ListScanner {
  push(chunk: Buffer): void;
  /** `isComplete`: as many brackets were closed as opened, and no text is open. */
  state(): { readonly listName: string | undefined; readonly isComplete: boolean };
}

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const NULL = Buffer.from('null');
/** Lists and tables; their names are written without escapes by every server. */
const LIST_NAMES = ['items', 'rows'];
const MAX_NAME = 32;

/**
 * Finds the items of a list, or the rows of a table, in JSON that arrives in chunks. It knows texts and brackets only:
 * whether a part is valid JSON is seen by whoever parses it.
 */
export function createListScanner(events: ListEvents): ListScanner {
  let depth = 0;
  let isInText = false;
  let isEscaped = false;
  /** Last text at the level of the fields, as it is written; a colon makes it a name. */
  let text = '';
  let name: string | undefined;
  let listName: string | undefined;
  /** The list is open, and whether an item of it is. */
  let isInList = false;
  let isInItem = false;

  /** Whether what follows belongs to an item; inside the list, white space and commas belong to nothing. */
  function push(chunk: Buffer): void {
    let from = 0;
    const flush = (until: number): void => {
      if (isInList) {
        if (isInItem) events.onItemPart(chunk.subarray(from, until));
      } else events.onAround(chunk.subarray(from, until));
      from = until;
    };
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (isInText) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) {
          isInText = false;
          continue;
        }
        if (depth === 1 && !isInList && text.length < MAX_NAME) text += String.fromCharCode(byte);
        continue;
      }
      if (isInList && depth === 2) {
        if (byte === COMMA || byte === CLOSE_LIST) {
          flush(at);
          if (isInItem) events.onItemEnd();
          isInItem = false;
          from = at + 1;
          if (byte === CLOSE_LIST) {
            isInList = false;
            depth = 1;
          }
          continue;
        }
        if (!isInItem && !isSpace(byte)) {
          isInItem = true;
          from = at;
        }
      }
      switch (byte) {
        case QUOTE:
          isInText = true;
          text = '';
          break;
        case COLON:
          if (depth === 1) name = text;
          break;
        case COMMA:
          if (depth === 1) name = undefined;
          break;
        case OPEN_LIST:
          if (depth === 1 && listName === undefined && name !== undefined && LIST_NAMES.includes(name)) {
            flush(at);
            events.onAround(NULL);
            listName = name;
            isInList = true;
            from = at + 1;
            events.onListStart(name);
          }
          depth += 1;
          break;
        case OPEN_OBJECT:
          depth += 1;
          break;
        case CLOSE_LIST:
        case CLOSE_OBJECT:
          depth -= 1;
          break;
        default:
      }
    }
    flush(chunk.length);
  }

  return {
    push,
    state: () => ({ listName, isComplete: depth === 0 && !isInText && !isInList }),
  };
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
