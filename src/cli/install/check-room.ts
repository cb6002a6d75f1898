import { isWarroomError } from '../../domain/errors.ts';
import { roomFaults, type Demand } from '../../install/check-quota.ts';
import { demandsOf } from '../../install/demands.ts';
import { NAMESPACE, kindOf } from '../../install/kubernetes-object.ts';
import { valueAt } from '../../install/json-patch.ts';
import type { ProcessorConfig } from '../../schema/generated.ts';
import { parseDocument } from '../../schema/parse-document.ts';
import { checkOfError, type Check } from '../doctor/check.ts';
import type { Kubectl } from './kubectl.ts';
import { listObjects } from './list-objects.ts';

const CONFIG_MAP = 'claude-processor-config';

/** Whether the quotas that are there hold as many agents and sessions as the configuration that is there allows. */
export async function checkRoom(kubectl: Kubectl): Promise<readonly Check[]> {
  const name = 'quota';
  try {
    const config = await readConfig(kubectl);
    if (config === undefined) {
      const text = `the configuration of the processor cannot be read from ConfigMap ${CONFIG_MAP}`;
      return [{ name, state: 'warn', text, fix: 'apply the manifests of  claude-warroom install render' }];
    }
    const workloads = await listObjects(kubectl, ['statefulsets.apps,cronjobs.batch', '-n', NAMESPACE]);
    const demands = demandsOf(config, workloads);
    const faults: string[] = [];
    for (const [namespace, wanted] of demands) faults.push(...(await faultsIn(kubectl, namespace, wanted)));
    const all = [...demands.values()].flat().map(({ what }) => what);
    if (faults.length === 0) return [{ name, state: 'ok', text: `room for ${all.join(', ')} at the same time` }];
    const fix =
      'render again with the --max-jobs, --agent-… and --max-sessions that are configured, or lower executor.maxJobs, executor.resources or sessions.maxSessions';
    return faults.map((text) => ({ name, state: 'warn', text, fix }));
  } catch (error) {
    if (!isWarroomError(error)) throw error;
    return [checkOfError(name, error, 'warn')];
  }
}

/** Undefined when there is none, or one that no processor would take. */
async function readConfig(kubectl: Kubectl): Promise<ProcessorConfig | undefined> {
  const text = valueAt(await kubectl.json(['get', 'configmap', CONFIG_MAP, '-n', NAMESPACE]), '/data/processor.yaml');
  if (typeof text !== 'string') return undefined;
  const parsed = parseDocument('ProcessorConfig', text, { file: 'processor.yaml' });
  return parsed.ok ? parsed.value : undefined;
}

async function faultsIn(kubectl: Kubectl, namespace: string, demands: readonly Demand[]): Promise<readonly string[]> {
  const objects = await listObjects(kubectl, ['resourcequotas,limitranges', '-n', namespace]);
  const quotas = objects.filter((each) => kindOf(each) === 'ResourceQuota');
  const ranges = objects.filter((each) => kindOf(each) === 'LimitRange');
  return roomFaults({ quotas, ranges }, demands).map((fault) => `${namespace}: ${fault}`);
}
