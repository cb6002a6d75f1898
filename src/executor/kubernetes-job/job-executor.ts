import { recordField, recordsField } from '../../schema/json-fields.ts';
import { isWarroomError, WarroomError } from '../../domain/errors.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { JOBS } from '../../kubernetes/resource.ts';
import type { AgentExecutor } from '../executor.ts';
import { PROCESSOR_LABEL, labelValue } from './job-object.ts';
import type { JobExecutorOptions } from './job-options.ts';
import { openJobPlace } from './job-place.ts';
import { missingRights } from './job-rights.ts';
import { startRelay } from './relay-server.ts';

/** Runs each agent as a Job. Throws at once when the account lacks a right, rather than at the first request. */
export async function createJobExecutor(options: JobExecutorOptions): Promise<AgentExecutor> {
  const { client, clock, maxJobs } = options;
  await checkRights(client);
  await removeLeftOvers(client, options.holder);
  const relay = await startRelay({ ...options.relay, clock });
  const waiting: (() => void)[] = [];
  let running = 0;

  async function takeTurn(signal: AbortSignal): Promise<void> {
    if (running < maxJobs) {
      running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onTurn = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(onTurn), 1);
        reject(new WarroomError('interrupted', 'the run was stopped before its turn came'));
      };
      waiting.push(onTurn);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  function giveTurn(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    async open(run) {
      // A run that was stopped while it waited gets a place that never comes: its process says so.
      const hasTurn = await takeTurn(run.signal).then(
        () => true,
        () => false,
      );
      const place = openJobPlace({ ...options, relay, run, isOver: !hasTurn });
      return {
        ...place,
        async close(end) {
          try {
            await place.close(end);
          } finally {
            if (hasTurn) giveTurn();
          }
        },
      };
    },
    async close() {
      await relay.close();
      client.close();
    },
  };
}

async function checkRights(client: KubernetesClient): Promise<void> {
  const missing = await missingRights(client);
  if (missing.length === 0) return;
  throw new WarroomError('not-allowed', 'the processor cannot run agents as Jobs', {
    why: `its account may not ${missing.join(', ')} in the namespace ${client.namespace}`,
    hint: 'apply manifests/components/job-executor, or say executor: { kind: local-process }',
  });
}

/**
 * Removes the Jobs of an earlier life of this processor. Their agents cannot be gone on with: what they were asked, what
 * their commands gave and what was redacted of it was known to that process alone. The request itself is taken up again
 * by its claim, as a new attempt.
 */
async function removeLeftOvers(client: KubernetesClient, holder: string): Promise<void> {
  const { items } = await client.list(JOBS, { labelSelector: `${PROCESSOR_LABEL}=${labelValue(holder)}` });
  for (const job of items) {
    const conditions = recordsField(recordField(job, 'status'), 'conditions');
    const isOver = conditions.some(
      ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
    );
    // A finished one stays for its time, with its report link.
    if (!isOver) await client.remove(JOBS, job.metadata.name, { uid: job.metadata.uid }).catch(ignoreConflict);
  }
}

/** Another object has this name by now. */
function ignoreConflict(error: unknown): void {
  if (!isWarroomError(error, 'conflict')) throw error;
}
