import type { Row } from './corpus.ts';
import { createSampler, type Sampler } from '../../unit/redaction/sample-text.ts';

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

interface Document {
  readonly content: Json;
  readonly secrets: readonly string[];
}

/** Documents that hold secrets, with new values for each seed. */
const KINDS: Readonly<Record<string, (sampler: Sampler) => Document>> = {
  Secret: (sampler) => {
    const [password, token] = [sampler.fill('<an:14>'), sampler.fill('<low:9>')];
    return secretOf({ password: base64(password), token: base64(token) }, [base64(password), base64(token)]);
  },
  'Secret with words': (sampler) => {
    const words = [sampler.fill('<lo:11>'), sampler.fill('<lo:8>')];
    return secretOf({ first: base64(words[0] ?? ''), second: base64(words[1] ?? '') }, words.map(base64));
  },
  'Secret with stringData': (sampler) => {
    const value = sampler.fill('<an:12>');
    return {
      content: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'app' }, stringData: { value } },
      secrets: [value],
    };
  },
  'List of Secrets': (sampler) => {
    const values = [sampler.fill('<an:12>'), sampler.fill('<an:20>')];
    const items = values.map((value) => secretOf({ k: base64(value) }, []).content);
    return { content: { apiVersion: 'v1', kind: 'List', items }, secrets: values.map(base64) };
  },
  'pull secret': (sampler) => {
    const auth = base64(`robot:${sampler.fill('<an:24>')}`);
    const config = JSON.stringify({ auths: { 'quay.io': { auth } } });
    return secretOf({ '.dockerconfigjson': base64(config) }, [base64(config)]);
  },
  'registry login': (sampler) => {
    const auth = base64(`robot:${sampler.fill('<an:24>')}`);
    return { content: { auths: { 'quay.io': { auth, email: 'a@example.com' } } }, secrets: [auth] };
  },
  kubeconfig: (sampler) => {
    const [token, key] = [sampler.fill('<an:32>'), base64(sampler.fill('<an:200>'))];
    const users = [
      { name: 'admin', user: { token } },
      { name: 'cert', user: { 'client-key-data': key } },
    ];
    return { content: { apiVersion: 'v1', kind: 'Config', users }, secrets: [token, key] };
  },
  Deployment: (sampler) => {
    const password = sampler.fill('<an:16>');
    const env = [
      { name: 'DB_PASSWORD', value: password },
      { name: 'LOG_LEVEL', value: 'info' },
    ];
    const containers = [{ name: 'app', image: 'quay.io/app/web:1', env }];
    return {
      content: { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec: { containers } } } },
      secrets: [password],
    };
  },
  Route: (sampler) => {
    const body = sampler.fill('<an:64>\n<an:64>\n<an:64>');
    const key = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`;
    return {
      content: { kind: 'Route', spec: { host: 'a.example.com', tls: { termination: 'edge', key } } },
      secrets: body.split('\n'),
    };
  },
  MachineConfig: (sampler) => {
    const source = `data:;base64,${base64(sampler.fill('<an:90>'))}`;
    const files = [{ path: '/etc/app', contents: { source } }];
    const hash = sampler.fill('$6$<an:16>$<an:86>');
    const users = [{ name: 'core', passwordHash: hash }];
    return {
      content: { kind: 'MachineConfig', spec: { config: { passwd: { users }, storage: { files } } } },
      secrets: [source.slice(13), hash],
    };
  },
  EncryptionConfiguration: (sampler) => {
    const secret = base64(sampler.fill('<an:32>'));
    const providers = [{ aescbc: { keys: [{ name: 'key1', secret }] } }];
    return {
      content: { kind: 'EncryptionConfiguration', resources: [{ resources: ['secrets'], providers }] },
      secrets: [secret],
    };
  },
  HelmRelease: (sampler) => {
    const password = sampler.fill('<an:18>');
    return {
      content: { kind: 'HelmRelease', spec: { values: { postgresql: { auth: { password, username: 'app' } } } } },
      secrets: [password],
    };
  },
  'last applied configuration': (sampler) => {
    const value = base64(sampler.fill('<an:12>'));
    const applied = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'app' }, data: { k: value } });
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': `${applied}\n` };
    return {
      content: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'app', annotations }, data: { k: value } },
      secrets: [value],
    };
  },
};

const FORMS: Readonly<Record<string, (content: Json) => string>> = {
  YAML: (content) => yaml(content),
  JSON: (content) => JSON.stringify(content, undefined, 4),
  'one line': (content) => JSON.stringify(content),
  fenced: (content) => `What I saw:\n\n\`\`\`yaml\n${yaml(content)}\`\`\`\n\nMore text.\n`,
  indented: (content) => yaml(content).replace(/^(?=.)/gm, '    '),
  truncated: (content) => {
    const text = yaml(content);
    return text.slice(0, Math.ceil(text.length * 0.97));
  },
};

export function kubernetesRows(seeds: number): readonly (Row & { readonly kind: string; readonly form: string })[] {
  const rows = [];
  for (const [kind, make] of Object.entries(KINDS)) {
    for (let seed = 0; seed < seeds; seed++) {
      const { content, secrets } = make(createSampler(`${kind} ${seed}`));
      for (const [form, write] of Object.entries(FORMS)) {
        const sample = write(content);
        // What the cut took away can neither be found nor be missed.
        rows.push({ kind, form, sample, secrets: secrets.filter((secret) => sample.includes(secret)) });
      }
    }
  }
  return rows.filter(({ secrets }) => secrets.length > 0);
}

function secretOf(data: { readonly [key: string]: Json }, secrets: readonly string[]): Document {
  return { content: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'app' }, type: 'Opaque', data }, secrets };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Block style, as kubectl prints it. */
function yaml(value: Json, indent = ''): string {
  if (typeof value === 'string') return value.includes('\n') ? block(value, indent) : `${scalar(value)}\n`;
  if (typeof value !== 'object') return `${String(value)}\n`;
  if (isList(value)) {
    return value.map((item) => `${indent}- ${yaml(item, `${indent}  `).trimStart()}`).join('');
  }
  return Object.entries(value)
    .map(([key, child]) => {
      const isNested = typeof child === 'object';
      const inner = isList(child) ? indent : `${indent}  `;
      return `${indent}${key}:${isNested ? '\n' : ' '}${yaml(child, inner)}`;
    })
    .join('');
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function scalar(text: string): string {
  return /^[A-Za-z0-9+/][\w+/.=:;,@$ -]*$/.test(text) && !text.includes(': ') ? text : JSON.stringify(text);
}

function block(text: string, indent: string): string {
  return `|\n${text.trimEnd().replace(/^/gm, indent)}\n`;
}
