import { AGENT_DEFAULTS, SESSION_DEFAULTS } from '../config/pod-defaults.ts';
import type { ProcessorConfig } from '../schema/generated.ts';
import type { YamlObject } from '../schema/yaml-objects.ts';
import { SESSION_RESOURCES } from '../session/session-pod-object.ts';
import type { Demand } from './check-quota.ts';
import { valueAt } from './json-patch.ts';
import { kindOf, nameOf, NAMESPACE } from './kubernetes-object.ts';
import { agentNeeds, podNeeds, type Needs } from './pod-needs.ts';

/** What the pod of one session counts. */
export const SESSION_NEEDS: Needs = podNeeds({ containers: [{ resources: SESSION_RESOURCES }] });

/** By namespace: the pods that an installation may have at the same time, as its configuration and its own objects say. */
export function demandsOf(
  { executor, sessions }: Pick<ProcessorConfig, 'executor' | 'sessions'>,
  workloads: readonly YamlObject[],
): ReadonlyMap<string, readonly Demand[]> {
  const demands = new Map<string, readonly Demand[]>([[NAMESPACE, workloads.map(workloadDemand)]]);
  const add = (namespace: string, demand: Demand): void => {
    demands.set(namespace, [...(demands.get(namespace) ?? []), demand]);
  };
  if (executor?.kind === 'kubernetes-job') {
    const count = executor.maxJobs ?? AGENT_DEFAULTS.maxJobs;
    add(executor.namespace ?? NAMESPACE, {
      ...{ what: pieces(count, 'agent'), count, hasDeadline: false },
      each: agentNeeds({ ...AGENT_DEFAULTS.resources, ...executor.resources }),
      beside: { secrets: 1, 'count/jobs.batch': 1 },
    });
  }
  if (sessions !== undefined) {
    const count = sessions.maxSessions ?? SESSION_DEFAULTS.maxSessions;
    add(sessions.namespace ?? SESSION_DEFAULTS.namespace, {
      ...{ what: pieces(count, 'session'), count, each: SESSION_NEEDS, hasDeadline: true },
      ...(sessions.model?.kind === 'broker' ? { beside: { secrets: 1 } } : {}),
    });
  }
  return demands;
}

/** A StatefulSet has its replicas, and a CronJob one pod after the other. */
function workloadDemand(workload: YamlObject): Demand {
  const isCron = kindOf(workload) === 'CronJob';
  const replicas = isCron ? 1 : valueAt(workload, '/spec/replicas');
  const template = isCron ? '/spec/jobTemplate/spec/template/spec' : '/spec/template/spec';
  return {
    what: nameOf(workload),
    count: typeof replicas === 'number' ? replicas : 1,
    each: podNeeds(valueAt(workload, template)),
    hasDeadline: false,
  };
}

function pieces(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
