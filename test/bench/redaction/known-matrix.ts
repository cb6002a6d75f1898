import type { Row } from './corpus.ts';

/** As a program writes it; none of them by src/redaction, which is what is measured. */
export const ENCODINGS: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  base64: (value) => Buffer.from(value).toString('base64'),
  'base64 inside, second byte': (value) => Buffer.from(`u${value}v`).toString('base64'),
  'base64 inside, third byte': (value) => Buffer.from(`us${value}vw`).toString('base64'),
  base64url: (value) => Buffer.from(value).toString('base64url'),
  'percent encoding': (value) => encodeURIComponent(value),
  'JSON string': (value) => JSON.stringify(value).slice(1, -1),
  hex: (value) => Buffer.from(value).toString('hex'),
  'upper-case hex': (value) => Buffer.from(value).toString('hex').toUpperCase(),
};

export const CONTAINERS: Readonly<Record<string, (text: string) => string>> = {
  bare: (text) => text,
  'log line': (text) => `2026-11-20T14:30:00Z level=info msg="sent ${text} upstream" attempt=3`,
  'YAML value': (text) => `metadata:\n  annotations:\n    note: ${text}\nspec: {}\n`,
  'JSON in a string': (text) => JSON.stringify({ message: JSON.stringify({ note: text }) }),
  URL: (text) => `GET https://api.example.com/v1/things/${text}?page=2 HTTP/1.1`,
  'inside a word': (text) => `prefix${text}suffix`,
};

/** Values of the kinds that a processor knows. */
export const KNOWN_VALUES = [
  'correct horse/battery+staple',
  'Sl0w&"quoted"\\path',
  'A1b2C3d4E5f6G7h8I9j0',
  'pässwörd-mit-ümlaut',
  'six6ch',
] as const;

export function knownRows(value: string): readonly (Row & { readonly encoding: string; readonly container: string })[] {
  return Object.entries(ENCODINGS).flatMap(([encoding, encode]) =>
    Object.entries(CONTAINERS).map(([container, put]) => {
      const secret = encode(value);
      return { encoding, container, sample: put(secret), secrets: [secret] };
    }),
  );
}
