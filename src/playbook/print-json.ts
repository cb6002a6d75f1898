import { isRecord } from './path.ts';

export interface PrintedJson {
  readonly text: string;
  /** First and last line of every object and list of the document. */
  readonly spans: ReadonlyMap<object, readonly [number, number]>;
}

/** One value a line, so that a line can be quoted; remembers where each part stands. */
export function printJson(value: unknown, indent: number): PrintedJson {
  const lines: string[] = [''];
  const spans = new Map<object, readonly [number, number]>();

  const append = (text: string): void => {
    lines.push(`${lines.pop() ?? ''}${text}`);
  };
  const print = (part: unknown, depth: number): void => {
    const entries = entriesOf(part);
    if (entries === undefined || entries.length === 0) {
      append(JSON.stringify(part));
      if (typeof part === 'object' && part !== null) spans.set(part, [lines.length - 1, lines.length - 1]);
      return;
    }
    const [open, close] = Array.isArray(part) ? ['[', ']'] : ['{', '}'];
    const start = lines.length - 1;
    append(open);
    for (const [index, [key, child]] of entries.entries()) {
      lines.push(' '.repeat(indent * (depth + 1)));
      if (key !== undefined) append(`${JSON.stringify(key)}: `);
      print(child, depth + 1);
      if (index < entries.length - 1) append(',');
    }
    lines.push(`${' '.repeat(indent * depth)}${close}`);
    if (typeof part === 'object' && part !== null) spans.set(part, [start, lines.length - 1]);
  };
  print(value, 0);
  return { text: `${lines.join('\n')}\n`, spans };
}

function entriesOf(value: unknown): readonly (readonly [string | undefined, unknown])[] | undefined {
  if (Array.isArray(value)) return value.map((child: unknown) => [undefined, child]);
  return isRecord(value) ? Object.entries(value) : undefined;
}
