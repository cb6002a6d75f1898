import { describe, expect, it } from 'vitest';
import { PHRASES } from '../../../src/redaction/rules/phrases.ts';
import { testRedaction } from './redaction-samples.ts';
import { createSampler } from './sample-text.ts';

const sampler = createSampler('named values');
const HEX = sampler.fill('<hex:32>');
const COMMIT = sampler.fill('<hex:40>');
const LONG = sampler.fill('<an:40>');
const PASSWORD = 'Tr0ub4dor';
const UUID = '4f1c2b3a-5d6e-4f70-8192-a3b4c5d6e7f8';

/** Name of the syntax, text, what must be gone. */
const SECRETS: readonly (readonly [string, string, string])[] = [
  ['a comparison', `if password == "${PASSWORD}":`, PASSWORD],
  ['a comparison that fails', `if (password !== '${PASSWORD}') {`, PASSWORD],
  ['a type', `val password: String = "${PASSWORD}"`, PASSWORD],
  ['a default argument', `def connect(passwd: str = '${PASSWORD}')`, PASSWORD],
  ['another choice', `os.environ.get("PASSWORD") or "${PASSWORD}"`, PASSWORD],
  ['a default of a variable', `getenv("DB_PASSWORD", "${PASSWORD}")`, PASSWORD],
  ['an option of a library', 'setopt(curl, CURLOPT_PASSWORD, "open sesame")', 'sesame'],
  ['a macro', `#define PASSWORD "${PASSWORD}"`, PASSWORD],
  ['a setting without a sign', "password 'open-sesame'", 'open-sesame'],
  ['a sentence', 'The default password is "blooberry".', 'blooberry'],
  ['an XML pair', `<add key="FromPassword" value="${PASSWORD}"/>`, PASSWORD],
  ['an XML element', `<password>${PASSWORD}</password>`, PASSWORD],
  ['HTML', `<a href="/x?token=&quot;${PASSWORD}&quot;">`, PASSWORD],
  ['a .netrc file', 'machine h.example login bob password opensesame', 'opensesame'],
  ['a .netrc file of several lines', 'machine h.example\n  login bob\n  password opensesame\n', 'opensesame'],
  ['an aligned table', `password              => '${PASSWORD}',`, PASSWORD],
  ['a mistyped name', `PSSWORD=${PASSWORD} pswd: ${PASSWORD}`, PASSWORD],
  ['a short name', `ID:master,PW:${PASSWORD}`, PASSWORD],
  ['a flag for a store', `keytool -list -storepass ${PASSWORD}`, PASSWORD],
  ['the key of an issuer', `finnhub_key=${HEX}`, HEX],
  ['the key of an issuer in a variable', `NICE_API_KEY=${UUID}`, UUID],
  ['a joined key', `uclassifykey: ${LONG}`, LONG],
  ['a word after which only a secret stands', `box SECRET ${HEX}`, HEX],
  ['two words', `zen private key ${COMMIT}`, COMMIT],
  ['a token in prose', `got token ${HEX} back`, HEX],
  ['a value that is a part of the name', `speech-secretkey-${HEX}`, HEX],
  ['a number as a secret', `APP_SECRET=${'1234567890'.repeat(4)}`, '1234567890'],
  ['an unknown prefix', `using acme_live_${sampler.fill('<an:28>')}7x8 now`, 'acme_live_'],
  ['a random word', `using ${LONG} now`, LONG],
  ['a random word in one case', `arg=${sampler.fill('<low:12>7<low:6>4<low:6>1q')}9z8y7x6w`, '9z8y7x6w'],
];

const HARMLESS: readonly (readonly [string, string])[] = [
  ['a list of names', '["password","username","token"] ("secret", "value")'],
  ['a path and a flag', '"--token-file=/etc/app/token", "--listen=localhost:8080"'],
  ['a type without a value', 'password: String\ntoken: str'],
  ['a placeholder in prose', 'replace `<password>` with your own and `<token>` too. Then go on <here>.'],
  ['the key of a cache', `cache_key=${UUID} objectKey: ${COMMIT} hash_key=${HEX}`],
  ['a public key', `public_key: ${HEX} pubkey=${HEX}`],
  ['a commit beside a word', `commit ${COMMIT} adds a key and a token`],
  ['a UUID in prose', `access to ${UUID} was denied; the key ${UUID} is gone`],
  ['an object with a hash', 'secret/builder-dockercfg-x7k2p secret-key-rotation-7d9f8b6c5d token-x7k2p'],
  ['a digest in a name', `image_sha256_${sampler.fill('<hex:64>')}`],
  ['a slice of a pod', 'kubepods-burstable-pod4f1c2b3a_5d6e_4f70_8192_a3b4c5d6e7f8.slice'],
  ['a container', `k8s_web_web-7d9f8b6c5d-x2k4q_shop_${UUID}_0`],
  ['a metric', 'etcd_disk_wal_fsync_duration_seconds_bucket apiserver_request_duration_seconds'],
  ['words of a table', 'Access Private Key Token\nyes no rsa none'],
];

describe('values beside a name', () => {
  it.each(SECRETS)('go from %s', async (_, text, secret) => {
    expect(text).toContain(secret);
    const redaction = testRedaction();
    const redacted = await redaction.redact(text);
    expect(redacted).not.toContain(secret);
    expect(await redaction.redact(redacted)).toBe(redacted);
  });

  it.each(HARMLESS)('stay in %s', async (_, text) => {
    expect(await testRedaction().redact(text)).toBe(text);
  });
});

describe('places of passwords', () => {
  it.each(PHRASES.map((phrase) => [phrase.sample, phrase] as const))('%s', async (_, { sample, lookAlike }) => {
    const redacted = await testRedaction().redact(sample.replace('<secret>', PASSWORD));
    const [before, after] = sample.split('<secret>');
    expect(redacted.startsWith(`${before}[REDACTED:`)).toBe(true);
    expect(redacted.endsWith(`]${after}`)).toBe(true);
    expect(await testRedaction().redact(lookAlike)).toBe(lookAlike);
  });
});
