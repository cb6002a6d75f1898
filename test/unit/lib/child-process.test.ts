import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runChild, signalGroup, type ChildOptions, type ChildResult } from '../../../src/lib/child-process.ts';
import { closedEnvironment } from '../../support/closed-environment.ts';
import { endOf, isRunning } from '../../support/process-tree.ts';
import { withTempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

async function run(argv: readonly string[], change: Partial<ChildOptions> = {}): Promise<ChildResult> {
  return await runChild({ argv, env: closedEnvironment(), timeoutMs: 10_000, maxBytes: 10_000, ...change });
}

async function shell(script: string, change: Partial<ChildOptions> = {}): Promise<ChildResult> {
  return await run(['sh', '-c', script], change);
}

describe('a child process', () => {
  it('hands over exit code, both outputs and its input', async () => {
    const result = await shell('cat; echo problem >&2; exit 3', { stdin: 'text' });
    expect(result.end).toEqual({ kind: 'exited', exit: 3 });
    expect([result.stdout.toString(), result.stderr.toString()]).toEqual(['text', 'problem\n']);
    expect(result.truncated).toBe(false);
  });

  it('has the given environment and nothing else', async () => {
    const result = await run(['env'], { env: { PATH: closedEnvironment()['PATH'] ?? '', ONLY: 'this' } });
    const names = result.stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(['ONLY', 'PATH']);
  });

  it('takes arguments as they are, without a shell', async () => {
    const result = await run(['printf', '%s|', '$HOME', '; exit 1', '*', 'a\nb']);
    expect(result.stdout.toString()).toBe('$HOME|; exit 1|*|a\nb|');
  });

  it('does not mind a child that leaves its input alone', async () => {
    const result = await run(['true'], { stdin: Buffer.alloc(4 * 1024 * 1024) });
    expect(result.end).toEqual({ kind: 'exited', exit: 0 });
  });

  it('keeps so many bytes and drops the rest without stopping the child', async () => {
    const result = await shell('head -c 300000 /dev/zero | tr "\\0" x; exit 5', { maxBytes: 1000 });
    expect(result.end).toEqual({ kind: 'exited', exit: 5 });
    expect(result.stdout).toHaveLength(1000);
    expect(result.truncated).toBe(true);
  });

  it('keeps an output that is exactly as long as allowed as a whole', async () => {
    const result = await shell('head -c 1000 /dev/zero', { maxBytes: 1000 });
    expect([result.stdout.length, result.truncated]).toEqual([1000, false]);
  });

  it('keeps the end of an output when that is what counts', async () => {
    const script = 'head -c 300000 /dev/zero | tr "\\0" x; echo; echo last';
    const cut = await shell(script, { maxBytes: 1000, keep: 'end' });
    expect([cut.stdout.length, cut.truncated]).toEqual([1000, true]);
    expect(cut.stdout.toString().endsWith('x\nlast\n')).toBe(true);
    const whole = await shell('echo last', { maxBytes: 5, keep: 'end' });
    expect([whole.stdout.toString(), whole.truncated]).toEqual(['last\n', false]);
  });

  it('says that a program is missing, or may not be executed', async () => {
    expect((await run(['no-such-program-here'])).end).toEqual({ kind: 'not-started', code: 'ENOENT' });
    expect((await run(['/etc/passwd'])).end).toEqual({ kind: 'not-started', code: 'EACCES' });
    expect((await run(['true', 'x'.repeat(4 * 1024 * 1024)])).end).toEqual({ kind: 'not-started', code: 'E2BIG' });
  });

  it('says which signal killed it from outside', async () => {
    expect((await shell('kill -9 $$')).end).toEqual({ kind: 'killed', signal: 'SIGKILL' });
  });

  it('ends a child that takes too long, with everything that it started', async () => {
    await withTempFolder(async (folder) => {
      const pidFile = join(folder, 'pid');
      const result = await shell(`sleep 600 & echo $! > ${pidFile}; wait`, { timeoutMs: 300, graceMs: 100 });
      expect(result.end).toEqual({ kind: 'timeout' });
      const pid = Number(await readFile(pidFile, 'utf8'));
      await waitUntil(async () => !(await isRunning(pid)), { what: 'the end of the grandchild' });
    });
  });

  it('kills a child that does not listen to the polite signal', async () => {
    const result = await shell('trap "" TERM; echo ready; while :; do sleep 1; done', { timeoutMs: 300, graceMs: 100 });
    expect(result.end).toEqual({ kind: 'timeout' });
    expect(result.stdout.toString()).toBe('ready\n');
    expect(result.ms).toBeLessThan(25_000);
  });

  it('stops when it is told to, and does not start when it was told before', async () => {
    const controller = new AbortController();
    const running = shell('echo started; sleep 600', { signal: controller.signal, graceMs: 100 });
    controller.abort();
    expect((await running).end).toEqual({ kind: 'aborted' });
    expect(await run(['true'], { signal: controller.signal })).toMatchObject({ end: { kind: 'aborted' }, ms: 0 });
  });

  it('does not wait for a background process that holds the pipes', async () => {
    const result = await shell('sleep 600 & echo done');
    expect(result.end).toEqual({ kind: 'exited', exit: 0 });
    expect(result.stdout.toString()).toBe('done\n');
    expect(result.ms).toBeLessThan(25_000);
  });

  it('leaves no listener on a signal that outlives it', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const counted = Object.assign(signal, {
      addEventListener: () => (listeners += 1),
      removeEventListener: () => (listeners -= 1),
    });
    await run(['true'], { signal: counted });
    expect(listeners).toBe(0);
  });

  it('refuses an empty argument list', async () => {
    await expect(run([])).rejects.toThrow('argv is empty');
  });
});

describe('signalling a group', () => {
  it('does not mind a group that is gone, or one that never was', async () => {
    const child = spawn('true', { stdio: 'ignore', detached: true });
    await endOf(child);
    expect(existsSync(`/proc/${child.pid ?? 0}`)).toBe(false);
    signalGroup(child.pid, 'SIGTERM');
    signalGroup(undefined, 'SIGTERM');
  });
});
