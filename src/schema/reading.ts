import type { Locate, Path, Place } from './text-map.ts';

/** Something wrong with a text before any schema is asked. */
export interface TextFault {
  readonly path: Path;
  readonly place: Place;
  readonly message: string;
  readonly hint?: string;
}

/** What a reader of YAML or JSON makes of a text. */
export type Reading =
  | { readonly ok: true; readonly value: unknown; readonly locate: Locate }
  | { readonly ok: false; readonly faults: readonly TextFault[] };

/** The one fault that ends reading at once. */
export function failedReading(place: Place, message: string, hint?: string): Reading {
  return { ok: false, faults: [{ path: [], place, message, ...(hint === undefined ? {} : { hint }) }] };
}

/** The fault of a text that is larger than allowed; checked before anything looks into it. */
export function oversize(text: string, maxBytes: number): Reading | undefined {
  if (text.length * 3 <= maxBytes) return undefined;
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return undefined;
  return failedReading(
    { line: 1, column: 1 },
    `the file has ${String(bytes)} bytes, at most ${String(maxBytes)} are allowed`,
  );
}
