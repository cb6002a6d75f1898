import { describe, expect, it } from 'vitest';
import { PASSWORD, PASSWORD_BASE64, testRedaction } from './redaction-samples.ts';

const secretJson = {
  apiVersion: 'v1',
  data: { 'app.conf': PASSWORD_BASE64, note: Buffer.from('zzz plain words').toString('base64') },
  kind: 'Secret',
  metadata: { name: 'db-credentials', namespace: 'shop', resourceVersion: '123456' },
};
const oneLine = JSON.stringify(secretJson);
const pretty = JSON.stringify(secretJson, null, 2);
const list = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [secretJson, { kind: 'ConfigMap', data: { mode: 'fast' } }],
});
const secretYaml = `apiVersion: v1
data:
  app.conf: ${PASSWORD_BASE64}
  note: enp6IHBsYWluIHdvcmRz
kind: Secret
metadata:
  name: db-credentials
  resourceVersion: "123456"
type: Opaque
`;

function indent(text: string, by: string): string {
  return text.replace(/^(?=.)/gm, by);
}

const DOCUMENTS: Readonly<Record<string, string>> = {
  'JSON in one line': oneLine,
  'pretty JSON': pretty,
  'JSON in a list': list,
  'pretty JSON in a list': JSON.stringify(JSON.parse(list), null, 4),
  'JSON in a string': JSON.stringify({ msg: `created ${oneLine}` }),
  'JSON in a string of a string': JSON.stringify({ outer: JSON.stringify({ msg: oneLine }) }),
  'pretty JSON in a string': JSON.stringify({ msg: pretty }),
  'JSON after log text': `2026-11-20 level=info body={"count":2} ${oneLine} done`,
  'JSON that is cut before its kind': oneLine.slice(0, oneLine.indexOf(',"kind"')),
  'JSON that is cut inside a value': oneLine.slice(0, oneLine.indexOf('"note"') + 24),
  'JSON whose beginning is missing': oneLine.slice(oneLine.indexOf('"data"')),
  'JSON of a list without kinds': JSON.stringify({
    kind: 'SecretList',
    items: [{ metadata: {}, data: secretJson.data }],
  }),
  YAML: secretYaml,
  'YAML with quotes': secretYaml.replace(PASSWORD_BASE64, `"${PASSWORD_BASE64}"`),
  'YAML with CRLF': secretYaml.replaceAll('\n', '\r\n'),
  'indented YAML': indent(secretYaml, '    '),
  'fenced YAML': `Look:\n\n\`\`\`yaml\n${secretYaml}\`\`\`\n`,
  'YAML in a list': `apiVersion: v1\nkind: List\nitems:\n- ${indent(secretYaml, '  ').trimStart()}`,
  'YAML in an indented list': `items:\n  - ${indent(secretYaml, '    ').trimStart()}`,
  'several YAML documents': `kind: ConfigMap\ndata:\n  mode: fast\n---\n${secretYaml}---\nkind: Pod\n`,
  'YAML with kind first': `kind: Secret\nstringData:\n  app.conf: ${PASSWORD}\n`,
  'YAML with a block scalar': `kind: Secret\nstringData:\n  app.conf: |\n    user=app\n    ${PASSWORD}\n`,
  'YAML in flow style': `kind: Secret\nstringData: {app.conf: ${PASSWORD}, b: c}\n`,
  'YAML that is cut before its kind': secretYaml.slice(0, secretYaml.indexOf('kind:')),
  'YAML that is cut inside a value': secretYaml.slice(0, secretYaml.indexOf('note:') + 16),
  'YAML whose beginning is missing': secretYaml.slice(secretYaml.indexOf('data:')),
  'an annotation that repeats a Secret': `kind: Foo\nabout: app.conf\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      ${JSON.stringify({ kind: 'Secret', stringData: { 'app.conf': PASSWORD } })}\n`,
};

