import type { Environment } from '../../config/environment.ts';

/**
 * How git runs. `client` keeps the person's own configuration, credential helpers, agent, proxy and CA; `processor` is
 * closed: no system or user configuration, no helper, one protocol, credentials from its own configuration only.
 */
export interface GitProfile {
  /** Whole environment of each git process; read again for every call, because tokens are rotated. */
  environment(): Promise<Readonly<Record<string, string>>>;
  /** `-c` settings, flattened: `['-c', 'core.hooksPath=/dev/null', …]`. */
  readonly settings: readonly string[];
}

/** What the person's git may see: where it finds itself, its configuration, keys, proxies and authorities. */
const CLIENT_VARIABLES =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|TEMP|TMP|SHELL|DISPLAY|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS|GNUPGHOME|GPG_TTY|XDG_.+|SSH_.+|KRB5.+|GCM_.+|GH_.+|GITHUB_TOKEN|GITLAB_TOKEN|GIT_SSH|GIT_SSH_COMMAND|GIT_SSH_VARIANT|GIT_ASKPASS|GIT_CONFIG_.+|GIT_SSL_.+|GIT_PROXY_.+|GIT_HTTP_.+|GIT_TRACE.*|GIT_CURL_VERBOSE|GIT_EXEC_PATH|CURL_CA_BUNDLE|SSL_CERT_FILE|SSL_CERT_DIR|https?_proxy|HTTPS?_PROXY|all_proxy|ALL_PROXY|no_proxy|NO_PROXY)$/u;

/** Settings that hold for both profiles: nothing in a repository or a user's configuration may run or block. */
const COMMON_SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=no',
  'fetch.fsckObjects=true',
  'fetch.writeCommitGraph=false',
  'gc.autoDetach=false',
  'push.gpgSign=false',
  'push.followTags=false',
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=30',
];

const FIXED_VARIABLES = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LFS_SKIP_SMUDGE: '1',
};

export function clientProfile(env: Environment): GitProfile {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && CLIENT_VARIABLES.test(name)) kept[name] = value;
  }
  const environment = { ...kept, ...FIXED_VARIABLES };
  return { environment: () => Promise.resolve(environment), settings: flat(COMMON_SETTINGS) };
}

export interface ProcessorCredentials {
  readonly username?: string | undefined;
  readonly readToken: () => Promise<string | undefined>;
  readonly sshKeyFile?: string | undefined;
  readonly knownHostsFile?: string | undefined;
  readonly caFile?: string | undefined;
  /** `http://host:port` of a proxy that takes CONNECT; no variable of the environment names one. */
  readonly proxy?: string | undefined;
}

/** Closed environment; the protocol of `url` is the only one allowed. */
export function processorProfile(
  url: string,
  options: { readonly credentials: ProcessorCredentials; readonly emptyHome: string; readonly path: string },
): GitProfile {
  const protocol = protocolOf(url);
  const { credentials } = options;
  const settings = [
    ...COMMON_SETTINGS,
    'protocol.allow=never',
    `protocol.${protocol}.allow=always`,
    'credential.helper=',
    'http.followRedirects=false',
    ...(credentials.caFile === undefined ? [] : [`http.sslCAInfo=${credentials.caFile}`]),
    ...(credentials.proxy === undefined ? [] : [`http.proxy=${credentials.proxy}`]),
  ];
  return {
    settings: flat(settings),
    environment: async () => ({
      PATH: options.path,
      HOME: options.emptyHome,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ALLOW_PROTOCOL: protocol,
      ...FIXED_VARIABLES,
      ...sshCommand(credentials),
      ...(await authorization(credentials)),
    }),
  };
}

/** Sends the credential with the first request, through the environment so that no argument list shows it. */
async function authorization(credentials: ProcessorCredentials): Promise<Record<string, string>> {
  const token = await credentials.readToken();
  if (token === undefined) return {};
  const basic = Buffer.from(`${credentials.username ?? 'x-access-token'}:${token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}

function sshCommand(credentials: ProcessorCredentials): Record<string, string> {
  const options = [
    '-F /dev/null',
    '-o BatchMode=yes',
    '-o StrictHostKeyChecking=yes',
    '-o ConnectTimeout=10',
    '-o IdentitiesOnly=yes',
    ...(credentials.knownHostsFile === undefined
      ? []
      : // Several files can be named here, so ssh needs quotes of its own around a path with a space.
        [`-o UserKnownHostsFile=${shellQuoted(`"${credentials.knownHostsFile}"`)}`]),
    ...(credentials.sshKeyFile === undefined ? [] : [`-i ${shellQuoted(credentials.sshKeyFile)}`]),
  ];
  return { GIT_SSH_COMMAND: `ssh ${options.join(' ')}` };
}

/** git hands GIT_SSH_COMMAND to a shell. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function protocolOf(url: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//iu.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined) return scheme === 'git+ssh' || scheme === 'ssh+git' ? 'ssh' : scheme;
  return /^[^/]+:/u.test(url) ? 'ssh' : 'file';
}

function flat(settings: readonly string[]): string[] {
  return settings.flatMap((setting) => ['-c', setting]);
}
