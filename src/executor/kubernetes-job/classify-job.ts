import { numberField, recordField, recordsField, textField, type JsonRecord } from '../../schema/json-fields.ts';
import type { LostAgent } from '../../claude/run/claude-process.ts';
import type { ApiObject } from '../../kubernetes/resource.ts';
import { cleanLine } from '../../report/untrusted.ts';
import { isBeyondQuota } from './quota-refusal.ts';

/** Names as Kubernetes writes them, where it has one. */
export type JobFault =
  | 'QuotaExceeded'
  | 'FailedCreate'
  | 'Unschedulable'
  | 'ErrImagePull'
  | 'CreateContainerError'
  | 'StartTimeout'
  | 'Evicted'
  | 'OOMKilled'
  | 'DeadlineExceeded'
  | 'NodeLost'
  | 'PodDeleted'
  | 'JobDeleted'
  | 'AgentFailed'
  | 'Unreachable';

export interface Fault {
  readonly fault: JobFault;
  /** In the words of the cluster; hostile like every text from there. */
  readonly said: string;
}

/** What is known of a Job at one moment. */
export interface JobSight {
  readonly job?: ApiObject | undefined;
  readonly pod?: ApiObject | undefined;
  /** Messages of events about the Job and its pod, the last ones last. */
  readonly events: readonly { readonly reason: string; readonly message: string }[];
  readonly hadPod: boolean;
}

export type JobState =
  /** The pod does not run yet; `fault` says what keeps it, and may go away. */
  | { readonly kind: 'waiting'; readonly fault?: Fault }
  | { readonly kind: 'running' }
  | { readonly kind: 'finished' }
  | {
      readonly kind: 'failed';
      readonly fault: Fault;
      /**
       * Job and pod are followed one beside the other, so that the end of the one may be heard before that of the other.
       * This is what one of them looks like without the other, which may soon say more.
       */
      readonly isGuess: boolean;
    };

/** What became of a Job, most telling first: the pod knows more than the Job, whose own reason is often only a count. */
export function classifyJob(sight: JobSight): JobState {
  const { job, pod } = sight;
  const fault = (name: JobFault, said: string | undefined, isGuess = false): JobState => ({
    kind: 'failed',
    fault: { fault: name, said: cleanLine(said ?? '').slice(0, 300) },
    isGuess,
  });
  const ended = pod === undefined ? undefined : endOfPod(pod);
  const failure = conditionOf(job, 'Failed') ?? conditionOf(job, 'FailureTarget');
  // A deadline ends the pod too, which then looks as if somebody had deleted it.
  if (textField(failure, 'reason') === 'DeadlineExceeded') {
    return fault('DeadlineExceeded', textField(failure, 'message'));
  }
  if (ended !== undefined) return fault(ended.fault, ended.said);
  if (conditionOf(job, 'Complete') !== undefined) return { kind: 'finished' };
  if (failure !== undefined) {
    return fault(sight.hadPod ? 'PodDeleted' : 'AgentFailed', textField(failure, 'message'), true);
  }
  if (job === undefined) return fault('JobDeleted', undefined, true);
  if (pod === undefined) {
    if (sight.hadPod) return fault('PodDeleted', undefined, true);
    const why = whyNoPod(sight);
    const isHopeless = why?.fault === 'QuotaExceeded' && isBeyondQuota(why.said);
    return isHopeless ? fault(why.fault, why.said) : { kind: 'waiting', ...held(why) };
  }
  return textField(statusOf(pod), 'phase') === 'Running'
    ? { kind: 'running' }
    : { kind: 'waiting', ...held(whyNotRunning(pod)) };
}

function held(fault: Fault | undefined): { readonly fault?: Fault } {
  return fault === undefined ? {} : { fault: { ...fault, said: cleanLine(fault.said).slice(0, 300) } };
}

/** Why a pod is over; undefined while it is not, or when it ended well. */
function endOfPod(pod: ApiObject): Fault | undefined {
  const status = statusOf(pod);
  const phase = textField(status, 'phase');
  const reason = textField(status, 'reason');
  const message = textField(status, 'message') ?? '';
  if (reason === 'Evicted') return { fault: 'Evicted', said: message };
  if (reason === 'NodeLost' || phase === 'Unknown') return { fault: 'NodeLost', said: message };
  const disruption = conditionOf(pod, 'DisruptionTarget');
  const disrupted = textField(disruption, 'reason');
  const isGoing = phase === 'Failed' || pod.metadata['deletionTimestamp'] !== undefined;
  if (disrupted !== undefined && isGoing) {
    // The taint manager takes pods from nodes that stopped to answer; the collector those of nodes that are gone.
    const isLost = disrupted === 'DeletionByTaintManager' || disrupted === 'DeletionByPodGC';
    return { fault: isLost ? 'NodeLost' : 'Evicted', said: textField(disruption, 'message') ?? disrupted };
  }
  if (reason === 'DeadlineExceeded') return { fault: 'DeadlineExceeded', said: message };
  const terminated = recordField(recordField(agentOf(pod), 'state'), 'terminated');
  const exit = numberField(terminated, 'exitCode');
  if (textField(terminated, 'reason') === 'OOMKilled') {
    return { fault: 'OOMKilled', said: textField(terminated, 'message') ?? '' };
  }
  if (phase !== 'Failed') return undefined;
  const how = exit === undefined ? (reason ?? '') : `exit code ${exit}`;
  return { fault: 'AgentFailed', said: [how, textField(terminated, 'message') ?? message].filter(Boolean).join(': ') };
}

