import { brokenBackends } from './broken-backends.ts';
import { busiestProcesses } from './busiest-processes.ts';
import { claimsWithoutClass } from './claims-without-class.ts';
import { backendsClosedToRouter, podsWithoutDns } from './closed-by-policies.ts';
import { composeDependencies } from './compose-dependencies.ts';
import { containerUsage, limitsFromRanges } from './container-limits.ts';
import { controlPlaneComponentRoots } from './control-plane-components.ts';
import { crashReasons } from './crash-reasons.ts';
import type { Detector } from './detector.ts';
import { etcdMembers, etcdSlowRequests } from './etcd.ts';
import { failedJobs } from './failed-jobs.ts';
import { failingWorkloads } from './failing-workloads.ts';
import { familyDifferences } from './family-differences.ts';
import { filteredAnswers } from './filtered-answers.ts';
import { groupMembers } from './group-members.ts';
import { growingProcesses } from './growing-processes.ts';
import { hypershiftAvailability } from './hypershift-availability.ts';
import { hypershiftExpectedConditions } from './hypershift-expected-conditions.ts';
import { diskErrors, killedProcesses } from './kernel-log.ts';
import { kernelStates } from './kernel-states.ts';
import { linkErrors } from './link-errors.ts';
import { nodeRequests } from './node-requests.ts';
import { nodeUsage } from './node-usage.ts';
import { podsHeldByBudgets } from './pods-held-by-budgets.ts';
import { reachablePorts } from './reachable-ports.ts';
import { redisSlowCommands } from './redis-slow-commands.ts';
import { servedCertificates } from './served-certificates.ts';
import { seriesTrend } from './series-trend.ts';
import { fileHandles, shareOfLimit, swapSpace } from './shares.ts';
import { throttledGroups } from './throttled-groups.ts';
import { usedQuotas } from './used-quotas.ts';
import { writableFileSystems } from './writable-file-systems.ts';

/** Detectors by the name that rules use. */
export const DETECTORS: ReadonlyMap<string, Detector> = new Map<string, Detector>([
  ['backends-closed-to-router', backendsClosedToRouter],
  ['broken-backends', brokenBackends],
  ['busiest-processes', busiestProcesses],
  ['claims-without-class', claimsWithoutClass],
  ['compose-dependencies', composeDependencies],
  ['container-usage', containerUsage],
  ['control-plane-component-roots', controlPlaneComponentRoots],
  ['crash-reasons', crashReasons],
  ['disk-errors', diskErrors],
  ['etcd-members', etcdMembers],
  ['etcd-slow-requests', etcdSlowRequests],
  ['failed-jobs', failedJobs],
  ['failing-workloads', failingWorkloads],
  ['family-differences', familyDifferences],
  ['file-handles', fileHandles],
  ['filtered-answers', filteredAnswers],
  ['group-members', groupMembers],
  ['growing-processes', growingProcesses],
  ['hypershift-availability', hypershiftAvailability],
  ['hypershift-expected-conditions', hypershiftExpectedConditions],
  ['kernel-states', kernelStates],
  ['killed-processes', killedProcesses],
  ['limits-from-ranges', limitsFromRanges],
  ['link-errors', linkErrors],
  ['node-requests', nodeRequests],
  ['node-usage', nodeUsage],
  ['pods-held-by-budgets', podsHeldByBudgets],
  ['pods-without-dns', podsWithoutDns],
  ['reachable-ports', reachablePorts],
  ['redis-slow-commands', redisSlowCommands],
  ['series-trend', seriesTrend],
  ['served-certificates', servedCertificates],
  ['share-of-limit', shareOfLimit],
  ['swap-space', swapSpace],
  ['throttled-groups', throttledGroups],
  ['used-quotas', usedQuotas],
  ['writable-file-systems', writableFileSystems],
]);
