import { textField } from '../../schema/json-fields.ts';
import type { KubernetesClient, Selection } from '../../kubernetes/client.ts';
import { EVENTS, JOBS, PODS, type ApiObject, type ResourceType } from '../../kubernetes/resource.ts';
import type { WatchChange } from '../../kubernetes/watch.ts';
import { classifyJob, type JobState } from './classify-job.ts';
import { RUN_LABEL } from './job-object.ts';

/**
 * Follows a Job, its pod and what is said about it, and tells each state until the signal comes. A watch that the API
 * server refuses for good is told by `onError`; the others go on.
 */
export function followJob(options: {
  readonly client: KubernetesClient;
  readonly name: string;
  readonly run: string;
  readonly signal: AbortSignal;
  readonly onState: (state: JobState, pod: string | undefined) => void;
  readonly onError: (error: unknown) => void;
}): void {
  const { client, name, run, signal, onState, onError } = options;
  const seen = {
    jobs: new Map<string, ApiObject>(),
    pods: new Map<string, ApiObject>(),
    events: new Map<string, ApiObject>(),
  };
  let isListed = false;
  let lastPod: ApiObject | undefined;

  function tell(): void {
    if (!isListed) return;
    const pod = [...seen.pods.values()].at(-1) ?? goneFor(lastPod);
    lastPod = [...seen.pods.values()].at(-1) ?? lastPod;
    const events = [...seen.events.values()].map((event) => ({
      reason: textField(event, 'reason') ?? '',
      message: textField(event, 'message') ?? '',
    }));
    const job = [...seen.jobs.values()].at(-1);
    onState(classifyJob({ job, pod, events, hadPod: lastPod !== undefined }), lastPod?.metadata.name);
  }

  async function follow(resource: ResourceType, into: Map<string, ApiObject>, selection: Selection): Promise<void> {
    for await (const change of client.watch(resource, { ...selection, signal })) {
      apply(change, into, (object) => {
        if (resource === PODS) lastPod = object;
      });
      if (resource === JOBS) isListed = true;
      tell();
    }
  }

  const labelSelector = `${RUN_LABEL}=${run}`;
  const fieldSelector = `involvedObject.kind=Job,involvedObject.name=${name}`;
  for (const watching of [
    follow(PODS, seen.pods, { labelSelector }),
    follow(JOBS, seen.jobs, { labelSelector }),
    follow(EVENTS, seen.events, { fieldSelector }),
  ]) {
    watching.catch(onError);
  }
}

/** The last state of a pod that is gone, when that says why: a pod that was taken away is not heard of again. */
function goneFor(pod: ApiObject | undefined): ApiObject | undefined {
  return pod?.metadata['deletionTimestamp'] === undefined && textField(statusOf(pod), 'phase') !== 'Failed'
    ? undefined
    : pod;
}

function statusOf(pod: ApiObject | undefined): Readonly<Record<string, unknown>> | undefined {
  const status = pod?.['status'];
  return typeof status === 'object' && status !== null ? { ...status } : undefined;
}

function apply(change: WatchChange, into: Map<string, ApiObject>, onRemoved: (object: ApiObject) => void): void {
  switch (change.kind) {
    case 'listed':
      into.clear();
      for (const object of change.items) into.set(object.metadata.name, object);
      return;
    case 'changed':
      into.set(change.object.metadata.name, change.object);
      return;
    case 'removed':
      into.delete(change.object.metadata.name);
      onRemoved(change.object);
  }
}
