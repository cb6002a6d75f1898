import { access, constants, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../src/lib/digest.ts';

/** Programs of a Kubernetes control plane, each with the Go package that it is built from. */
export const PACKAGES = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
} as const;

export type ProgramName = keyof typeof PACKAGES;

const PROGRAM_NAMES = Object.keys(PACKAGES) as readonly ProgramName[];

/** Module that pins the versions of everything that the programs are made of. */
export const MODULE_FOLDER = join(import.meta.dirname, 'control-plane');

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where built programs lie: a folder of the user's cache, named after what was pinned when they were built.
 * `WARROOM_TEST_PROGRAMS` names another folder, whose programs are taken as they are.
 */
export async function programsFolder(env: Environment): Promise<string> {
  const given = env['WARROOM_TEST_PROGRAMS'];
  if (given !== undefined && given !== '') return given;
  const cache = env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache');
  const pinned = await Promise.all(['go.mod', 'go.sum'].map((file) => readFile(join(MODULE_FOLDER, file), 'utf8')));
  return join(cache, 'claude-warroom-test', sha256(pinned.join('\0')).slice(0, 16));
}

/** The API works without controllers; they are started where they are built. */
const NEEDED: readonly ProgramName[] = ['etcd', 'kube-apiserver'];

export interface ProgramPaths {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager?: string;
}

export type FoundPrograms =
  | { readonly kind: 'found'; readonly paths: ProgramPaths }
  | { readonly kind: 'missing'; readonly names: readonly ProgramName[]; readonly folder: string };

export async function findPrograms(env: Environment): Promise<FoundPrograms> {
  const folder = await programsFolder(env);
  const missing = await missingPrograms(folder);
  const names = NEEDED.filter((name) => missing.includes(name));
  if (names.length > 0) return { kind: 'missing', names, folder };
  const at = (name: ProgramName): string => join(folder, name);
  const manager = 'kube-controller-manager';
  return {
    kind: 'found',
    paths: {
      etcd: at('etcd'),
      apiServer: at('kube-apiserver'),
      ...(missing.includes(manager) ? {} : { controllerManager: at(manager) }),
    },
  };
}

export async function missingPrograms(folder: string): Promise<readonly ProgramName[]> {
  const names: ProgramName[] = [];
  for (const name of PROGRAM_NAMES) if (!(await isExecutable(join(folder, name)))) names.push(name);
  return names;
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
