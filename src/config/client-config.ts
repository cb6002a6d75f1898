import { dirname, join, resolve } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import { canonicalRepository } from '../domain/same-repository.ts';
import { sha256 } from '../lib/digest.ts';
import type { ClientConfig, ClientDefaults, ClientObjectStore, ClientVerification } from '../schema/generated.ts';
import { environmentValue, type Environment } from './environment.ts';
import { readConfigFile } from './read-config-file.ts';
import { DEFAULT_BRANCH, DEFAULT_REF_NAMESPACE, resolveAddress } from './repository-defaults.ts';
import { userCacheFolder, userConfigFolder } from './user-folders.ts';

export const PROJECT_CONFIG_FILE = '.warroom.yaml';

export interface ClientSettings {
  /** War room to ask; undefined when nothing names one. */
  readonly repository: RepositorySettings | undefined;
  /** Principal to ask as; the caller falls back to git's user.email. */
  readonly engineer?: string;
  /** Key to sign with: a path, or a public key of the ssh-agent; the caller falls back to what git uses. */
  readonly signingKey?: string;
  readonly verification: VerificationSettings;
  /** Where evidence lies that is too large for Git; the first that fits a cluster counts. Paths absolute. */
  readonly objectStores: readonly ClientObjectStore[];
  /** Values for flags that are not given. */
  readonly defaults: ClientDefaults;
  /** What gave each value, by its path in the file: `--repo`, `WARROOM_REPO` or the path of a file. */
  readonly source: Readonly<Record<string, string>>;
  /** Folder for mirrors; not created here. */
  readonly cacheDir: string;
  /** File that `init` writes. */
  readonly configFile: string;
}

export interface RepositorySettings {
  /** URL, or absolute path. */
  readonly url: string;
  readonly branch: string;
  readonly refNamespace: string;
}

export interface VerificationSettings {
  /** `pin` remembers the key of the first result of a cluster, `strict` accepts known keys only. */
  readonly mode: 'pin' | 'strict';
  /** Keys of processors that an administrator gave out; absolute. */
  readonly bundle?: string;
  /** Where keys are remembered for this war room; undefined without a home folder or a war room. */
  readonly pinFile: string | undefined;
}

interface ConfigLayer {
  readonly config: ClientConfig;
  readonly file: string;
}

/**
 * Configuration of the command line: defaults < file of the person < file of the project < environment < flags.
 * A file that is named by `--config` or `WARROOM_CONFIG` is the only one.
 */
export async function loadClientConfig(options: {
  readonly env: Environment;
  readonly cwd: string;
  readonly flags: { readonly repo?: string | undefined; readonly config?: string | undefined };
}): Promise<ClientSettings> {
  const { env, cwd, flags } = options;
  const userFile = personFile(env);
  const named = namedFile(env, cwd, flags.config);
  const layers =
    named === undefined
      ? [...(await readLayer(userFile)), ...(await findProjectLayer(cwd))]
      : [await readNamedLayer(named)];

  const merged = mergeLayers(layers);
  const address = namedAddress(env, flags.repo);
  const url = address === undefined ? merged.repository.url : resolveAddress(address.url, cwd);
  return {
    repository:
      url === undefined
        ? undefined
        : {
            url,
            branch: merged.repository.branch ?? DEFAULT_BRANCH,
            refNamespace: merged.repository.refNamespace ?? DEFAULT_REF_NAMESPACE,
          },
    ...(merged.engineer === undefined ? {} : { engineer: merged.engineer }),
    ...(merged.signingKey === undefined ? {} : { signingKey: merged.signingKey }),
    verification: {
      mode: merged.verification.mode ?? 'pin',
      ...(merged.verification.bundle === undefined ? {} : { bundle: merged.verification.bundle }),
      pinFile: url === undefined ? undefined : pinFileOf(env, url),
    },
    objectStores: merged.objectStores,
    defaults: merged.defaults,
    source: { ...merged.source, ...(address === undefined ? {} : { 'repository.url': address.source }) },
    cacheDir: userCacheFolder(env),
    configFile: clientConfigFile(options),
  };
}

/** The file that `init` writes, whether it exists or not: the named one, else that of the person. */
export function clientConfigFile(options: {
  readonly env: Environment;
  readonly cwd: string;
  readonly flags: { readonly config?: string | undefined };
}): string {
  const { env, cwd, flags } = options;
  return namedFile(env, cwd, flags.config)?.file ?? personFile(env) ?? resolve(cwd, PROJECT_CONFIG_FILE);
}

function personFile(env: Environment): string | undefined {
  const folder = userConfigFolder(env);
  return folder === undefined ? undefined : join(folder, 'config.yaml');
}

/** One file for each war room: names of clusters mean something only there. */
function pinFileOf(env: Environment, url: string): string | undefined {
  const folder = userConfigFolder(env);
  if (folder === undefined) return undefined;
  return join(folder, 'processor-keys', sha256(canonicalRepository(url)).slice(0, 16));
}

interface NamedFile {
  readonly file: string;
  readonly by: string;
}

