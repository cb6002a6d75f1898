import { decodeUtf8 } from '../lib/utf8.ts';
import type { Kind, Kinds } from '../schema/kinds.ts';
import { parseDocument } from '../schema/parse-document.ts';
import type { FileContent } from './port.ts';

/** Text of a file; undefined when it is absent, too large or not UTF-8. */
export function fileText(content: FileContent | undefined): string | undefined {
  return content?.kind === 'bytes' ? decodeUtf8(content.bytes) : undefined;
}

/** A document of our own in a file; undefined when there is none, or none that follows its schema. */
export function fileDocument<Name extends Kind>(
  kind: Name,
  content: FileContent | undefined,
  file: string,
): Kinds[Name] | undefined {
  const text = fileText(content);
  const parsed = text === undefined ? undefined : parseDocument(kind, text, { file });
  return parsed?.ok === true ? parsed.value : undefined;
}
