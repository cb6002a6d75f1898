import type { NewObject } from '../../kubernetes/client.ts';

/** Labels of what a processor makes: whose it is, for which request, and which run of it. */
export const PROCESSOR_LABEL = 'warroom.intility.io/processor';
const REQUEST_LABEL = 'warroom.intility.io/request';
export const RUN_LABEL = 'warroom.intility.io/run';
/** Set when the run is over. */
export const COMMANDS_ANNOTATION = 'warroom.intility.io/commands';
export const REPORT_ANNOTATION = 'warroom.intility.io/report';

/** Seconds between the moment at which the processor ends a run and the one at which Kubernetes does. */
const DEADLINE_MARGIN = 60;

/** An agent waits for the model most of the time. */
const AGENT_CPU_REQUEST = '100m';

const CREDENTIALS = '/var/run/warroom-agent';
const WORK = '/work';

export interface JobFacts {
  readonly name: string;
  readonly requestId: string;
  readonly run: string;
  readonly holder: string;
  /** With its digest. */
  readonly image: string;
  /** Address of the relay. */
  readonly url: string;
  readonly limitSeconds: number;
  readonly ttlSeconds: number;
  readonly resources: AgentResources;
}

export interface AgentResources {
  readonly cpu: string;
  readonly memory: string;
  /** Of all that it writes, most of it in the folder that claude works in. */
  readonly storage: string;
}

/**
 * One agent: no token of a service account, no name of a service, no way to gain rights, and nothing that it can write to
 * but a folder that ends with it. It is made suspended, so that its Secret can name it as owner before a pod needs it.
 */
export function jobObject(facts: JobFacts): NewObject {
  const labels = labelsOf(facts);
  const { resources } = facts;
  return {
    metadata: { name: facts.name, labels, annotations: { [REQUEST_LABEL]: facts.requestId } },
    spec: {
      suspend: true,
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      activeDeadlineSeconds: facts.limitSeconds + DEADLINE_MARGIN,
      ttlSecondsAfterFinished: facts.ttlSeconds,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 15,
          // It asks no name: everything that it reaches is one address.
          dnsPolicy: 'None',
          dnsConfig: { nameservers: ['127.0.0.1'] },
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'agent',
              image: facts.image,
              args: ['agent-run', '--processor', facts.url, '--credentials', CREDENTIALS, '--work', WORK],
              env: [
                { name: 'HOME', value: WORK },
                { name: 'TMPDIR', value: WORK },
              ],
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              resources: {
                requests: { cpu: AGENT_CPU_REQUEST, memory: resources.memory, 'ephemeral-storage': '64Mi' },
                // The limit of a namespace would count for the folders too, and is made for pods that write little.
                limits: { cpu: resources.cpu, memory: resources.memory, 'ephemeral-storage': resources.storage },
              },
              terminationMessagePolicy: 'FallbackToLogsOnError',
              volumeMounts: [
                { name: 'work', mountPath: WORK },
                { name: 'tmp', mountPath: '/tmp' },
                { name: 'credentials', mountPath: CREDENTIALS, readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: 'work', emptyDir: { sizeLimit: resources.storage } },
            { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
            { name: 'credentials', secret: { secretName: facts.name, defaultMode: 0o440 } },
          ],
        },
      },
    },
  };
}

/**
 * What the agent proves itself by. A Secret and no field of the Job, because whoever may look at Jobs and pods may not
 * look at Secrets; it goes with its Job, and the processor needs no right to read it.
 */
export function secretObject(
  facts: Pick<JobFacts, 'name' | 'requestId' | 'run' | 'holder'>,
  owner: { readonly uid: string; readonly token: string; readonly certificate: string },
): NewObject {
  return {
    metadata: {
      name: facts.name,
      labels: labelsOf(facts),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: facts.name, uid: owner.uid }],
    },
    type: 'Opaque',
    immutable: true,
    stringData: { token: owner.token, 'ca.crt': owner.certificate },
  };
}

/** Not the name of the processor: policies that open ways for it must not fit. */
function labelsOf({
  requestId,
  run,
  holder,
}: Pick<JobFacts, 'requestId' | 'run' | 'holder'>): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/name': 'claude-warroom-agent',
    'app.kubernetes.io/component': 'agent',
    'app.kubernetes.io/managed-by': 'claude-warroom',
    [PROCESSOR_LABEL]: labelValue(holder),
    [REQUEST_LABEL]: requestId,
    [RUN_LABEL]: run,
  };
}

/** What a label takes of a name (RFC 1123, 63 characters). */
export function labelValue(text: string): string {
  const cut = text.replace(/[^A-Za-z0-9._-]/gu, '-').slice(0, 63);
  return cut.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/gu, '');
}
