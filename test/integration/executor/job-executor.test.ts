import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readClaudeVersion } from '../../../src/claude/find-claude.ts';
import { runClaude } from '../../../src/claude/run-claude.ts';
import { startModelBroker, type BrokerRun, type ModelBroker } from '../../../src/claude/broker/start-model-broker.ts';
import type { ClaudeOutcome, ClaudeProgress } from '../../../src/claude/run/outcome.ts';
import { parseRequestId } from '../../../src/domain/request-id.ts';
import { runAgent, type AgentEnd } from '../../../src/executor/agent/run-agent.ts';
import type { AgentExecutor, AgentPlace } from '../../../src/executor/executor.ts';
import { createJobExecutor } from '../../../src/executor/kubernetes-job/job-executor.ts';
import type { ApiObject } from '../../../src/kubernetes/resource.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { randomHex, systemRandom } from '../../../src/lib/random-text.ts';
import { createJobCluster, EVENTS, JOBS, type JobCluster } from '../../support/job-cluster.ts';
import {
  bash,
  startScriptedModelApi,
  structured,
  type ScriptedModelApi,
  type ScriptStep,
} from '../../support/scripted-model-api.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { findTestedClaude, processesWith, SCHEMA } from '../claude/claude-rig.ts';

const binary = await findTestedClaude();
const version = binary === undefined ? '' : ((await readClaudeVersion(binary)) ?? '');
const ID = parseRequestId('2026-11-20-1430-api-timeout-k7m2');

let folder: TempFolder;
let cluster: JobCluster;
let api: ScriptedModelApi;
let script: ScriptStep[];
let broker: ModelBroker;
let access: BrokerRun;
let executor: AgentExecutor | undefined;
let place: AgentPlace | undefined;
let agents: Promise<AgentEnd>[];
/** What the requester is told while there is no agent. */
let waits: string[];
let agentStop: AbortController;
let breaker: Breaker | undefined;

beforeEach(async () => {
  folder = await createTempFolder('jobs');
  cluster = createJobCluster();
  script = [];
  api = await startScriptedModelApi(script);
  broker = await startModelBroker({
    upstream: {
      kind: 'messages',
      baseUrl: api.url,
      credential: () => Promise.resolve({ kind: 'api-key', value: 'sk-upstream' }),
    },
  });
  access = broker.openRun({ runId: 'r', requester: 'a@example.com', budgetUsd: 10 });
  agents = [];
  waits = [];
  agentStop = new AbortController();
  cluster.onStart = startAgent;
});

afterEach(async () => {
  await place?.close({ commands: 0, wasStopped: true });
  await executor?.close();
  agentStop.abort();
  await Promise.all(agents);
  await breaker?.close();
  access.close();
  await broker.close();
  await api.close();
  await folder.close();
  [place, executor, breaker] = [undefined, undefined, undefined];
});

/** Plays the kubelet: mounts the Secret, and starts what the Job says, in this process. */
function startAgent(job: ApiObject, secret: ApiObject): void {
  const data = secret['stringData'] as { token: string; 'ca.crt': string };
  const args = /\["agent-run","--processor","([^"]+)"/u.exec(JSON.stringify(job));
  const credentials = join(folder.path, 'credentials');
  const work = join(folder.path, 'work');
  const run = async (): Promise<AgentEnd> => {
    await mkdir(credentials);
    await mkdir(work);
    await writeFile(join(credentials, 'token'), data.token);
    await writeFile(join(credentials, 'ca.crt'), data['ca.crt']);
    const processor = breaker === undefined ? (args?.[1] ?? '') : await breaker.before(args?.[1] ?? '');
    return await runAgent({
      ...{
        processor,
        credentials,
        work,
        path: undefined,
        claude: binary ?? '',
        signal: agentStop.signal,
        giveUpMs: 1500,
      },
    });
  };
  cluster.pod({ phase: 'Running' });
  agents.push(run());
}

interface Change {
  readonly startMs?: number;
  readonly silentMs?: number;
  readonly claudeVersion?: string;
  readonly maxJobs?: number;
  readonly settleMs?: number;
  readonly quotaMs?: number;
}

