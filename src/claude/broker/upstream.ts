import { environmentValue, type Environment } from '../../config/environment.ts';

/** What the model API wants to see; the value never leaves the processor but in the header of a call. */
export interface ModelCredential {
  /** `x-api-key`, or `authorization: Bearer`. */
  readonly kind: 'api-key' | 'bearer';
  readonly value: string;
}

/** A Messages API, or a gateway that speaks like one; the model broker forwards to it. */
export interface MessagesUpstream {
  readonly kind: 'messages';
  readonly baseUrl: string;
  /** Read for every call, so that a new key in a file is used at once. */
  readonly credential: () => Promise<ModelCredential>;
  /** Added to every call, for example for a gateway; may be secret too. */
  readonly extraHeaders?: Readonly<Record<string, string>>;
  /** `http://` URL of a proxy that takes CONNECT. */
  readonly proxy?: string;
}

/** A cloud provider that claude talks to by itself, see `ModelAccess` of kind `provider`. */
export interface ProviderUpstream {
  readonly kind: 'bedrock' | 'vertex';
  readonly environment: Readonly<Record<string, string>>;
}

export type ModelUpstream = MessagesUpstream | ProviderUpstream;

const DEFAULT_BASE_URL = 'https://api.anthropic.com';

/** Network settings that a claude without the broker needs as well. */
const NETWORK = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS'];

/** Variables of a provider: which one turns it on, and which ones claude and its credential chain read. */
const PROVIDERS = [
  {
    kind: 'bedrock',
    switch: 'CLAUDE_CODE_USE_BEDROCK',
    pattern: /^(?:AWS_|ANTHROPIC_BEDROCK_|CLAUDE_CODE_SKIP_BEDROCK_AUTH$)/u,
  },
  {
    kind: 'vertex',
    switch: 'CLAUDE_CODE_USE_VERTEX',
    pattern:
      /^(?:VERTEX_REGION_|ANTHROPIC_VERTEX_|CLOUD_ML_REGION$|GOOGLE_|GCLOUD_PROJECT$|CLAUDE_CODE_SKIP_VERTEX_AUTH$)/u,
  },
] as const;

/**
 * Where models are, from the variables that Claude Code itself reads; undefined when none of them gives access.
 * `overrides` come from a configuration file and win.
 */
export function readModelUpstream(
  env: Environment,
  overrides: Partial<Pick<MessagesUpstream, 'baseUrl' | 'credential' | 'extraHeaders'>> = {},
): ModelUpstream | undefined {
  if (overrides.baseUrl === undefined && overrides.credential === undefined) {
    const provider = readProvider(env);
    if (provider !== undefined) return provider;
  }
  const credential = overrides.credential ?? readCredential(env);
  if (credential === undefined) return undefined;
  const baseUrl = overrides.baseUrl ?? environmentValue(env, 'ANTHROPIC_BASE_URL') ?? DEFAULT_BASE_URL;
  const proxy = readProxy(env, baseUrl);
  return {
    kind: 'messages',
    baseUrl,
    credential,
    extraHeaders: overrides.extraHeaders ?? parseHeaders(environmentValue(env, 'ANTHROPIC_CUSTOM_HEADERS') ?? ''),
    ...(proxy === undefined ? {} : { proxy }),
  };
}

function readProvider(env: Environment): ProviderUpstream | undefined {
  const provider = PROVIDERS.find((one) => isSwitchedOn(environmentValue(env, one.switch)));
  if (provider === undefined) return undefined;
  const names = Object.keys(env).filter((name) => provider.pattern.test(name) || isNetworkSetting(name));
  const variables = names.flatMap((name) => {
    const value = environmentValue(env, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { kind: provider.kind, environment: { ...Object.fromEntries(variables), [provider.switch]: '1' } };
}

function isSwitchedOn(value: string | undefined): boolean {
  return value !== undefined && !['0', 'false', 'no', 'off'].includes(value.toLowerCase());
}

function isNetworkSetting(name: string): boolean {
  return NETWORK.includes(name) || NETWORK.includes(name.toUpperCase());
}

function readCredential(env: Environment): MessagesUpstream['credential'] | undefined {
  const bearer = environmentValue(env, 'ANTHROPIC_AUTH_TOKEN');
  const key = environmentValue(env, 'ANTHROPIC_API_KEY');
  // The order of Claude Code.
  if (bearer !== undefined) return () => Promise.resolve({ kind: 'bearer', value: bearer });
  if (key !== undefined) return () => Promise.resolve({ kind: 'api-key', value: key });
  return undefined;
}

/** Headers as `ANTHROPIC_CUSTOM_HEADERS` writes them: one `name: value` per line. */
function parseHeaders(text: string): Readonly<Record<string, string>> {
  const pairs = text.split('\n').flatMap((line) => {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*?)\s*$/u.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value] as const];
  });
  return Object.fromEntries(pairs);
}

function readProxy(env: Environment, baseUrl: string): string | undefined {
  const { protocol, hostname } = new URL(baseUrl);
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = environmentValue(env, name) ?? environmentValue(env, name.toLowerCase());
  if (proxy === undefined || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return undefined;
  const exceptions = environmentValue(env, 'NO_PROXY') ?? environmentValue(env, 'no_proxy') ?? '';
  const isExcepted = exceptions.split(/[\s,]+/u).some((exception) => {
    const suffix = exception.replace(/^\*?\./u, '');
    return exception === '*' || (suffix !== '' && (hostname === suffix || hostname.endsWith(`.${suffix}`)));
  });
  return isExcepted ? undefined : proxy;
}
