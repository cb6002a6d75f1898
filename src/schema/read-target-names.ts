import { isRecord } from './record.ts';
import { readYaml } from './yaml-text.ts';

/**
 * Names of the clusters that a request file addresses, read from a file that need not follow the schema otherwise:
 * whoever wrote it deserves an answer from that cluster. Empty when the text names none.
 */
export function readTargetNames(text: string): readonly string[] {
  const reading = readYaml(text);
  if (!reading.ok || !isRecord(reading.value) || !isRecord(reading.value['spec'])) return [];
  const { targetCluster, targetClusters } = reading.value['spec'];
  const targets: readonly unknown[] = Array.isArray(targetClusters) ? targetClusters : [targetCluster];
  return targets.flatMap((target) => (isRecord(target) && typeof target['name'] === 'string' ? [target['name']] : []));
}