function whyNoPod({ events }: JobSight): Fault | undefined {
  const failed = events.findLast(({ reason }) => reason === 'FailedCreate');
  if (failed === undefined) return undefined;
  // What stands before is the name of the pod.
  const [quota] = /\bexceeded quota\b.*$/su.exec(failed.message) ?? [];
  return { fault: quota === undefined ? 'FailedCreate' : 'QuotaExceeded', said: quota ?? failed.message };
}

const OF_IMAGE = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError'];

function whyNotRunning(pod: ApiObject): Fault | undefined {
  const waiting = recordField(recordField(agentOf(pod), 'state'), 'waiting');
  const reason = textField(waiting, 'reason') ?? '';
  const said = [reason, textField(waiting, 'message')].filter(Boolean).join(': ');
  if (OF_IMAGE.includes(reason)) return { fault: 'ErrImagePull', said };
  if (/^(?:CreateContainer|RunContainer)\w*Error$/u.test(reason)) return { fault: 'CreateContainerError', said };
  const scheduled = conditionOf(pod, 'PodScheduled');
  return textField(scheduled, 'reason') === 'Unschedulable'
    ? { fault: 'Unschedulable', said: textField(scheduled, 'message') ?? '' }
    : undefined;
}

function statusOf(object: ApiObject | undefined): JsonRecord | undefined {
  return recordField(object, 'status');
}

/** A condition that is true, or that says why something is not so. */
function conditionOf(object: ApiObject | undefined, type: string): JsonRecord | undefined {
  return recordsField(statusOf(object), 'conditions').find(
    (each) => each['type'] === type && (each['status'] === 'True' || type === 'PodScheduled'),
  );
}

function agentOf(pod: ApiObject): JsonRecord | undefined {
  return recordsField(statusOf(pod), 'containerStatuses')[0];
}

interface Words {
  readonly code: LostAgent['code'];
  readonly what: string;
  readonly hint: string;
}

const WORDS: Readonly<Record<JobFault, Words>> = {
  QuotaExceeded: {
    ...{ code: 'not-started', what: 'the quota of the namespace leaves no room for the pod of the agent' },
    hint: 'raise the ResourceQuota, or lower executor.maxJobs or executor.resources',
  },
  FailedCreate: {
    ...{ code: 'not-started', what: 'the pod of the agent could not be created' },
    hint: 'look at the events of the Job: an admission rule refuses the pod',
  },
  Unschedulable: {
    ...{ code: 'not-started', what: 'no node has room for the pod of the agent' },
    hint: 'free a node, or lower executor.resources',
  },
  ErrImagePull: {
    ...{ code: 'not-started', what: 'the image of the agent could not be pulled' },
    hint: 'check executor.image, and that the nodes may pull it',
  },
  CreateContainerError: {
    ...{ code: 'not-started', what: 'the container of the agent could not be made' },
    hint: 'look at the events of the pod',
  },
  StartTimeout: {
    ...{ code: 'not-started', what: 'the agent did not report in time' },
    hint: 'see that its network policy lets it reach the processor, and raise executor.startSeconds for a slow registry',
  },
  Evicted: {
    ...{ code: 'crashed', what: 'the pod of the agent was evicted from its node' },
    hint: 'ask again; the node was drained or short of memory or disk',
  },
  OOMKilled: {
    ...{ code: 'crashed', what: 'the agent used more memory than its pod may have' },
    hint: 'raise executor.resources.memory',
  },
  DeadlineExceeded: {
    ...{ code: 'timeout', what: 'the Job of the agent ran into its deadline' },
    hint: 'allow the request more time',
  },
  NodeLost: {
    ...{ code: 'crashed', what: 'the node of the agent was lost' },
    hint: 'ask again; look at the node',
  },
  PodDeleted: {
    ...{ code: 'interrupted', what: 'somebody deleted the pod of the agent' },
    hint: 'ask again',
  },
  JobDeleted: {
    ...{ code: 'interrupted', what: 'somebody deleted the Job of the agent' },
    hint: 'ask again',
  },
  AgentFailed: {
    ...{ code: 'crashed', what: 'the agent in its pod failed' },
    hint: 'look at the log of the pod',
  },
  Unreachable: {
    ...{ code: 'crashed', what: 'the agent is not heard of any more' },
    hint: 'look at its node and at the network policies',
  },
};

/** Why an agent is not there yet, in words of our own alone. */
export function describeWait({ fault }: Fault): string {
  return `${WORDS[fault].what} (${fault})`;
}

/** The fault by its name, for the report: what happened, in whose words, and what helps. */
export function describeFault({ fault, said }: Fault): LostAgent {
  const { code, what, hint } = WORDS[fault];
  return { kind: 'lost', code, message: `${what} (${fault}${said === '' ? '' : `: ${said}`}); ${hint}` };
}
