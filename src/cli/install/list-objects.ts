import { valueAt } from '../../install/json-patch.ts';
import { isRecord } from '../../schema/record.ts';
import type { YamlObject } from '../../schema/yaml-objects.ts';
import type { Kubectl } from './kubectl.ts';

/** Objects that `kubectl get` lists; none when there is no such kind. */
export async function listObjects(kubectl: Kubectl, what: readonly string[]): Promise<readonly YamlObject[]> {
  const items = valueAt(await kubectl.json(['get', ...what]), '/items');
  return Array.isArray(items) ? items.filter(isRecord) : [];
}
