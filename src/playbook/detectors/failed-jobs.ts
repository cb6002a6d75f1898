import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { conditionsOf, listAt, objectsOf, textAt, type KubeObject } from './kube-objects.ts';

/**
 * Jobs that failed and that no later run has made good: `name`, `namespace`, `reason`, `message` and `since`. A later run is
 * a Job of the same owner, such as a CronJob, that was made after it and is complete.
 */
export function failedJobs(data: StepData): readonly Candidate[] | undefined {
  const jobs = objectsOf(data.root)?.filter((object) => object['kind'] === 'Job');
  return jobs?.flatMap((job) => {
    const failed = conditionsOf(job).find(({ type, status }) => type === 'Failed' && status === 'True');
    if (failed === undefined || jobs.some((other) => makesGood(other, job))) return [];
    const item = {
      name: textAt(job, 'metadata', 'name'),
      namespace: textAt(job, 'metadata', 'namespace'),
      reason: failed.reason,
      message: failed.message,
      since: failed.lastTransitionTime,
    };
    return [{ item, source: failed.source }];
  });
}

function makesGood(other: KubeObject, failed: KubeObject): boolean {
  const owner = ownerOf(failed);
  const isComplete = conditionsOf(other).some(({ type, status }) => type === 'Complete' && status === 'True');
  return owner !== '' && ownerOf(other) === owner && isComplete && createdAt(other) > createdAt(failed);
}

function ownerOf(job: KubeObject): string {
  return textAt(listAt(job, 'metadata', 'ownerReferences')[0], 'uid');
}

/** Not a number when it does not say, so that it is neither before nor after another. */
function createdAt(job: KubeObject): number {
  return Date.parse(textAt(job, 'metadata', 'creationTimestamp'));
}
