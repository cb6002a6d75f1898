/** Integers of so many digits do not fit into a number of JavaScript. */
const LONG_INTEGER = /[:,[\s]-?\d{16,}/u;
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gsu;
const WHOLE_LONG_INTEGER = /^-?\d{16,}$/u;
/** From the private use area: no text of an API begins with it. */
const MARK = '\ue000';
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'gu');

/** A value of JSON, and how to write it again. */
export interface ExactJson {
  readonly value: unknown;
  /** Without loss: long integers are written as they were read. */
  readonly format: (value: unknown) => string;
}

/** Parses JSON so that 64-bit integers survive; throws a SyntaxError. */
export function parseExactJson(text: string): ExactJson {
  if (!LONG_INTEGER.test(text)) return { value: JSON.parse(text), format };
  const marked = text.replace(STRING_OR_NUMBER, (found) =>
    WHOLE_LONG_INTEGER.test(found) ? `"${MARK}${found}"` : found,
  );
  return { value: JSON.parse(marked), format: (value) => format(value).replace(MARKED, '$1') };
}

function format(value: unknown): string {
  return JSON.stringify(value);
}