async function open(change: Change = {}, signal: AbortSignal = new AbortController().signal): Promise<AgentPlace> {
  executor ??= await createJobExecutor({
    ...{ client: cluster.client, relay: { host: '127.0.0.1', port: 0, advertise: '127.0.0.1', holdMs: 500 } },
    ...{ holder: 'claude-processor-0', image: 'example.com/w@sha256:0', claudeVersion: version, maxJobs: 1 },
    ...{ ttlSeconds: 60, startMs: 20_000, silentMs: 20_000, settleMs: 50, clock: systemClock },
    resources: { cpu: '1', memory: '1Gi', storage: '1Gi' },
    reportLink: (id) => `https://git.example.com/results/${id}`,
    randomHex: (bytes) => randomHex(bytes, systemRandom),
    onWarning: (message) => {
      throw new Error(message);
    },
    ...change,
  });
  if (ID === undefined) throw new Error('not an id');
  place = await executor.open({ id: ID, limitMs: 60_000, signal, onWait: (why) => waits.push(why) });
  return place;
}

async function ask(
  at: AgentPlace,
  more: { readonly signal?: AbortSignal; readonly onEvent?: (event: ClaudeProgress) => void } = {},
): Promise<ClaudeOutcome> {
  return await runClaude({
    ...{ binary: binary ?? '', access, folder: folder.path, shimFolder: '/nonexistent', place: at },
    ...{
      prompt: 'What is wrong?',
      systemPrompt: 'You look into problems.',
      schema: SCHEMA,
      model: 'claude-sonnet-5-5',
    },
    ...{ softDeadlineMs: 30_000, hardDeadlineMs: 40_000, maxBudgetUsd: 10 },
    decide: () => {
      const token = randomHex(16, systemRandom);
      breaker?.cut();
      at.deliver({ token, exit: 0, text: 'what the processor recorded\n' });
      return Promise.resolve({ behavior: 'allow', command: `warroom-exec ${token}` });
    },
    ...more,
  });
}

describe.skipIf(binary === undefined)('an agent in a Job', () => {
  it('answers with what the processor ran for it, twice in one Job, and the Job says what came of it', async () => {
    script.push(bash('kubectl get pods'), structured({ answer: 'all is well' }));
    const at = await open();
    const first = await ask(at);
    expect(first).toMatchObject({ kind: 'answered', structured: { answer: 'all is well' } });
    expect(api.turns[1]?.toolResults).toMatchObject([{ text: 'what the processor recorded', isError: false }]);
    expect(access.usage().requests).toBeGreaterThan(0);
    // The key of the model never came near the agent.
    expect(api.requests.every(({ headers }) => headers['x-api-key'] === 'sk-upstream')).toBe(true);
    expect(await ask(at)).toMatchObject({ kind: 'answered' });
    await at.close({ commands: 2, wasStopped: false });
    expect(await agents[0]).toBe('finished');
    expect(cluster.all(JOBS)).toMatchObject([
      {
        metadata: {
          annotations: {
            'warroom.intility.io/request': '2026-11-20-1430-api-timeout-k7m2',
            'warroom.intility.io/commands': '2',
            'warroom.intility.io/report': 'https://git.example.com/results/2026-11-20-1430-api-timeout-k7m2',
          },
        },
      },
    ]);
    place = undefined;
  });

  it('goes on after the connection broke, and loses and repeats nothing', async () => {
    breaker = startBreaker();
    script.push(bash('kubectl get pods'), bash('kubectl get nodes'), structured({ answer: 'all is well' }));
    const events: ClaudeProgress[] = [];
    const outcome = await ask(await open(), { onEvent: (event) => events.push(event) });
    expect(outcome).toMatchObject({ kind: 'answered' });
    expect(events.filter(({ type }) => type === 'started')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'command')).toHaveLength(2);
    expect(api.turns.slice(1).map(({ toolResults }) => toolResults)).toMatchObject([
      [{ text: 'what the processor recorded', isError: false }],
      [{ text: 'what the processor recorded', isError: false }],
    ]);
  });

  it('ends with its request: claude is gone, and the Job too', async () => {
    script.push({ kind: 'hang' });
    const stop = new AbortController();
    const at = await open({}, stop.signal);
    const asked = ask(at, { signal: stop.signal });
    await waitUntil(() => api.turns.length > 0, { what: 'a call of the model' });
    stop.abort();
    expect(await asked).toMatchObject({ kind: 'failed', code: 'interrupted' });
    await at.close({ commands: 0, wasStopped: true });
    expect(cluster.all(JOBS)).toEqual([]);
    place = undefined;
    expect(await agents[0]).toBe('ended');
    expect(await processesWith(join(folder.path, 'work'))).toEqual([]);
  });

  it('does not run with a claude that this processor has not proved', async () => {
    const outcome = await ask(await open({ claudeVersion: '1.0.0' }));
    expect(outcome).toMatchObject({ kind: 'failed', code: 'not-started' });
    expect(outcome.kind === 'failed' ? outcome.message : '').toContain(`has claude ${version}`);
  });

  it('ends when the processor is gone', async () => {
    breaker = startBreaker();
    script.push({ kind: 'hang' });
    const asked = ask(await open({ silentMs: 400 }));
    await waitUntil(() => api.turns.length > 0, { what: 'a call of the model' });
    await breaker.close();
    expect(await asked).toMatchObject({ kind: 'failed', code: 'crashed' });
    expect(await agents[0]).toBe('unreachable');
    expect(await processesWith(join(folder.path, 'work'))).toEqual([]);
  });
});