function namedFile(env: Environment, cwd: string, flag: string | undefined): NamedFile | undefined {
  if (flag !== undefined) return { file: resolve(cwd, flag), by: '--config' };
  const variable = environmentValue(env, 'WARROOM_CONFIG');
  return variable === undefined ? undefined : { file: resolve(cwd, variable), by: 'WARROOM_CONFIG' };
}

function namedAddress(
  env: Environment,
  flag: string | undefined,
): { readonly url: string; readonly source: string } | undefined {
  if (flag !== undefined) return { url: flag, source: '--repo' };
  const variable = environmentValue(env, 'WARROOM_REPO');
  return variable === undefined ? undefined : { url: variable, source: 'WARROOM_REPO' };
}

async function readNamedLayer(named: NamedFile): Promise<ConfigLayer> {
  const config = await readConfigFile('ClientConfig', named.file);
  if (config !== undefined) return { config, file: named.file };
  throw new WarroomError('usage', `the configuration file ${named.file} does not exist`, {
    why: `${named.by} names it`,
    hint: 'correct the path, or let  claude-warroom init  write the file',
  });
}

async function readLayer(file: string | undefined): Promise<readonly ConfigLayer[]> {
  const config = file === undefined ? undefined : await readConfigFile('ClientConfig', file);
  return file === undefined || config === undefined ? [] : [{ config, file }];
}

/** The nearest project file, in `folder` or above. */
async function findProjectLayer(folder: string): Promise<readonly ConfigLayer[]> {
  const found = await readLayer(resolve(folder, PROJECT_CONFIG_FILE));
  for (const { config, file } of found) refuseVerification(config, file);
  const parent = dirname(resolve(folder));
  return found.length > 0 || parent === resolve(folder) ? found : findProjectLayer(parent);
}

/** Whoever writes into a project would decide which results its readers believe. */
function refuseVerification(config: ClientConfig, file: string): void {
  if (config.objectStores !== undefined) {
    throw new WarroomError('invalid-file', `${file}: objectStores may not stand in a project file`, {
      why: 'it decides where your credential is used',
      hint: 'put it into your own configuration file',
    });
  }
  if (config.verification === undefined) return;
  throw new WarroomError('invalid-file', `${file}: verification may not stand in a project file`, {
    why: 'it decides which results you believe',
    hint: 'put it into your own configuration file',
  });
}

interface Merged {
  readonly repository: { readonly url?: string; readonly branch?: string; readonly refNamespace?: string };
  readonly engineer?: string;
  readonly signingKey?: string;
  readonly verification: ClientVerification;
  readonly objectStores: readonly ClientObjectStore[];
  readonly defaults: ClientDefaults;
  readonly source: Readonly<Record<string, string>>;
}

/** Later layers win field by field, but a layer that names a repository brings its branch and refs along. */
function mergeLayers(layers: readonly ConfigLayer[]): Merged {
  let merged: Merged = { repository: {}, verification: {}, objectStores: [], defaults: {}, source: {} };
  for (const { config, file } of layers) {
    const repository = localise(config.repository ?? {}, dirname(file));
    const replaces = repository.url !== undefined;
    const defaults = config.defaults ?? {};
    const kept = Object.entries(merged.source).filter(([path]) => !replaces || !path.startsWith('repository.'));
    merged = {
      repository: replaces ? repository : { ...merged.repository, ...repository },
      ...pickEngineer(config, merged),
      ...pickSigningKey(config.signingKey ?? merged.signingKey, dirname(file)),
      verification: { ...merged.verification, ...localisedBundle(config.verification ?? {}, dirname(file)) },
      objectStores: config.objectStores?.map((each) => localisedStore(each, dirname(file))) ?? merged.objectStores,
      defaults: { ...merged.defaults, ...defaults },
      source: {
        ...Object.fromEntries(kept),
        ...sourcesOf('repository.', repository, file),
        ...sourcesOf('', config.engineer === undefined ? {} : { engineer: config.engineer }, file),
        ...sourcesOf('defaults.', defaults, file),
      },
    };
  }
  return merged;
}

function pickEngineer(config: ClientConfig, below: Merged): { readonly engineer?: string } {
  const engineer = config.engineer ?? below.engineer;
  return engineer === undefined ? {} : { engineer };
}

/** A path of the file is meant from its own folder; a key in its place has a blank in it, and `~` is the home folder. */
function pickSigningKey(value: string | undefined, folder: string): { readonly signingKey?: string } {
  if (value === undefined) return {};
  return { signingKey: /^~\/|\s|^key::/u.test(value) ? value : resolve(folder, value) };
}

function localisedBundle(verification: ClientVerification, folder: string): ClientVerification {
  const { bundle } = verification;
  return bundle === undefined ? verification : { ...verification, bundle: resolve(folder, bundle) };
}

function localisedStore(store: ClientObjectStore, folder: string): ClientObjectStore {
  return store.caFile === undefined ? store : { ...store, caFile: resolve(folder, store.caFile) };
}

function localise(repository: Merged['repository'], folder: string): Merged['repository'] {
  return repository.url === undefined ? repository : { ...repository, url: resolveAddress(repository.url, folder) };
}

function sourcesOf(prefix: string, fields: object, file: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(fields).map((name) => [`${prefix}${name}`, file]));
}
