import { MAX_SIGNATURE_BYTES } from '../domain/repository-layout.ts';
import type { FileContent } from '../repository/port.ts';

/**
 * Text of a `.sig` file; undefined when there is none. One that is too large is cut, or empty, which is no signature
 * either: whoever put it there is told that it is malformed, and not that it is missing.
 */
export function signatureText(content: FileContent | undefined): string | undefined {
  if (content === undefined) return undefined;
  if (content.kind === 'too-large') return '';
  return Buffer.from(content.bytes.subarray(0, MAX_SIGNATURE_BYTES + 1)).toString('latin1');
}
