import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WarroomError } from '../domain/errors.ts';
import { isRecord } from '../schema/record.ts';
import { readYamlObjects, readYamlValues, type YamlObject } from '../schema/yaml-objects.ts';
import { applyPatch, type PatchOperation } from './json-patch.ts';
import { kindOf, nameOf } from './kubernetes-object.ts';

/** The `manifests/` folder of the package: as far from src/install as from dist/install. */
export function manifestsDir(): string {
  return fileURLToPath(new URL('../../manifests', import.meta.url));
}

/**
 * Objects of a kustomization, in the order of its files: the part of kustomize that our manifests use (resources,
 * components, patches of RFC 6902), so that they can be rendered without kubectl. A test compares it with kustomize.
 */
export async function buildKustomization(folder: string): Promise<readonly YamlObject[]> {
  return await accumulate(folder, []);
}

/** A kustomization that is not written down: an overlay, and components on top of it. */
export async function buildWithComponents(
  overlay: string,
  components: readonly string[],
): Promise<readonly YamlObject[]> {
  let objects = await buildKustomization(overlay);
  for (const component of components) objects = await accumulate(component, objects);
  return objects;
}

const KNOWN_FIELDS = new Set(['apiVersion', 'kind', 'resources', 'components', 'patches']);

async function accumulate(folder: string, before: readonly YamlObject[]): Promise<readonly YamlObject[]> {
  const file = join(folder, 'kustomization.yaml');
  const [kustomization] = readYamlObjects(await readManifest(file), file);
  if (kustomization === undefined) throw misfit(file, 'it is empty');
  const unknown = Object.keys(kustomization).find((name) => !KNOWN_FIELDS.has(name));
  if (unknown !== undefined) throw misfit(file, `the field ${unknown} needs kustomize itself`);
  let objects = before;
  for (const name of textsOf(kustomization['resources'])) {
    const path = join(folder, name);
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const added = isFolder ? await buildKustomization(path) : readYamlObjects(await readManifest(path), path);
    objects = [...objects, ...added];
  }
  for (const name of textsOf(kustomization['components'])) objects = await accumulate(join(folder, name), objects);
  for (const patch of recordsOf(kustomization['patches'])) objects = patchObjects(objects, patch, file);
  return objects;
}

function patchObjects(objects: readonly YamlObject[], patch: YamlObject, file: string): readonly YamlObject[] {
  const target = isRecord(patch['target']) ? patch['target'] : {};
  const text = patch['patch'];
  if (typeof text !== 'string') throw misfit(file, 'a patch stands in the file itself');
  const operations = operationsOf(text, file);
  const isMeant = (object: YamlObject): boolean =>
    kindOf(object) === target['kind'] && nameOf(object) === target['name'];
  if (!objects.some(isMeant)) throw misfit(file, `there is no ${String(target['kind'])} ${String(target['name'])}`);
  return objects.map((object) => (isMeant(object) ? applyPatch(object, operations) : object));
}

function operationsOf(text: string, file: string): readonly PatchOperation[] {
  const [list] = readYamlValues(text, file);
  return recordsOf(list).map(({ op, path, value }) => {
    if ((op === 'add' || op === 'replace' || op === 'remove') && typeof path === 'string') return { op, path, value };
    throw misfit(file, 'an operation of a patch is not add, replace or remove');
  });
}

async function readManifest(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new WarroomError('not-found', `the manifest ${file} is missing`, {
      why: cause instanceof Error && 'code' in cause ? String(cause.code) : 'it cannot be read',
      hint: 'install the package again: manifests/ belongs to it',
      cause,
    });
  });
}

function misfit(file: string, why: string): WarroomError {
  return new WarroomError('invalid-file', `cannot use ${file}`, { why });
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function recordsOf(value: unknown): readonly YamlObject[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
