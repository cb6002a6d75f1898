import { describe, expect, it } from 'vitest';
import { CERTIFICATE, JSON_WEB_TOKEN, KEY_LINE, PASSWORD, PRIVATE_KEY, testRedaction } from './redaction-samples.ts';

const letters = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hI5kL7n';
const basic = Buffer.from(`alice:${PASSWORD}`).toString('base64');

/** Name, text, what must be gone. */
const SECRETS: readonly (readonly [string, string, string])[] = [
  ['a private key', `key:\n${PRIVATE_KEY}\nend`, KEY_LINE],
  ['a private key with escaped line ends', JSON.stringify({ key: PRIVATE_KEY }), KEY_LINE],
  ['a private key with doubly escaped line ends', JSON.stringify(JSON.stringify({ key: PRIVATE_KEY })), KEY_LINE],
  ['an indented private key', PRIVATE_KEY.replace(/^/gm, '      '), KEY_LINE],
  ['a private key without its end', PRIVATE_KEY.slice(0, 320), KEY_LINE],
  ['a private key without its beginning', PRIVATE_KEY.slice(60), KEY_LINE],
  [
    'an encoded private key',
    `data ${Buffer.from(PRIVATE_KEY).toString('base64')}`,
    Buffer.from(PRIVATE_KEY).toString('base64').slice(40, 90),
  ],
  ['a PKCS 8 key', PRIVATE_KEY.replaceAll('RSA ', ''), KEY_LINE],
  ['an OpenSSH key', PRIVATE_KEY.replaceAll('RSA ', 'OPENSSH '), KEY_LINE],
  ['a JSON Web Token', `got ${JSON_WEB_TOKEN} back`, JSON_WEB_TOKEN.slice(20)],
  [
    'a JSON Web Token without its signature',
    JSON_WEB_TOKEN.split('.').slice(0, 2).join('.'),
    JSON_WEB_TOKEN.slice(20, 60),
  ],
  ['an authorization header', `> Authorization: Bearer ${PASSWORD}`, PASSWORD],
  ['an authorization header in JSON', `{"Authorization":["Bearer ${PASSWORD}"]}`, PASSWORD],
  ['a proxy authorization', `proxy-authorization: Basic ${basic}`, basic],
  ['an authorization of another scheme', `authorization: token ${letters}`, letters],
  ['a digest authorization', `Authorization: Digest username="a", response=${letters}`, letters.slice(10)],
  ['loose bearer credentials', `sent bearer ${letters} to the server`, letters],
  ['loose basic credentials', `used Basic ${basic}.`, basic],
  ['a URL password', `dial postgres://app:${PASSWORD}@db:5432/shop failed`, PASSWORD],
  ['a URL password with an @', `redis://:p@ss${PASSWORD}@cache:6379`, PASSWORD],
  ['a URL password with a slash', `amqp://app:pa/${PASSWORD}@mq`, PASSWORD],
  ['a token as URL user', `https://${letters}@git.example.com/a.git`, letters],
  ['a Go database address', `app:${PASSWORD}@tcp(10.0.0.1:3306)/shop`, PASSWORD],
  ['a cookie', 'Cookie: session=abc123def; theme=dark', 'abc123def'],
  ['a set cookie', 'set-cookie: sid=abc123def; Path=/; HttpOnly', 'abc123def'],
  ['an API key header', `X-Api-Key: ${letters}`, letters],
  ['a variable', `export DB_PASSWORD=${PASSWORD}`, PASSWORD],
  ['a quoted variable', `DB_PASSWORD="two words"`, 'two words'],
  ['a numeric password', 'password=12345678', '12345678'],
  ['a YAML key', 'password: letmein', 'letmein'],
  ['a YAML key with words', 'password: correct horse battery', 'horse'],
  ['a YAML block', 'clientSecret: |\n  first-line\n  second\nnext: 1', 'second'],
  ['a JSON key', '{"clientSecret": "let me in"}', 'let me in'],
  ['a JSON key in a string', '{"m":"{\\"clientSecret\\":\\"let me in\\"}"}', 'let me in'],
  ['a camel-case key', `adminPassword: ${PASSWORD}`, PASSWORD],
  ['an upper-case key', `PGPASSWORD=${PASSWORD}`, PASSWORD],
  ['an aligned table', `      DB_PASSWORD:                ${PASSWORD}`, PASSWORD],
  ['a flag', `mysqld --password=${PASSWORD} --port 1`, PASSWORD],
  ['a flag and its argument', `login --password ${PASSWORD} --port 1`, PASSWORD],
  ['a flag in a JSON list', `["login","--api-key","${PASSWORD}"]`, PASSWORD],
  ['a flag in a YAML list', `args:\n- --client-secret\n- ${PASSWORD}\n`, PASSWORD],
  ['a user flag', `curl -u alice:${PASSWORD} https://example.com`, PASSWORD],
  ['a query parameter', `GET /login?user=a&access_token=${letters}&x=1`, letters],
  ['a secret access key', `aws_secret_access_key = ${letters}`, letters],
  ['a connection string', `Server=db;User=app;Password=${PASSWORD};Encrypt=true`, PASSWORD],
  ['a GitHub token', `ghp_${letters.slice(0, 36)}`, letters.slice(0, 20)],
  ['a fine-grained GitHub token', `github_pat_${letters}`, letters],
  ['a GitLab token', `glpat-${letters.slice(0, 20)}`, letters.slice(0, 20)],
  ['an AWS key id', 'using AKIA2B3C4D5E6F7G8H9J now', 'AKIA2B3C'],
  ['a Slack token', `xoxb-${letters}`, letters],
  ['an Anthropic key', `sk-ant-api03-${letters}`, letters],
  ['an OpenShift token', `sha256~${letters}`, letters],
  ['a Google key', `AIza${letters.slice(0, 35)}`, letters.slice(0, 35)],
  ['an npm token', `npm_${letters.slice(0, 36)}`, letters.slice(0, 36)],
  ['a password hash', `root:$6$salt$${letters}:19000:0`, letters],
];

