import { describe, expect, it } from 'vitest';
import { testRedaction } from './redaction-samples.ts';

const VALUE = `q/Zx+9"<&'ü w~5`;
const bytes = Buffer.from(VALUE);
const percent = encodeURIComponent(VALUE);
const blobs = [0, 1, 2].map((before) => Buffer.concat([Buffer.alloc(before, 'a'), bytes, Buffer.from('tail')]));
const json = JSON.stringify(VALUE).slice(1, -1);

const ENCODED: Readonly<Record<string, string>> = {
  plain: VALUE,
  base64: bytes.toString('base64'),
  'base64 without padding': bytes.toString('base64').replace(/=+$/, ''),
  base64url: bytes.toString('base64url'),
  'base64 at alignment 0': blobs[0]?.toString('base64') ?? '',
  'base64 at alignment 1': blobs[1]?.toString('base64') ?? '',
  'base64 at alignment 2': blobs[2]?.toString('base64') ?? '',
  'base64url at alignment 1': blobs[1]?.toString('base64url') ?? '',
  'base64url at alignment 2': blobs[2]?.toString('base64url') ?? '',
  'URL-encoded': percent,
  'URL-encoded in lower case': percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  'form-encoded': new URLSearchParams({ v: VALUE }).toString().slice(2),
  'JSON-escaped': json,
  'JSON-escaped twice': JSON.stringify(json).slice(1, -1),
  'JSON-escaped as Go does it': json.replaceAll('<', '\\u003c').replaceAll('&', '\\u0026'),
  'lower hex': bytes.toString('hex'),
  'upper hex': bytes.toString('hex').toUpperCase(),
  'HTML-escaped': VALUE.replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;'),
  'shell-quoted': VALUE.replaceAll("'", `'\\''`),
};

const CONTAINERS: Readonly<Record<string, (text: string) => string>> = {
  'a line': (text) => `before ${text} after`,
  'a word': (text) => `x=${text}`,
  'a JSON string': (text) => `{"note":"${text}"}`,
  'a URL': (text) => `https://example.com/a?b=${text}&c=d`,
  'the end of a file': (text) => `line\n${text}`,
};

describe('known values', () => {
  for (const [encoding, text] of Object.entries(ENCODED)) {
    it.each(Object.entries(CONTAINERS))(`removes a value that is ${encoding} in %s`, async (_, wrap) => {
      const redaction = testRedaction({ knownValues: [{ name: 'Git token', value: VALUE }] });
      const redacted = await redaction.redact(wrap(text));
      expect(redacted).toMatch(/\[REDACTED:git-token:[0-9a-f]{4}\]/);
      // At most the characters at the edges of a blob are left, which hold bits of its neighbours.
      expect(redacted).not.toContain(text.slice(3, -8));
    });
  }

  it('gives every encoding of a value the same mark', async () => {
    const redaction = testRedaction({ knownValues: [{ name: 'key', value: VALUE }] });
    const text = await redaction.redact(`${ENCODED['plain']} ${ENCODED['lower hex']} ${ENCODED['base64']}`);
    expect(new Set(text.match(/\[REDACTED[^\]]+\]/g)).size).toBe(1);
  });

  it('removes a value that a file ends with a line end', async () => {
    const redaction = testRedaction({ knownValues: [{ name: 'key', value: 'correct horse\n' }] });
    expect(await redaction.redact('the correct horse runs')).toMatch(/^the \[REDACTED:key:[0-9a-f]{4}\] runs$/);
  });

  it('ignores values below six characters', async () => {
    const redaction = testRedaction({ knownValues: [{ name: 'key', value: 'abcde' }] });
    expect(await redaction.redact('abcde')).toBe('abcde');
  });

  it('finds one of many values in one walk', async () => {
    const knownValues = Array.from({ length: 500 }, (_, index) => ({ name: 'key', value: `prefix-${index}-suffix` }));
    const redaction = testRedaction({ knownValues });
    const text = await redaction.redact('a prefix-17-suffix b prefix-499-suffix c prefix-500-suffix');
    expect(text).toMatch(/^a \[[^\]]+\] b \[[^\]]+\] c prefix-500-suffix$/);
  });

  it('marks equal values equally and different ones differently, and never the same under another key', async () => {
    const knownValues = [
      { name: 'one', value: 'first-value' },
      { name: 'two', value: 'second-value' },
    ];
    const marks = await testRedaction({ knownValues }).redact('first-value first-value second-value');
    const [a, b, c] = marks.split(' ');
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    const other = await testRedaction({ knownValues, key: new Uint8Array(32).fill(8) }).redact('first-value');
    expect(other).not.toBe(a);
  });
});