const quota = 'pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4';
const NO_ROOM = 'the quota of the namespace leaves no room for the pod of the agent (QuotaExceeded)';

function refusePod(message = quota): void {
  cluster.put(EVENTS, { metadata: { name: 'e' }, reason: 'FailedCreate', message });
}

describe('a Job that comes to nothing', () => {
  const dead = {
    phase: 'Failed',
    containerStatuses: [{ state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }],
  };
  const cases: readonly (readonly [string, RegExp, () => void])[] = [
    [
      'crashed',
      /\(Evicted: low on memory\)/u,
      () => {
        cluster.pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' });
      },
    ],
    [
      'crashed',
      /\(OOMKilled\)/u,
      () => {
        cluster.pod(dead);
      },
    ],
    [
      'crashed',
      /\(NodeLost/u,
      () => {
        cluster.pod({ phase: 'Unknown', reason: 'NodeLost' });
      },
    ],
    [
      'crashed',
      /exit code 1.*the last words of the agent/u,
      () => {
        cluster.pod({ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 1 } } }] });
      },
    ],
    [
      'timeout',
      /\(DeadlineExceeded/u,
      () => {
        const [job] = cluster.all(JOBS);
        const conditions = [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }];
        if (job !== undefined) cluster.put(JOBS, { ...job, status: { conditions } });
      },
    ],
    [
      'interrupted',
      /\(JobDeleted\)/u,
      () => {
        cluster.drop(JOBS, cluster.all(JOBS)[0]?.metadata.name ?? '');
      },
    ],
    [
      'not-started',
      /\(ErrImagePull: ImagePullBackOff/u,
      () => {
        cluster.pod({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] });
      },
    ],
    [
      'not-started',
      /\(QuotaExceeded/u,
      () => {
        refusePod();
      },
    ],
    ['not-started', /\(StartTimeout\)/u, () => undefined],
  ];
  it.each(cases)('fails with %s and says %s', async (code, words, happen) => {
    cluster.onStart = happen;
    const outcome = await ask(await open({ startMs: 150 }));
    expect(outcome).toMatchObject({ kind: 'failed', code });
    expect(outcome.kind === 'failed' ? outcome.message : '').toMatch(words);
  });

  it('is named by its pod when the Job is heard first', async () => {
    cluster.onStart = (job) => {
      cluster.pod({ phase: 'Running' });
      const conditions = [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }];
      cluster.put(JOBS, { ...job, status: { conditions } });
      cluster.pod(dead);
    };
    const outcome = await ask(await open({ settleMs: 20_000 }));
    expect(outcome.kind === 'failed' ? outcome.message : '').toContain('(OOMKilled)');
  });

  it('gives a quota that is used up a while to have room, and says so at once', async () => {
    cluster.onStart = () => {
      refusePod();
    };
    const outcome = await ask(await open({ startMs: 20_000, quotaMs: 100 }));
    expect(outcome).toMatchObject({ kind: 'failed', code: 'not-started' });
    expect(outcome.kind === 'failed' ? outcome.message : '').toContain(
      `${NO_ROOM.slice(0, -1)}: exceeded quota: small`,
    );
    expect(waits).toEqual([NO_ROOM]);
  });

  it('thinks no more of the quota once there was room', async () => {
    cluster.onStart = () => {
      refusePod();
    };
    const asked = ask(await open({ startMs: 900, quotaMs: 600 }));
    await waitUntil(() => waits.length > 0, { what: 'the quota to be told' });
    cluster.pod({ phase: 'Running' });
    const outcome = await asked;
    expect(outcome.kind === 'failed' ? outcome.message : '').toContain('(StartTimeout)');
    expect(waits).toEqual([NO_ROOM]);
  });

  it('does not wait for a quota that is too small for one agent', async () => {
    cluster.onStart = () => {
      refusePod(quota.replace('limited: pods=4', 'limited: pods=0'));
    };
    const outcome = await ask(await open({ startMs: 20_000, quotaMs: 20_000 }));
    expect(outcome.kind === 'failed' ? outcome.message : '').toContain('(QuotaExceeded: exceeded quota');
  });

  it('names a quota that leaves no room for the Job itself', async () => {
    cluster.refuse.create = { status: 403, message: 'jobs.batch "x" is forbidden: exceeded quota: small' };
    const outcome = await ask(await open());
    expect(outcome).toMatchObject({ kind: 'failed', code: 'not-started' });
    expect(outcome.kind === 'failed' ? outcome.message : '').toContain('QuotaExceeded');
  });
});

