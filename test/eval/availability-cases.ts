import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../src/schema/record.ts';
import type { EvalCase } from './eval-case.ts';
import type { StagedCase } from './shared-material.ts';

const SINCE = '2026-11-20T11:00:00Z';
const NOW = new Date('2026-11-20T12:00:00Z');
const NAMESPACE = 'clusters-demo';

/** What the first thing that is wrong is called in a report, by the reason that the operator gives. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  StatusUnknown: ['CP_NOT_RECONCILED'],
  WaitingOnInfrastructureReady: ['CP_INFRASTRUCTURE'],
  KubeconfigWaitingForCreate: ['CP_KUBECONFIG'],
  EtcdWaitingForQuorum: ['CP_ETCD', 'ETCD_QUORUM_LOST'],
  DeploymentNotReady: ['CP_KUBE_APISERVER'],
  KASLoadBalancerNotReachable: ['CP_LOAD_BALANCER'],
  ComponentsNotAvailable: ['CP_COMPONENTS'],
};

/**
 * The table by which HyperShift decides whether a hosted control plane is available, as HostedControlPlanes: with the
 * conditions of a row and the `Available` that HyperShift concludes from them. The rows about etcd become a StatefulSet
 * with so many ready members, and the condition that follows from it.
 */
export async function availabilityCases(folder: string): Promise<readonly StagedCase[]> {
  const table: unknown = JSON.parse(await readFile(join(folder, 'availability_cases.json'), 'utf8'));
  if (!isRecord(table)) throw new Error('availability_cases.json is not a group of cases');
  return [...rowsOf(table, 'cases').map(availabilityCase), ...rowsOf(table, 'etcd_statefulset_cases').map(etcdCase)];
}

function rowsOf(table: Readonly<Record<string, unknown>>, name: string): readonly Readonly<Record<string, unknown>>[] {
  const rows: unknown = table[name];
  return Array.isArray(rows) ? rows.filter(isRecord) : [];
}

function availabilityCase(row: Readonly<Record<string, unknown>>): StagedCase {
  const isAvailable = row['expect_available'] === true;
  const reason = String(row['expect_reason']);
  const given = rowsOf(row, 'conditions');
  const available = {
    type: 'Available',
    status: isAvailable ? 'True' : 'False',
    ...{ reason, message: String(row['expect_message']) },
  };
  return {
    id: `availability/${String(row['name']).replaceAll(' ', '-')}`,
    evalCase: caseOf(isAvailable ? [] : (CODES[reason] ?? [reason])),
    objects: { hostedcontrolplanes: [controlPlane([...given, available], row['kubeconfig_available'] === true)] },
  };
}

function etcdCase(row: Readonly<Record<string, unknown>>): StagedCase {
  const desired = Number(row['desired']);
  const ready = Number(row['ready']);
  const status = String(row['status']);
  const reason = String(row['reason']);
  const conditions = [
    { type: 'InfrastructureReady', status: 'True', reason: 'AsExpected' },
    { type: 'EtcdAvailable', status, reason },
    { type: 'KubeAPIServerAvailable', status: 'True', reason: 'AsExpected' },
    { type: 'Available', status, reason },
  ];
  const set = {
    kind: 'StatefulSet',
    metadata: { name: 'etcd', namespace: NAMESPACE, creationTimestamp: SINCE },
    spec: { replicas: desired },
    status: { replicas: desired, readyReplicas: ready },
  };
  return {
    id: `availability/etcd-${ready}-of-${desired}-${String(row['pvc'])}`,
    evalCase: caseOf(status === 'True' ? [] : (CODES[reason] ?? [reason])),
    objects: {
      hostedcontrolplanes: [controlPlane(conditions, true)],
      statefulsets: [set],
      deployments: [],
      replicasets: [],
    },
  };
}

function controlPlane(conditions: readonly Readonly<Record<string, unknown>>[], hasKubeconfig: boolean): unknown {
  return {
    kind: 'HostedControlPlane',
    metadata: { name: 'demo', namespace: NAMESPACE, creationTimestamp: '2026-11-01T00:00:00Z' },
    status: {
      ...(hasKubeconfig ? { kubeConfig: { name: 'admin-kubeconfig', key: 'kubeconfig' } } : {}),
      conditions: conditions.map((condition) => ({ lastTransitionTime: SINCE, ...condition })),
    },
  };
}

function caseOf(codes: readonly string[]): EvalCase {
  return {
    ...{ playbook: 'control-plane-health', provenance: 'the tests of HyperShift', now: NOW },
    causes: codes.map((code) => ({ code })),
    inputs: { hcNamespace: 'clusters', hostedCluster: 'demo' },
  };
}
