import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readText } from '../../schema/read-text.ts';
import { fieldOf, type Resource } from './kubectl-question.ts';

/** Objects of a resource that a recording holds. */
export interface StoredObjects {
  readonly objects: readonly unknown[];
  /** There may be more in namespaces that were not recorded. */
  readonly isPartial: boolean;
}

export interface ObjectStore {
  /** Undefined when nothing is recorded, which is not the same as none. */
  find(resource: Resource, namespace: string | undefined): Promise<StoredObjects | undefined>;
}

const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads the two ways in which clusters are recorded: the tree of an OpenShift must-gather (`namespaces/NS/GROUP/RESOURCE`
 * and `cluster-scoped-resources/GROUP/RESOURCE`), and one list for each resource (`pods.json`, `pods.json.gz`).
 */
export function openObjectStore(root: string): ObjectStore {
  const read = new Map<string, Promise<readonly unknown[] | undefined>>();
  const load = async (file: string): Promise<readonly unknown[] | undefined> => {
    const known = read.get(file);
    if (known !== undefined) return await known;
    const loading = readObjects(file);
    read.set(file, loading);
    return await loading;
  };

  async function fromLists(resource: Resource, namespace: string | undefined): Promise<StoredObjects | undefined> {
    for (const name of listNames(resource)) {
      const objects = await load(join(root, name));
      if (objects === undefined) continue;
      const inside = objects.filter((object) => namespace === undefined || namespaceOf(object) === namespace);
      return { objects: inside, isPartial: false };
    }
    return undefined;
  }

  async function fromFolder(folder: string, resource: Resource): Promise<readonly unknown[] | undefined> {
    const groups = resource.group === '' ? await namesIn(folder) : [resource.group];
    const ordered = resource.group === '' ? ['core', ...groups.filter((group) => group !== 'core')] : groups;
    for (const group of ordered) {
      const list = await load(join(folder, group, `${resource.name}.yaml`));
      if (list !== undefined) return list;
      const names = (await namesIn(join(folder, group, resource.name))).filter((name) => name.endsWith('.yaml'));
      if (names.length === 0) continue;
      const found = await Promise.all(names.map(async (name) => await load(join(folder, group, resource.name, name))));
      return found.flatMap((objects) => objects ?? []);
    }
    return undefined;
  }

  async function fromTree(resource: Resource, namespace: string | undefined): Promise<StoredObjects | undefined> {
    if (namespace !== undefined) {
      const objects = await fromFolder(join(root, 'namespaces', namespace), resource);
      return objects === undefined ? undefined : { objects, isPartial: false };
    }
    const ofCluster = await fromFolder(join(root, 'cluster-scoped-resources'), resource);
    if (ofCluster !== undefined) return { objects: ofCluster, isPartial: false };
    const folders = await namesIn(join(root, 'namespaces'));
    const found = await Promise.all(
      folders.map(async (folder) => await fromFolder(join(root, 'namespaces', folder), resource)),
    );
    const known = found.filter((objects) => objects !== undefined);
    // A must-gather holds the namespaces that somebody asked for.
    return known.length === 0 ? undefined : { objects: known.flat(), isPartial: true };
  }

  return {
    find: async (resource, namespace) =>
      (await fromLists(resource, namespace)) ?? (await fromTree(resource, namespace)),
  };
}

function listNames({ name, group }: Resource): readonly string[] {
  const names = group === '' ? [name] : [`${name}.${group}`, name];
  return names.flatMap((each) => [`${each}.json`, `${each}.json.gz`]);
}

function namespaceOf(object: unknown): unknown {
  return fieldOf(fieldOf(object, 'metadata'), 'namespace');
}

/** Names in a folder; none when it is not there. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  return [...names].sort();
}

/** Objects of a list or a single object; undefined when there is no such file, or it cannot be read as one. */
async function readObjects(file: string): Promise<readonly unknown[] | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const value = readValue(file, bytes);
  if (value === undefined) return undefined;
  const items = fieldOf(value, 'items');
  if (!Array.isArray(items)) return [value];
  const objects: readonly unknown[] = items;
  return objects;
}

function readValue(file: string, bytes: Buffer): unknown {
  try {
    if (file.endsWith('.gz')) return JSON.parse(gunzipSync(bytes, { maxOutputLength: MAX_BYTES }).toString('utf8'));
    const text = bytes.toString('utf8');
    if (file.endsWith('.json')) return JSON.parse(text);
    const reading = readText(text, file, { yaml: MAX_BYTES, json: MAX_BYTES });
    return reading.ok ? reading.value : undefined;
  } catch {
    return undefined;
  }
}
