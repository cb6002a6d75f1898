import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWarroomError } from '../../../src/domain/errors.ts';
import { DEFAULT_RULES } from '../../../src/redaction/default-rules.ts';
import type { RedactionRule } from '../../../src/redaction/rule.ts';
import { JSON_WEB_TOKEN, PASSWORD, PASSWORD_BASE64, PRIVATE_KEY, testRedaction } from './redaction-samples.ts';
import { cpuMsSince } from '../../support/cpu-time.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';

const KNOWN = [{ name: 'known', value: 'known-value-1' }];
const FRAGMENTS = [
  'password=', 'token: ', '"secret": "', '\\"token\\":\\"', 'Authorization: Bearer ', 'Bearer ', 'Cookie: a=', 'https://u:', '@host/',
  'kind: Secret\n', 'data:\n', '  key: ', '{"kind":"Secret","data":{"a":"', '"}}', '- name: DB_PASSWORD\n', '  value: ', '---\n', '|\n',
  PASSWORD, PASSWORD_BASE64, JSON_WEB_TOKEN, PRIVATE_KEY, PRIVATE_KEY.slice(0, 200), 'known-value-1', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  '[REDACTED:jwt:ab12]', '\\[REDACTED:jwt:ab12\\]', '[REDACTED:jw', '\n', ' ', '"', "'", '\\', ',', '--api-key ', 'x', '42', '    ', '{', '}', '[', ']',
]; // prettier-ignore
const texts = fc.oneof(
  fc
    .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ maxLength: 6 })), { maxLength: 24 })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

describe('redact', () => {
  it('changes nothing in a text that it made, which verify then accepts', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const redaction = testRedaction({ knownValues: KNOWN });
        const once = await redaction.redact(text);
        expect(await redaction.redact(once)).toBe(once);
        expect(await redaction.verify(once)).toBe(once);
      }),
      { numRuns: fuzzRuns(1500) },
    );
  }, 60_000);

  it('never leaves a known value', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, async (before, after) => {
        const redaction = testRedaction({ knownValues: KNOWN });
        expect(await redaction.redact(`${before}known-value-1${after}`)).not.toContain('known-value-1');
      }),
      { numRuns: fuzzRuns(300) },
    );
  }, 60_000);

  it('leaves marks alone, also those that markdown has escaped', async () => {
    const text = 'password=[REDACTED:jwt:ab12] token: \\[REDACTED:jwt:ab12\\] secret="[REDACTED:x:0000]"';
    expect(await testRedaction().redact(text)).toBe(text);
  });

  it('removes what stands around a mark', async () => {
    const text = await testRedaction({ knownValues: KNOWN }).redact('password=abc-known-value-1-def');
    expect(text).toMatch(/^password=(?:\[REDACTED:[a-z-]+:[0-9a-f]{4}\]){3}$/);
  });

  it('counts what it removed by rule, once', async () => {
    const redaction = testRedaction({ knownValues: KNOWN });
    const text = await redaction.redact(`known-value-1 password=abcdef ${JSON_WEB_TOKEN} known-value-1`);
    await redaction.redact(text);
    expect(redaction.counts()).toEqual({ total: 4, byRule: { assignment: 1, jwt: 1, known: 2 } });
  });

  it('takes further rules as data', async () => {
    const rule: RedactionRule = {
      id: 'badge',
      keywords: ['badge'],
      *find({ text }) {
        for (const match of text.matchAll(/badge (\d+)/gi))
          yield { start: match.index + 6, end: match.index + match[0].length };
      },
    };
    const redaction = testRedaction({ rules: [rule] });
    expect(await redaction.redact('Badge 12345 of bob')).toMatch(/^Badge \[REDACTED:badge:[0-9a-f]{4}\] of bob$/);
  });
});

describe('verify', () => {
  it('refuses a text with a secret, and names the rule but not the secret', async () => {
    const error: unknown = await testRedaction()
      .verify(`a ${JSON_WEB_TOKEN} b`)
      .catch((reason: unknown) => reason);
    expect(isWarroomError(error, 'redaction')).toBe(true);
    expect(String(error)).toBe('WarroomError: a secret is left in what would be published');
    expect(error).toMatchObject({
      why: 'found by jwt (1)',
      hint: 'nothing was published; redact the text again before publishing it',
    });
  });

  it('refuses a text with a value that another text of the result gave away', async () => {
    const redaction = testRedaction();
    const early = await redaction.redact(`tried ${PASSWORD}`);
    await redaction.redact(`DB_PASSWORD=${PASSWORD}`);
    await expect(redaction.verify(early)).rejects.toThrow('a secret is left');
    expect(await redaction.verify(await redaction.redact(early))).not.toContain(PASSWORD);
  });

  it('does not change the counts', async () => {
    const redaction = testRedaction();
    await redaction.verify(JSON_WEB_TOKEN).catch(() => undefined);
    expect(redaction.counts()).toEqual({ total: 0, byRule: {} });
  });
});

