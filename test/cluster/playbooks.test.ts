import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClusterAccess, type ClusterAccess } from '../../src/cluster-broker/open-cluster-access.ts';
import type { BrokerAuditLine } from '../../src/cluster-broker/start-cluster-broker.ts';
import { diagnose, type Diagnosis } from '../../src/diagnose/diagnose.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { findProgram } from '../../src/lib/find-program.ts';
import { systemRandom } from '../../src/lib/random-text.ts';
import { resolveInputs, isSupplied } from '../../src/playbook/expand.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../src/playbook/load-playbooks.ts';
import { placesOf } from '../../src/processor/request-places.ts';
import { createRedaction } from '../../src/redaction/create-redaction.ts';
import { checkJudgement } from '../../src/report/citations.ts';
import { createKubernetesTarget } from '../../src/target/kubernetes/kubernetes-target.ts';
import type { Target } from '../../src/target/port.ts';
import { newRequest } from '../support/processor-rig.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import type { ClusterApi } from './cluster-api.ts';
import { serverFacts } from './broker-rig.ts';
import { grantPrintedRoles, INPUTS, NAMESPACES } from './printed-roles.ts';
import { createFaultyCluster, type FaultyCluster } from './scene/create-faulty-cluster.ts';
import { CRASHING } from './scene/shop.ts';
import { createServiceAccount, writeKubeconfig } from './service-account.ts';
import { describeOnCluster, openCluster } from './the-cluster.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const kubectl = await findProgram('kubectl', PATH);
if (kubectl === undefined) printSkipReason('kubectl is not installed, so playbooks are not run on a real API server');

/** Objects are as old as the server says; the playbooks look at them some time later, when it matters. */
const LATER_MS = 25 * 60_000;
const clock = { ...systemClock, now: () => new Date(Date.now() + LATER_MS) };

const loaded = new Map(
  (await loadPlaybooks({ builtinDir: builtinPlaybookDir() })).map(({ playbook }) => [playbook.metadata.id, playbook]),
);

interface Expected {
  readonly id: string;
  /** `CODE object`. */
  readonly findings: readonly string[];
  /** Steps that nobody can answer here. */
  readonly gaps?: readonly string[];
}

const EXPECTED: readonly Expected[] = [
  {
    id: 'cluster-triage',
    findings: [
      'CONTROL_PLANE_UNWELL hostedcluster/clusters/blue',
      'CONTROL_PLANE_PODS pod/clusters-blue/etcd-1',
      'NODE_NOT_READY node/hub-silent',
      'NODE_PRESSURE node/hub-full',
      'OPERATOR_UNWELL clusteroperator/ingress',
      'CRASHLOOP deployment/shop/web',
      'IMAGE_PULL pod/shop/pull',
    ],
  },
  {
    id: 'control-plane-health',
    findings: [
      'CP_ETCD controlplanecomponent/clusters-blue/etcd',
      'SCHED_VOLUME pod/clusters-blue/etcd-2',
      'HC_CONDITION_CORE hostedcluster/clusters/blue',
      'HOSTED_OPERATOR_DOWN clusteroperator/ingress',
    ],
  },
  {
    id: 'node-health',
    findings: [
      'NODE_UNREACHABLE node/hub-silent',
      'NODE_PRESSURE node/hub-full',
      'NODE_MEMORY_HIGH node/hub-full',
      'NODE_CSR_PENDING csr/csr-hub-silent',
      'MCP_DEGRADED machineconfigpool/worker',
      'VOLUME_STUCK volumeattachment/va-orders',
    ],
  },
  {
    id: 'workload-crashloop',
    findings: ['CRASHLOOP pod/shop/web-5d8f7c-x2x4k', 'IMAGE_PULL pod/shop/pull', 'OOM_KILLED pod/shop/greedy'],
  },
  {
    id: 'storage',
    findings: [
      'SC_MISSING persistentvolumeclaim/shop/data-orders',
      'PROVISION_QUOTA persistentvolumeclaim/shop/cache',
      'ATTACH_ERROR persistentvolumeclaim/shop/data-orders',
      'CSI_NODE node/hub-silent',
    ],
    gaps: ['usage', 'inodes'],
  },
  {
    id: 'nodepool-scaling',
    findings: [
      'NP_CAPACITY machine/clusters-blue/blue-a-1',
      'NP_INPUT_INVALID nodepool/clusters/blue-a',
      'CP_UNAVAILABLE hostedcluster/clusters/blue',
      'IGNITION_ROUTE route/clusters-blue/ignition-server',
      'CSR_PENDING certificatesigningrequests/kubernetes.io/kubelet-serving',
      'NODE_NOT_READY node/hub-silent',
    ],
    gaps: ['provider-logs', 'autoscaler-logs'],
  },
  {
    id: 'etcd-latency',
    findings: [
      'ETCD_VOLUME_MISSING pvc/clusters-blue/data-etcd-2',
      'ETCD_MEMBER_NOT_READY pod/clusters-blue/etcd-1',
      'ETCD_NOT_SPREAD node/hub-1',
      'ETCD_NO_CPU_REQUEST pod/clusters-blue/etcd-2',
    ],
    // The member that runs nowhere has no log, and costs the others nothing.
    gaps: ['endpoint-status', 'endpoint-health', 'alarms'],
  },
  {
    id: 'upgrade-stuck',
    findings: [
      'CP_ROLLOUT_STUCK controlplanecomponent/clusters-blue/etcd',
      'CVO_FAILING clusterversion/version',
      'UPGRADE_SLOW clusterversion/version',
      'CO_DEGRADED clusteroperator/ingress',
      'NP_UPDATE_SLOW nodepool/clusters/blue-a',
    ],
  },
  {
    id: 'certificates',
    findings: [
      'CERT_EXPIRED certificate/shop/web',
      'CSR_PENDING signer/kubernetes.io/kubelet-serving',
      'WEBHOOK_WITHOUT_CA webhook/orders.example.com',
      'OPERATOR_CERTIFICATE clusteroperator/console',
    ],
  },
  {
    id: 'ingress-dns',
    findings: [
      'INGRESS_CLASS ingress/shop/web',
      'ROUTE_HOST_CLAIMED route/shop/web',
      'INGRESS_CONTROLLER ingresscontroller/openshift-ingress-operator/default',
      'DNS_RECORD hostedcluster/clusters/blue',
    ],
    gaps: ['dns-logs'],
  },
  {
    id: 'networking-konnectivity-ovn',
    findings: ['NETPOL_BLOCKS_DNS networkpolicy/shop/deny-all', 'CIDR_CONFLICT nodepool/clusters/blue-a'],
    gaps: ['log-probe'],
  },
];

