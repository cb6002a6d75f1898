import { isRecord } from '../schema/record.ts';
import type { YamlObject } from '../schema/yaml-objects.ts';

/** Names that people know, and that commands and documents spell out. */
export const NAMESPACE = 'claude-warroom';
export const SERVICE_ACCOUNT = 'claude-warroom-sa';

export function kindOf(object: YamlObject): string {
  return typeof object['kind'] === 'string' ? object['kind'] : '';
}

export function nameOf(object: YamlObject): string {
  const metadata = object['metadata'];
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : '';
}

/** Empty for what belongs to the whole cluster. */
export function namespaceOf(object: YamlObject): string {
  const metadata = object['metadata'];
  const namespace = isRecord(metadata) ? metadata['namespace'] : undefined;
  return typeof namespace === 'string' ? namespace : '';
}
