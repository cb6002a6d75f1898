import { isWarroomError } from '../../domain/errors.ts';
import type { ProcessEnd } from '../../claude/run/claude-process.ts';
import { isQuotaExceeded } from '../../kubernetes/api-failure.ts';
import type { ApiObject } from '../../kubernetes/resource.ts';
import { JOBS, SECRETS } from '../../kubernetes/resource.ts';
import { cleanLine } from '../../report/untrusted.ts';
import type { AgentPlace, AgentRun } from '../executor.ts';
import type { FromAgent } from '../relay-messages.ts';
import { describeFault, describeWait, type Fault, type JobState } from './classify-job.ts';
import type { JobExecutorOptions } from './job-options.ts';
import { COMMANDS_ANNOTATION, jobObject, REPORT_ANNOTATION, secretObject } from './job-object.ts';
import { startJobProcess, type JobProcess } from './job-process.ts';
import { followJob } from './job-watch.ts';
import type { Relay } from './relay-server.ts';

/** Time that an agent has to hear that it is done, and the API server to take a change after that. */
const FAREWELL_MS = 5000;
const LOG_LINES = 5;
/** Agents that have just ended take room until their pods are gone; one that works keeps it for longer than is worth waiting. */
const QUOTA_MS = 30_000;
/** Time that the pod has to say more than its Job, or the Job more than its pod. */
const SETTLE_MS = 2000;

/**
 * The Job of one investigation.
 *
 * | state     | entered when                                | leaves to                                              |
 * | --------- | ------------------------------------------- | ------------------------------------------------------ |
 * | coming    | the Job is asked for                        | connected; lost, also when it takes too long           |
 * | connected | the agent has said which claude it has      | lost, when the cluster says so or it falls silent      |
 * | lost      | there is a fault                            | nowhere: every process that is started in it fails     |
 */
