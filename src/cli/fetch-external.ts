import { externalFiles, fetchExternalFile, type OpenStore } from '../client/external-evidence.ts';
import { openReaderStore } from '../composition-publishers.ts';
import { loadClientConfig } from '../config/client-config.ts';
import { isWarroomError } from '../domain/errors.ts';
import { cleanLine } from '../report/untrusted.ts';
import type { CliContext } from './context.ts';

/** What could be fetched of a result, and the paths of what could not. */
export interface Fetched {
  readonly fetched: ReadonlyMap<string, Uint8Array>;
  readonly missing: readonly string[];
}

/** The stores of the person's own configuration, opened with the credentials of this person. */
export async function openStores({ env, cwd, flags }: CliContext): Promise<OpenStore> {
  const { objectStores } = await loadClientConfig({ env, cwd, flags });
  return async (cluster) => {
    const store = objectStores.find(({ clusters }) => clusters?.includes(cluster) ?? true);
    return store === undefined ? undefined : await openReaderStore(store, env);
  };
}

/** Fetches what the manifests of a result name in object stores; says of each file that it cannot have, why and what to do. */
export async function fetchExternal(context: CliContext, files: ReadonlyMap<string, Uint8Array>): Promise<Fetched> {
  const wanted = externalFiles(files);
  if (wanted.length === 0) return { fetched: new Map(), missing: [] };
  const { io, signal } = context;
  const openStore = await openStores(context);
  const fetched = new Map<string, Uint8Array>();
  const missing: string[] = [];
  const told = new Set<string>();
  for (const file of wanted) {
    try {
      fetched.set(file.path, await fetchExternalFile(file, { openStore, signal }));
    } catch (error) {
      if (!isWarroomError(error)) throw error;
      missing.push(file.path);
      io.err(`${io.errorStyle.warn('!')} ${cleanLine(file.path)} is not here: ${cleanLine(error.message)}`);
      if (error.why !== undefined) io.err(`  cause: ${cleanLine(error.why)}`);
      if (error.hint !== undefined && !told.has(error.hint)) io.err(`  hint:  ${error.hint}`);
      told.add(error.hint ?? '');
    }
  }
  return { fetched, missing };
}