describe('redactValue', () => {
  it('redacts every string and keeps keys, numbers, dates and shape', async () => {
    const at = new Date(0);
    const value = { a: [`password=${PASSWORD}`, 1, null, true], 'known-value-1': { b: 'known-value-1' }, at };
    const redacted = await testRedaction({ knownValues: KNOWN }).redactValue(value);
    expect(redacted.a[0]).toMatch(/^password=\[REDACTED:assignment:/);
    expect(redacted.a.slice(1)).toEqual([1, null, true]);
    expect(redacted['known-value-1'].b).toMatch(/^\[REDACTED:known:/);
    expect(redacted.at).toBe(at);
  });

  it.each<[string, unknown]>([
    ['a key', { clientSecret: 'letmein' }],
    ['the flag before it', ['login', '--password', 'letmein']],
    ['the name of an environment pair', [{ name: 'DB_PASSWORD', value: 'letmein' }]],
    ['the kind of its object', { kind: 'Secret', stringData: { note: 'letmein' } }],
    ['its place in a kubeconfig', { users: [{ name: 'a', user: { token: 'letmein' } }] }],
    ['its place in a registry login', { auths: { 'quay.io': { auth: 'letmein' } } }],
  ])('understands that a string is secret by %s', async (_, value) => {
    expect(JSON.stringify(await testRedaction().redactValue(value))).not.toContain('letmein');
  });

  it('changes nothing the second time', async () => {
    const redaction = testRedaction();
    const once = await redaction.redactValue({
      clientSecret: 'letmein',
      argv: ['--token', 'abc12345'],
      kind: 'Secret',
      data: { a: 'Yg==' },
    });
    expect(await redaction.redactValue(once)).toEqual(once);
  });
});

describe('limits', () => {
  it('refuses a text that is too large', async () => {
    await expect(testRedaction({ maxBytes: 10 }).redact('ä'.repeat(6))).rejects.toMatchObject({
      code: 'redaction',
      why: 'it is larger than 10 bytes',
    });
  });

  it('refuses a text of more than 8 MiB by default', async () => {
    await expect(testRedaction().verify('a'.repeat(8 * 1024 * 1024 + 1))).rejects.toMatchObject({ code: 'redaction' });
  });

  it('gives up when the time is over', async () => {
    let now = 0;
    const redaction = testRedaction({ timeBudgetMs: 1000, monotonicMs: () => (now += 300) });
    await expect(redaction.redact('password=abcdef')).rejects.toMatchObject({
      code: 'redaction',
      why: 'looking for secrets took longer than 1 s',
    });
  });

  it('lets timers run while it works', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await testRedaction().redact(`password: x${PASSWORD}\n{"kind":"Secret"}\n`.repeat(20_000));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  }, 60_000);

  it('puts one mark over what stands close together in a text full of secrets, and looks for all of it elsewhere', async () => {
    const redaction = testRedaction();
    const passwords = Array.from({ length: 21_000 }, (_, index) => `k${index}x7Qz`);
    const redacted = await redaction.redact(passwords.map((password) => `password=${password}\n`).join(''));
    expect(redacted).toMatch(/^password=\[REDACTED:assignment:[0-9a-f]{4}\]\n$/);
    expect(await redaction.redact(`tried k20999x7Qz`)).toMatch(/^tried \[REDACTED:/);
    expect(redaction.counts()).toEqual({ total: 2, byRule: { assignment: 2 } });
  }, 60_000);

  it('refuses a text that gives away more values than can be looked for', async () => {
    const values = Array.from({ length: 120_000 }, (_, index) => `token=a${index}x7Qz\n`).join('');
    await expect(testRedaction({ rules: DEFAULT_RULES, timeBudgetMs: 300_000 }).redact(values)).rejects.toMatchObject({
      code: 'redaction',
      why: 'it holds more different secrets than can be looked for (200000 spellings)',
    });
  }, 60_000);

  const MEGABYTE = 1024 * 1024;
  it.each([
    'password', 'password=', 'password: |\n', 'password="', "password='", '--password ', 'Authorization: ', 'Authorization: Bearer x ', 'Bearer ',
    'eyJ', 'eyJhbGciOiJub25lIn0.', '-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', '-', '-----BEGIN ', 'PRIVATE KEY', '://', '://a:b', '://a:b@',
    '{', '[', '{"a":', '{"kind":"Secret","data":{', '"', '\\', '\\"', '{\\"a\\":', 'kind: Secret\n', ' kind: Secret\n', 'data:\n a: b\n', '- ', '- - - a: b\n',
    'ghp_', '$6$', 'Cookie: a=', 'auth: YTpi ', ' -u a:b', 'A', 'aGVsbG8', 'LS0tLS1CRUdJTi', 'value:\n', 'x'.repeat(70) + 'key ', 'key', 'a.b.c.', '\n', ' ', '\t',
    '@tcp(', 'kind:', 'kind:                    ', 'mysql login ', 'secret-key-', 'private_', 'password, ', 'key or ', '_a1b2c3d4e5f6a7b8c9d0',
    'aB1cD2eF3gH4iJ5kL6mN7 ', 'x-'.repeat(40) + 'token ', 'login a password ',
  ])('looks at a megabyte of %j within seconds', async (piece) => {
    const text = piece.repeat(Math.ceil(MEGABYTE / piece.length)).slice(0, MEGABYTE);
    // Time of the processor, not of the clock: other programs may run on the same machine.
    const before = process.cpuUsage();
    await testRedaction({ knownValues: KNOWN, rules: DEFAULT_RULES, timeBudgetMs: 300_000 }).redact(text);
    expect(cpuMsSince(before)).toBeLessThan(5000);
  }, 120_000); // prettier-ignore
});