export function openJobPlace(
  options: Omit<JobExecutorOptions, 'relay'> & {
    readonly relay: Relay;
    readonly run: AgentRun;
    readonly isOver: boolean;
  },
): AgentPlace {
  const { client, relay, run, clock } = options;
  const runId = options.randomHex(8);
  const facts = {
    ...{ name: `agent-${run.id}-${runId.slice(0, 4)}`, requestId: run.id, run: runId, holder: options.holder },
    ...{ image: options.image, url: relay.url, ttlSeconds: options.ttlSeconds, resources: options.resources },
    limitSeconds: Math.ceil(run.limitMs / 1000),
  };
  const over = new AbortController();
  const line = relay.open(hear);
  const timers: NodeJS.Timeout[] = [];
  let process: JobProcess | undefined;
  let isConnected = false;
  let lost: ProcessEnd | undefined;
  let waitsFor: Fault | undefined;
  let guess: NodeJS.Timeout | undefined;
  let quota: NodeJS.Timeout | undefined;
  let job: ApiObject | undefined;
  /** Asked for, and nobody knows whether it was made. */
  let mayExist = false;

  function hear(message: FromAgent): void {
    if (message.kind !== 'hello') process?.hear(message);
    else if (message.version === options.claudeVersion) isConnected = true;
    else {
      const has = message.version === '' ? 'no claude that it can use' : `claude ${cleanLine(message.version)}`;
      const code = `the agent's image has ${has}, and this processor has proved ${options.claudeVersion}`;
      lose({ kind: 'not-started', code });
    }
  }

  function lose(end: ProcessEnd): void {
    lost ??= end;
    process?.lose(lost);
  }

  function fail(fault: Fault): void {
    lose(describeFault(fault));
  }

  async function make(): Promise<void> {
    const { signal } = over;
    try {
      job = await createOrFind();
      const owner = { uid: job.metadata.uid ?? '', token: line.token, certificate: relay.certificate };
      await client.create(SECRETS, secretObject(facts, owner), { signal });
      await client.patch(JOBS, facts.name, { spec: { suspend: false } }, { signal });
      const { name } = facts;
      followJob({ client, name, run: runId, signal, onState: (state, pod) => void look(state, pod), onError });
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
  }

  /** A Job that was made although the answer was lost is this one: nobody else knows the name. */
  async function createOrFind(): Promise<ApiObject> {
    mayExist = true;
    try {
      return await client.create(JOBS, jobObject(facts), { signal: over.signal });
    } catch (error) {
      mayExist = !isWarroomError(error, 'not-allowed', 'invalid-file', 'authentication', 'not-found');
      if (!isWarroomError(error, 'conflict', 'offline', 'timeout')) throw error;
      const found = await client.find(JOBS, facts.name, { signal: over.signal });
      if (found === undefined) throw error;
      return found;
    }
  }

  function onError(error: unknown): void {
    if (over.signal.aborted) return;
    if (!isWarroomError(error)) {
      lose({ kind: 'lost', code: 'crashed', message: `the Job of the agent cannot be followed: ${String(error)}` });
      return;
    }
    const why = error.why === undefined ? '' : `: ${error.why}`;
    if (isQuotaExceeded(error)) fail({ fault: 'QuotaExceeded', said: cleanLine(error.why ?? '') });
    else lose({ kind: 'lost', code: 'not-started', message: `${error.message}${why}; ${error.hint ?? ''}` });
  }

  async function look(state: JobState, pod: string | undefined): Promise<void> {
    if (lost !== undefined || over.signal.aborted) return;
    waitFor(state.kind === 'waiting' ? state.fault : undefined);
    if (state.kind === 'finished') fail({ fault: 'AgentFailed', said: 'it ended before its work was done' });
    if (state.kind !== 'failed') return;
    const { fault } = state;
    if (state.isGuess) {
      guess ??= setTimeout(() => {
        fail(fault);
      }, options.settleMs ?? SETTLE_MS);
      return;
    }
    const log = fault.fault === 'AgentFailed' && pod !== undefined ? await logOf(pod) : '';
    fail({ ...fault, said: [fault.said, log].filter(Boolean).join('; its log: ') });
  }

  /** What may still come is told at once, and named as the fault when it has not come in time. */
  function waitFor(fault: Fault | undefined): void {
    if (fault !== undefined && fault.fault !== waitsFor?.fault) run.onWait?.(describeWait(fault));
    waitsFor = fault;
    if (fault?.fault === 'QuotaExceeded') {
      quota ??= setTimeout(() => {
        fail(waitsFor ?? fault);
      }, options.quotaMs ?? QUOTA_MS);
      return;
    }
    clearTimeout(quota);
    quota = undefined;
  }

  async function logOf(pod: string): Promise<string> {
    const wanted = { container: 'agent', tailLines: LOG_LINES, limitBytes: 4096, signal: over.signal };
    // Only for a better message: without it there is one too.
    const text = await client.readLog(pod, wanted).catch(() => '');
    return cleanLine(text.trim().split('\n').join(' / ')).slice(0, 500);
  }

  function watchTime(): void {
    timers.push(
      setTimeout(() => {
        if (!isConnected) fail(waitsFor ?? { fault: 'StartTimeout', said: '' });
      }, options.startMs),
      setInterval(() => {
        const heardMs = line.lastHeardMs();
        if (isConnected && heardMs !== undefined && clock.monotonicMs() - heardMs > options.silentMs) {
          fail({ fault: 'Unreachable', said: '' });
        }
      }, options.silentMs / 4),
    );
  }

  let making: Promise<void> = Promise.resolve();
  if (options.isOver) lost = { kind: 'killed', signal: 'SIGTERM' };
  else {
    making = make();
    watchTime();
  }

  return {
    deliver(output) {
      // It is evidence already; nobody is left there to print it.
      if (lost !== undefined) return;
      line.send({ kind: 'output', ...output });
    },
    start(task, listener) {
      if (task.access.kind === 'broker') line.allowModel(task.access.baseUrl);
      process = startJobProcess({
        ...{ task, listener, memory: options.resources.memory },
        send: (message) => {
          line.send(message);
        },
        isConnected: () => isConnected,
      });
      if (lost !== undefined) process.lose(lost);
      return process;
    },
    async close({ commands, wasStopped }) {
      for (const timer of timers) clearTimeout(timer);
      const isWell = isConnected && lost === undefined && !wasStopped;
      if (isWell) await line.finish(AbortSignal.timeout(FAREWELL_MS));
      over.abort();
      clearTimeout(guess);
      clearTimeout(quota);
      await making;
      line.close();
      try {
        if (job === undefined) {
          // One that nobody lets begin would stay for ever.
          if (mayExist) await client.remove(JOBS, facts.name);
          return;
        }
        if (isWell || lost !== undefined) await annotate(commands);
        // A pod that will never start would wait for its deadline, and one that is stopped is of no use.
        if (!isWell && (wasStopped || !isConnected)) {
          await client.remove(JOBS, facts.name, { uid: job.metadata.uid, propagation: 'Background' });
        }
      } catch (error) {
        // What was found out is worth more than a tidy Job; it ends by its deadline and its time to live.
        if (!isWarroomError(error)) throw error;
        if (error.code === 'not-found') return;
        options.onWarning(`the Job ${facts.name} could not be closed: ${error.message}`);
      }
    },
  };

  async function annotate(commands: number): Promise<void> {
    const annotations = { [COMMANDS_ANNOTATION]: String(commands), [REPORT_ANNOTATION]: options.reportLink(run.id) };
    await client.patch(JOBS, facts.name, { metadata: { annotations } });
  }
}
