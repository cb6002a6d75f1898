import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { endOf, isRunning, killTree } from '../../support/process-tree.ts';
import { waitUntil } from '../../support/wait-until.ts';

const PARENT = `
  const { spawn } = require('node:child_process');
  const child = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
  console.log(child.pid);
  setInterval(() => undefined, 1000);
`;

it('ends children in process groups of their own too', async () => {
  const parent = spawn(process.execPath, ['-e', PARENT], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  parent.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  const child = Number(await waitUntil(() => /^\d+\n/u.exec(printed)?.[0], { what: 'the pid of the child' }));
  expect(await isRunning(child)).toBe(true);
  const end = endOf(parent);
  await killTree(parent.pid ?? 0);
  expect(await end).toBe(137);
  expect(await isRunning(child)).toBe(false);
});

it('says what it waited for', async () => {
  await expect(waitUntil(() => undefined, { what: 'rain', timeoutMs: 5, intervalMs: 1 })).rejects.toThrow(
    'waited 5 ms in vain for rain',
  );
});