describe('formats', () => {
  it.each(SECRETS)('removes %s', async (_, text, secret) => {
    expect(text).toContain(secret);
    const redacted = await testRedaction().redact(text);
    expect(redacted).not.toContain(secret);
    expect(redacted).toContain('[REDACTED:');
  });

  it('keeps the text around a private key', async () => {
    expect(await testRedaction().redact(`a\n${PRIVATE_KEY}\nb`)).toMatch(
      /^a\n\[REDACTED:private-key:[0-9a-f]{4}\]\nb$/,
    );
  });

  it('keeps the prose after a private key that was cut', async () => {
    const text = `${PRIVATE_KEY.slice(0, 320)}\nThe service was restarted at 14:30.`;
    expect(await testRedaction().redact(text)).toContain('The service was restarted at 14:30.');
  });

  it('keeps user and host of a URL', async () => {
    expect(await testRedaction().redact(`https://bob:${PASSWORD}@h.example/x`)).toMatch(
      /^https:\/\/bob:\[REDACTED:url-password:[0-9a-f]{4}\]@h\.example\/x$/,
    );
  });

  it('removes a value that it was sure of from the rest of the text', async () => {
    expect(await testRedaction().redact(`psql: ${PASSWORD}\nDB_PASSWORD=${PASSWORD}\n`)).not.toContain(PASSWORD);
  });
});

