import { expect, it } from 'vitest';
import type { ProcessEnd } from '../../../src/claude/run/claude-process.ts';
import { startJobProcess, type JobProcess } from '../../../src/executor/kubernetes-job/job-process.ts';

function start(): JobProcess {
  const access = { kind: 'broker' as const, baseUrl: 'http://127.0.0.1:1', token: 't', spentUsd: () => 0 };
  return startJobProcess({
    task: {
      ...{ access: { ...access, refusal: () => undefined }, sessionId: 's', conversation: { kind: 'once' } },
      ...{ systemPrompt: '', schema: {}, model: 'm', maxTurns: 1, maxBudgetUsd: 1, commandSeconds: 1 },
    },
    listener: { onLine: () => undefined, onFlood: () => undefined, graceMs: { interrupt: 10, terminate: 10 } },
    send: () => undefined,
    isConnected: () => true,
    memory: '1Gi',
  });
}

it.each<ProcessEnd>([
  { kind: 'killed', signal: 'SIGKILL' },
  { kind: 'exited', exit: 137 },
])('calls it out of memory when claude alone is killed in its pod: %j', async (end) => {
  const process = start();
  process.hear({ kind: 'ended', end, stderr: '' });
  expect(await process.ended).toEqual({
    kind: 'lost',
    code: 'crashed',
    message:
      'claude was killed in its pod, probably out of memory: the pod may have 1Gi; raise executor.resources.memory',
  });
});

it.each<ProcessEnd>([
  { kind: 'exited', exit: 1 },
  { kind: 'killed', signal: 'SIGTERM' },
])('passes another end on as it is: %j', async (end) => {
  const process = start();
  process.hear({ kind: 'ended', end, stderr: '' });
  expect(await process.ended).toEqual(end);
});

it('looks for no cause when it was told to stop', async () => {
  const process = start();
  process.stop(() => undefined);
  process.hear({ kind: 'ended', end: { kind: 'killed', signal: 'SIGKILL' }, stderr: '' });
  expect(await process.ended).toEqual({ kind: 'killed', signal: 'SIGKILL' });
});