describeOnCluster('playbooks on a real API server', () => {
  let api: ClusterApi;
  let folder: TempFolder;
  let faulty: FaultyCluster;
  let access: ClusterAccess;
  let target: Target;
  const audit: BrokerAuditLine[] = [];

  beforeAll(async () => {
    folder = await createTempFolder();
    api = await openCluster(...NAMESPACES);
    faulty = await createFaultyCluster(api, new Date());
    const { token } = await createServiceAccount(api, 'warroom/playbooks');
    await grantPrintedRoles(api, 'warroom/playbooks', []);
    const kubeconfigFile = join(folder.path, 'kubeconfig');
    await writeKubeconfig(kubeconfigFile, await serverFacts(), { token });
    access = await openClusterAccess({
      // The hosted cluster is this one too: what differs is who is asked.
      sources: { own: { kubeconfigFile }, hosted: [{ name: 'blue', kubeconfigFile }] },
      env: {},
      clock: systemClock,
      onRequest: (line) => audit.push(line),
    });
    target = await createKubernetesTarget({
      ...{ clock: systemClock, random: systemRandom, access, path: PATH },
      folder: join(folder.path, 'state'),
    });
  });

  afterAll(async () => {
    await target.close();
    await access.close();
    await faulty.close();
    api.close();
    await folder.close();
  });

  async function run(id: string): Promise<Diagnosis> {
    const playbook = loaded.get(id);
    if (playbook === undefined) throw new Error(`there is no playbook ${id}`);
    const inputs = Object.entries(playbook.spec.inputs ?? {});
    const values = (isWanted: boolean): Record<string, string> =>
      Object.fromEntries(
        Object.entries(INPUTS).filter(([name]) =>
          inputs.some(([input, declared]) => input === name && isSupplied(declared) === isWanted),
        ),
      );
    const resolved = resolveInputs(playbook, values(false), values(true));
    if (resolved.kind === 'invalid') throw new Error(resolved.problems.join('\n'));
    const { spec } = newRequest();
    const request = newRequest({ investigation: { ...spec.investigation, namespace: 'clusters-blue' } });
    const cluster = { name: 'production-hub', type: 'hub' } as const;
    const settings = {
      cluster,
      target: { kind: 'kubernetes', hosted: [{ name: 'blue', kubeconfigFile: '/unused' }] },
    } as const;
    return await diagnose({
      ...{ playbook, target, clock, inputs: resolved.inputs },
      targets: placesOf(target, request, settings),
      redaction: createRedaction({ knownValues: [], key: systemRandom(32) }),
    });
  }

  describe.skipIf(kubectl === undefined).each(EXPECTED)('$id', ({ id, findings, gaps = [] }) => {
    let diagnosis: Diagnosis;

    beforeAll(async () => {
      diagnosis = await run(id);
    });

    it('finds what is wrong', () => {
      const found = diagnosis.judgement.findings.map(({ code, object: about }) => `${code} ${about}`);
      expect(found).toEqual(expect.arrayContaining([...findings]));
    });

    it('gets an answer to every step but those that nobody can answer here', () => {
      const unanswered = diagnosis.run.steps
        .filter(({ status, skipCause }) => status !== 'ok' && status !== 'nonzero-ok' && skipCause !== 'not-needed')
        // Nothing keeps metrics here.
        .filter(({ step }) => step.promql === undefined && !gaps.includes(step.id))
        .map(({ step, status, reason }) => `${step.id} ${status} ${reason ?? ''}`);
      expect(unanswered).toEqual([]);
    });

    it('cites evidence that holds what it quotes', () => {
      const { findings } = checkJudgement(diagnosis.judgement, diagnosis.evidence);
      const unproven = findings.filter(
        ({ citations, severity }) =>
          citations.some(({ verified }) => !verified) || (severity !== 'info' && citations.length === 0),
      );
      expect(unproven.map(({ code, citations }) => ({ code, citations }))).toEqual([]);
    });

    it('holds no value of an environment', () => {
      const secret = CRASHING.env[0]?.value ?? '';
      expect(JSON.stringify(diagnosis.run.evidence)).not.toContain(secret);
    });
  });

  it('asked for nothing but what may be read', () => {
    expect(new Set(audit.map(({ method }) => method))).toEqual(new Set(['GET']));
    // Readers inside containers, as an administrator may want them, never pass.
    const refused = audit.filter(({ decision }) => decision === 'refused').map(({ path }) => path.split('?')[0]);
    expect(refused.filter((path) => path?.endsWith('/exec') !== true)).toEqual([]);
  });
});
