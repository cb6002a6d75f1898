/** Shortest value, and shortest piece of an encoded value, that is searched for. */
export const MIN_KNOWN_LENGTH = 6;

const HTML: Readonly<Record<string, readonly [string, string]>> = {
  '&': ['&amp;', '&amp;'],
  '<': ['&lt;', '&lt;'],
  '>': ['&gt;', '&gt;'],
  '"': ['&quot;', '&#34;'],
  "'": ['&#39;', '&#x27;'],
};

/**
 * How `value` can be written in a text: plain, base64 and base64url (padded, unpadded, and inside a longer blob at each
 * of the three byte alignments), URL-encoded, JSON-escaped once and twice, hex, HTML-escaped, single-quoted for a shell.
 */
export function encodingsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const base64 = bytes.toString('base64');
  const inside = [0, 1, 2].map((alignment) => base64Inside(bytes, alignment));
  const hex = bytes.toString('hex');
  const json = jsonEscaped(value);
  const forms = [
    value,
    ...[base64, base64.replace(/=+$/, ''), ...inside].flatMap((text) => [text, base64Url(text)]),
    ...urlEncodings(value),
    json,
    json.replaceAll('/', '\\/'),
    json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`),
    jsonEscaped(json),
    hex,
    hex.toUpperCase(),
    ...[0, 1].map((form) => value.replace(/[&<>"']/g, (character) => HTML[character]?.[form] ?? character)),
    value.replaceAll("'", `'\\''`),
  ];
  return [...new Set(forms)].filter((form) => form.length >= MIN_KNOWN_LENGTH);
}

/** The characters of a longer base64 blob that depend on nothing but `bytes`, which begin at byte offset `alignment`. */
function base64Inside(bytes: Uint8Array, alignment: number): string {
  const blob = Buffer.concat([Buffer.alloc(alignment), bytes]);
  return blob.toString('base64').slice(Math.ceil((alignment * 8) / 6), Math.floor((blob.length * 8) / 6));
}

function base64Url(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

function urlEncodings(value: string): readonly string[] {
  const percent = (character: string): string =>
    Array.from(Buffer.from(character, 'utf8'), (byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(
      '',
    );
  // A lone surrogate cannot be written as UTF-8; Buffer puts the replacement character in its place.
  const lenient = value.replace(/[^A-Za-z0-9_.!~*'()-]/gu, percent);
  const strict = value.replace(/[^A-Za-z0-9_.~-]/gu, percent);
  const form = new URLSearchParams([['', value]]).toString().slice(1);
  return [lenient, strict, lenient.replaceAll('%20', '+'), strict.replaceAll('%20', '+'), form].flatMap((text) => [
    text,
    text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ]);
}

function jsonEscaped(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
