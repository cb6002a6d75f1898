import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeEnd } from '../../../src/cli/commands/agent-run.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { runInProcess } from '../../support/cli-context.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

it.each([
  ['finished', 0, undefined],
  ['stopped', 130, undefined],
  ['ended', 1, 'the processor no longer knows this agent'],
  ['refused', 1, 'the processor takes no more from this agent: it said more than a run may say'],
  ['unreachable', 1, 'the processor cannot be reached'],
] as const)('an agent that is %s ends with exit code %i', (end, exit, said) => {
  expect(describeEnd(end)).toEqual({ exit, ...(said === undefined ? {} : { said }) });
});

async function run(args: readonly string[], signal?: AbortSignal): ReturnType<typeof runInProcess> {
  const warRoom = new MemoryWarRoom();
  return await runInProcess(['agent-run', ...args], { warRoom, ...(signal === undefined ? {} : { signal }) });
}

it('an agent without a credential says who would start it', async () => {
  const where = ['--processor', 'https://127.0.0.1:1', '--work', '/nonexistent'];
  const { exit, stderr } = await run([...where, '--credentials', '/nonexistent']);
  expect(exit).toBe(4);
  expect(stderr).toContain('cannot read /nonexistent/token');
  expect(stderr).toContain('this agent was not started by a processor');
  expect(stderr).toContain('agent-run is started by the Job that a processor makes');
});

it('an agent that is told nothing is a wrong call', async () => {
  expect(await run([])).toMatchObject({ exit: 2, stderr: expect.stringContaining('--processor') as string });
});

it('an agent that is stopped while it looks for its processor ends with 130', async () => {
  await withTempFolder(async (folder) => {
    const credentials = join(folder, 'credentials');
    await mkdir(credentials);
    for (const name of ['token', 'ca.crt']) await writeFile(join(credentials, name), '');
    const where = ['--processor', 'https://127.0.0.1:1', '--credentials', credentials, '--work', join(folder, 'work')];
    const { exit } = await run([...where, '--claude', '/nonexistent/claude'], AbortSignal.abort());
    expect(exit).toBe(130);
  });
});