describe('the executor', () => {
  it('refuses to start without a right, and names it', async () => {
    cluster.refuse.right = 'create secrets';
    await expect(open()).rejects.toMatchObject({
      code: 'not-allowed',
      why: expect.stringContaining('create secrets') as string,
    });
  });

  it('removes what a processor that died left behind, and leaves what is done and what is not its own', async () => {
    const labels = { 'warroom.intility.io/processor': 'claude-processor-0' };
    const done = { conditions: [{ type: 'Complete', status: 'True' }] };
    cluster.put(JOBS, { metadata: { name: 'left', uid: '1', labels }, status: { active: 1 } });
    cluster.put(JOBS, { metadata: { name: 'done', uid: '2', labels }, status: done });
    cluster.put(JOBS, { metadata: { name: 'other', uid: '3', labels: { 'warroom.intility.io/processor': 'b' } } });
    cluster.onStart = () => undefined;
    await open();
    const names = cluster.all(JOBS).map(({ metadata }) => metadata.name);
    expect(names).toEqual(['done', 'other', expect.stringMatching(/^agent-2026-11-20-1430-api-timeout-k7m2-/u)]);
  });

  it.each(['conflict', 'timeout', 'offline'] as const)(
    'goes on with a Job that it made itself, when it is told of the making: %s',
    async (answer) => {
      cluster.refuse.answer = answer;
      let begun: readonly unknown[] = [];
      cluster.onStart = (...objects) => {
        begun = objects;
        cluster.pod({ phase: 'Failed', reason: 'Evicted', message: 'it had begun' });
      };
      const outcome = await ask(await open());
      expect(outcome.kind === 'failed' ? outcome.message : '').toContain('Evicted: it had begun');
      expect(begun).toHaveLength(2);
      expect(cluster.all(JOBS)).toHaveLength(1);
    },
  );

  it('leaves no Job that it asked for and was not told of', async () => {
    cluster.refuse.answer = 'interrupted';
    const at = await open();
    expect(cluster.all(JOBS)).toHaveLength(1);
    await at.close({ commands: 0, wasStopped: true });
    expect(cluster.all(JOBS)).toEqual([]);
    place = undefined;
  });

  it('lets no more run at once than it may, and gives up a wait that is stopped', async () => {
    cluster.onStart = () => undefined;
    const first = await open();
    const stop = new AbortController();
    const second = open({}, stop.signal);
    stop.abort();
    expect(await ask(await second)).toMatchObject({ kind: 'failed', code: 'interrupted' });
    expect(cluster.all(JOBS)).toHaveLength(1);
    const third = open();
    await first.close({ commands: 0, wasStopped: true });
    await third;
    expect(cluster.all(JOBS)).toHaveLength(1);
  });
});

interface Breaker {
  /** Address to give to the agent in place of this one. */
  before(url: string): Promise<string>;
  /** Ends every connection there is. */
  cut(): void;
  close(): Promise<void>;
}

function startBreaker(): Breaker {
  const sockets = new Set<Socket>();
  let port = 0;
  const server: Server = createServer((socket) => {
    const next = connect(port, '127.0.0.1');
    for (const each of [socket, next]) {
      sockets.add(each);
      each.on('error', () => undefined);
      each.on('close', () => sockets.delete(each));
    }
    socket.pipe(next).pipe(socket);
    socket.on('close', () => next.destroy());
    next.on('close', () => socket.destroy());
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    async before(url) {
      port = Number(new URL(url).port);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      return `https://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
    },
    cut,
    async close() {
      cut();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}