const HARMLESS: readonly (readonly [string, string])[] = [
  ['an image digest', `image: quay.io/app/web@sha256:${'0123456789abcdef'.repeat(4)}`],
  ['a commit', 'HEAD is now at 8f3c2b1a9d7e6f5c4b3a2918273645546372819a'],
  ['a UUID', 'uid: 4f1c2b3a-5d6e-4f70-8192-a3b4c5d6e7f8'],
  ['a pod', 'web-7d9f8b6c5d-x2k4q   1/1   Running   0   3d'],
  ['a resource version', '{"resourceVersion":"184467440"}'],
  ['addresses', 'dial tcp 10.0.3.17:6443: connection refused; fe80::1ff:fe23:4567:890a'],
  ['a certificate', CERTIFICATE],
  ['an encoded certificate', Buffer.from(CERTIFICATE).toString('base64')],
  ['a public key', CERTIFICATE.replaceAll('CERTIFICATE', 'PUBLIC KEY')],
  ['a sentence about keys', 'the file must begin with -----BEGIN PRIVATE KEY----- and so on'],
  ['the name of a Secret', 'secretName: db-credentials'],
  ['a reference to a Secret', 'secret: grpc-tls\ncredentials: cloud-credentials\ntoken: default-token-x7k2p'],
  ['a flag that names a Secret', '--tls-secret=pod-identity-webhook --pull-secret my-registry'],
  ['an object that cannot be read', 'object "ns"/"node-bootstrapper-token": failed to sync'],
  ['a missing Secret', 'secret "my-app-secret" not found'],
  ['an object', 'secret/my-app-secret configured'],
  ['a key reference', 'secretKeyRef:\n  key: password\n  name: db'],
  ['a lifetime', 'tokenTTL: 24h0m0s\naccessTokenMaxAgeSeconds: 86400'],
  ['a tokenizer', 'tokenizer: whitespace2\ntokens=12345'],
  ['a policy', 'password_policy: strict9\npassword_policy=true\nPASS_MAX_DAYS 99999'],
  ['a switch', 'password: true\ntoken=false\nsecret: null'],
  ['a number', 'max_token=4096\ninputTokens: 123456'],
  [
    'a path',
    'password-file: /etc/app/pw1\ntoken: /var/run/secrets/kubernetes.io/serviceaccount/token\nprivate_key=./key.pem',
  ],
  [
    'a variable',
    'PASSWORD=$DB_PASSWORD\npassword: ${DB_PASSWORD}\ntoken={{ .Values.token }}\nDB_PASSWORD: <set to the key>',
  ],
  ['a call', 'password = getPassword(user1)'],
  ['a sentence', 'Failed password for root from 10.0.0.1 port 22 ssh2'],
  ['a log line', 'error: invalid token: unexpected end of JSON input'],
  ['nsswitch', 'passwd:         files systemd\nshadow:         files'],
  ['a masked value', 'password=****** token: <redacted> secret=xxxxxx key_password=***HIDDEN***'],
  ['basic words', 'Basic authentication is enabled; bearer token authentication too'],
  ['a challenge', 'WWW-Authenticate: Bearer realm="https://auth.example.com/token",service="registry"'],
  ['a host and port', 'http://example.com:8080/a@b and https://[::1]:6443/x'],
  ['an example', 'AKIAIOSFODNN7EXAMPLE'],
  ['a cookie sentence', 'the cookie: was not sent'],
  [
    'the key of a controller',
    'key="openshift-monitoring/prometheus-k8s-0" worker=3 key=kube-system/web-7d9f8b6c5d-x2k4q',
  ],
  ['the key of a cache', 'cacheKey=4f1c2b3a-5d6e-4f70-8192-a3b4c5d6e7f8 key: sha256:' + '0123456789abcdef'.repeat(4)],
  ['a commit as a key', 'apiKey.sid=8f3c2b1a9d7e6f5c4b3a2918273645546372819a'.replace('apiKey.', '')],
  ['a hash in a label', 'pod-template-hash=7d9f8b6c5d,controller-revision-hash=6b8d5c9f7'],
  ['names of a kind', 'api: apps/v1\nauth: oidc\nsid: 12345678\nsource-key=ip-10-0-3-17.ec2.internal'],
  ['a sentence about a key', 'the key is missing and the token was rejected; key is tls.crt'],
  ['an element of XML', '<key>name</key><token>null</token>'],
  ['a list of names', '["password","username","access_token","secret"]'],
  ['a digest of an image of an issuer', 'datadog/agent@sha256:' + '0123456789abcdef'.repeat(4)],
  ['a JSON that is no Secret', '{"kind":"ConfigMap","data":{"a":"QUJDREVGR0g="}}'],
];

describe('what stays', () => {
  it.each(HARMLESS)('leaves %s', async (_, text) => {
    expect(await testRedaction().redact(text)).toBe(text);
  });
});