describe('Kubernetes Secrets', () => {
  it.each(Object.entries(DOCUMENTS))('removes the values of %s', async (_, text) => {
    const redacted = await testRedaction().redact(text);
    expect(redacted).not.toContain(PASSWORD);
    expect(redacted).not.toContain(PASSWORD_BASE64);
    expect(redacted).not.toContain('enp6IHBsYWluIHdv');
    expect(redacted).toContain('app.conf');
  });

  it('keeps everything that is not a value', async () => {
    expect(await testRedaction().redact(secretYaml)).toBe(
      secretYaml
        .replace(PASSWORD_BASE64, '[REDACTED:kubernetes-secret:813a]')
        .replace('enp6IHBsYWluIHdvcmRz', '[REDACTED:kubernetes-secret:39b0]'),
    );
  });

  it('leaves a ConfigMap beside a Secret alone', async () => {
    expect(await testRedaction().redact(list)).toContain('{"mode":"fast"}');
    expect(await testRedaction().redact(DOCUMENTS['several YAML documents'] ?? '')).toContain('mode: fast');
  });

  it('leaves a cut ConfigMap alone', async () => {
    const text = '{"apiVersion":"v1","data":{"config.yaml":"mode: fast\\nlevel: 3","other":"on';
    expect(await testRedaction().redact(text)).toBe(text);
  });

  it('removes what a value decodes to elsewhere in the text, with the same mark', async () => {
    const redacted = await testRedaction().redact(`${secretYaml}\nlogin with ${PASSWORD} refused`);
    expect(redacted).toContain('login with [REDACTED:kubernetes-secret:813a] refused');
  });

  it('removes it from later texts of the same result as well', async () => {
    const redaction = testRedaction();
    await redaction.redact(secretYaml);
    expect(await redaction.redact(`tried ${PASSWORD}`)).toBe('tried [REDACTED:kubernetes-secret:813a]');
  });

  it('does not hunt names that a Secret holds', async () => {
    const data = {
      namespace: Buffer.from('shop-prod-1').toString('base64'),
      username: Buffer.from('app-user7').toString('base64'),
    };
    const text = `${JSON.stringify({ kind: 'Secret', data })} namespace shop-prod-1 user app-user7`;
    expect(await testRedaction().redact(text)).toContain(' namespace shop-prod-1 user app-user7');
  });
});

const CREDENTIALS: Readonly<Record<string, string>> = {
  'a token in a kubeconfig': `users:\n- name: admin\n  user:\n    token: ${PASSWORD}\n`,
  'a password in a kubeconfig': `users:\n- name: admin\n  user:\n    username: admin\n    password: "${PASSWORD}"\n`,
  'a client key in a kubeconfig': `users:\n- name: admin\n  user:\n    client-key-data: ${PASSWORD_BASE64}\n`,
  'a client key in JSON': JSON.stringify({ users: [{ name: 'a', user: { 'client-key-data': PASSWORD_BASE64 } }] }),
  'a token of an auth provider': `  user:\n    auth-provider:\n      config:\n        refresh: ${PASSWORD}\n      name: oidc\n`,
  'a token of an auth provider in JSON': JSON.stringify({
    user: { 'auth-provider': { config: { refresh: PASSWORD } } },
  }),
  'the environment of a login helper': `  user:\n    exec:\n      command: login\n      env:\n      - name: ROLE\n        value: ${PASSWORD}\n`,
  'the environment of a login helper in JSON': JSON.stringify({
    user: { exec: { env: [{ name: 'ROLE', value: PASSWORD }] } },
  }),
  'a registry login': JSON.stringify({
    auths: { 'quay.io': { auth: Buffer.from(`bot:${PASSWORD}`).toString('base64'), password: PASSWORD } },
  }),
  'a registry login in YAML': `auths:\n  quay.io:\n    auth: ${PASSWORD_BASE64}\n`,
  'an old registry login': JSON.stringify({
    'https://index.docker.io/v1/': { auth: Buffer.from(`bot:${PASSWORD}`).toString('base64') },
  }),
  'a whole pull secret as base64': `.dockerconfigjson: ${Buffer.from(JSON.stringify({ auths: { a: { auth: PASSWORD_BASE64 } } })).toString('base64')}`,
  'an environment pair in JSON': JSON.stringify({ env: [{ name: 'DB_PASSWORD', value: PASSWORD }] }),
  'an environment pair in YAML': `env:\n- name: DB_PASSWORD\n  value: ${PASSWORD}\n- name: MODE\n  value: fast\n`,
  'an environment pair with its value first': `env:\n- value: ${PASSWORD}\n  name: DB_PASSWORD\n`,
};

describe('other structures', () => {
  it.each(Object.entries(CREDENTIALS))('removes %s', async (_, text) => {
    const redacted = await testRedaction().redact(text);
    expect(redacted).not.toContain(PASSWORD);
    expect(redacted).not.toContain(PASSWORD_BASE64);
    expect(redacted).not.toContain(Buffer.from(`bot:${PASSWORD}`).toString('base64'));
    expect(redacted).toContain('[REDACTED:');
  });

  it('leaves names, references and other variables', async () => {
    const text = `env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db\n      key: password\n- name: MODE\n  value: fast-and-loose1\n`;
    expect(await testRedaction().redact(text)).toBe(text);
  });
});
