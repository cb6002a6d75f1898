import { describe, expect, it } from 'vitest';
import { CERTIFICATE, PASSWORD, PRIVATE_KEY, testRedaction } from './redaction-samples.ts';

const SECRET = `the settings: DB_PASSWORD=${PASSWORD} and more text so that it takes several lines when it is wrapped`;

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function wrapped(text: string, width: number): string {
  return text.replace(new RegExp(`.{${width}}`, 'g'), '$&\n');
}

describe('encoded texts', () => {
  it.each<[string, string]>([
    ['base64', base64(SECRET)],
    ['base64url', Buffer.from(`${SECRET} ÿþýü>>>???`).toString('base64url')],
    ['base64 in lines of 64', wrapped(base64(SECRET), 64)],
    ['base64 in lines of 76', wrapped(base64(SECRET), 76)],
    ['base64 in indented lines', wrapped(base64(SECRET), 76).replace(/^/gm, '    ').trim()],
    ['base64 twice', base64(base64(SECRET))],
    ['base64 three times', base64(base64(base64(SECRET)))],
    ['base64 after other characters', `AAA${base64(SECRET)}`],
    ['hex', Buffer.from(SECRET).toString('hex')],
    ['upper-case hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['percent encoding', encodeURIComponent(SECRET)],
    ['base64 in percent encoding in base64', base64(encodeURIComponent(`x ${base64(SECRET)} % é`))],
    ['a private key in base64', base64(`my key:\n${PRIVATE_KEY}`)],
  ])('go when there is a secret inside: %s', async (_, text) => {
    const redacted = await testRedaction().redact(`before ${text}\nafter`);
    expect(redacted).toMatch(/^before \S*\[REDACTED:[a-z-]+:[0-9a-f]{4}\]\S*\nafter$/);
  });

  it.each<[string, string]>([
    ['a text without a secret', base64('nothing to see here, move along please, thank you')],
    ['a certificate', base64(CERTIFICATE)],
    ['bytes', Buffer.from(Array.from({ length: 90 }, (_, index) => (index * 37) % 256)).toString('base64')],
    ['a digest', '3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea'],
    ['an encoded query', 'q=a%20b%20c%20d%2Fe%3Df'],
    ['a path', '/var/lib/kubelet/pods/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9/volumes/kubernetes.io~projected'],
  ])('stay when there is none: %s', async (_, text) => {
    expect(await testRedaction().redact(text)).toBe(text);
  });

  it('give away what they hold', async () => {
    const redaction = testRedaction();
    await redaction.redact(base64(SECRET));
    expect(await redaction.redact(`tried ${PASSWORD}`)).not.toContain(PASSWORD);
  });
});
