import { expect, it } from 'vitest';
import { decideTool, type DecideTool, type ToolCall } from '../../../src/claude/run/decide-tool.ts';

const CALL: ToolCall = { toolUseId: 't', tool: 'Bash', command: 'ls', signal: new AbortController().signal };

it('gives the decision of the caller', async () => {
  const allow: DecideTool = ({ command }) => Promise.resolve({ behavior: 'allow', command: `run ${command}` });
  expect(await decideTool(allow, CALL, 1000)).toEqual({ behavior: 'allow', command: 'run ls' });
});

it('denies when the caller fails, at once or later', async () => {
  const late: DecideTool = () => Promise.reject(new Error('x'));
  const early: DecideTool = () => {
    throw new Error('x');
  };
  for (const decide of [late, early]) expect(await decideTool(decide, CALL, 1000)).toMatchObject({ behavior: 'deny' });
});

it('denies when the time is over or nobody waits any more, and tells the caller', async () => {
  let seen: AbortSignal | undefined;
  const never: DecideTool = ({ signal }) => {
    seen = signal;
    return new Promise(() => undefined);
  };
  expect(await decideTool(never, CALL, 5)).toMatchObject({ behavior: 'deny' });
  expect(seen?.aborted).toBe(true);
  expect(await decideTool(never, { ...CALL, signal: AbortSignal.abort() }, 60_000)).toMatchObject({ behavior: 'deny' });
});
