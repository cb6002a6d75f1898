import { describe, expect, it } from 'vitest';
import { runChild, type ChildOptions } from '../../../src/lib/child-process.ts';
import { isRunning } from '../../support/process-tree.ts';

async function run(argv: readonly string[], options: Partial<ChildOptions> = {}) {
  return await runChild({
    argv,
    env: { PATH: '/usr/bin:/bin' },
    timeoutMs: 10_000,
    maxBytes: 65_536,
    graceMs: 200,
    ...options,
  });
}

describe('a child process', () => {
  it('gives its output and exit code, and has only the environment that it was given', async () => {
    const result = await run(['sh', '-c', 'echo out; echo err >&2; env | grep -v -E "^(PWD|SHLVL|_)="; exit 3']);
    expect(result.end).toEqual({ kind: 'exited', exit: 3 });
    expect(result.stdout.toString()).toBe('out\nPATH=/usr/bin:/bin\n');
    expect(result.stderr.toString()).toBe('err\n');
  });

  it('reads its input, and may close it unread', async () => {
    expect((await run(['cat'], { stdin: 'hello' })).stdout.toString()).toBe('hello');
    expect((await run(['true'], { stdin: 'x'.repeat(1_000_000) })).end).toEqual({ kind: 'exited', exit: 0 });
  });

  it('reports what the kernel refuses to start instead of throwing', async () => {
    expect((await run(['echo', 'x'.repeat(3_000_000)])).end).toEqual({ kind: 'not-started', code: 'E2BIG' });
    expect((await run(['/does/not/exist'])).end).toEqual({ kind: 'not-started', code: 'ENOENT' });
    expect((await run(['/etc/passwd'])).end).toEqual({ kind: 'not-started', code: 'EACCES' });
    expect((await run(['echo', 'a\0b'])).end).toMatchObject({ kind: 'not-started' });
  });

  it('has ended when it has ended, although a grandchild holds its output beyond the time limit', async () => {
    const result = await run(['sh', '-c', 'sleep 30 & echo $!'], { timeoutMs: 300 });
    expect(result.end).toEqual({ kind: 'exited', exit: 0 });
    expect(await isRunning(Number(result.stdout.toString()))).toBe(false);
  });

  it('takes its whole group with it when its time is over, also what ignores SIGTERM', async () => {
    const script = 'trap "" TERM; sh -c \'trap "" TERM; echo $$; while :; do sleep 1; done\'';
    const result = await run(['sh', '-c', script], { timeoutMs: 500 });
    expect(result.end).toEqual({ kind: 'timeout' });
    expect(await isRunning(Number(result.stdout.toString()))).toBe(false);
  });

  it('is stopped by a signal, and not started after one', async () => {
    const controller = new AbortController();
    const running = run(['sleep', '30'], { signal: controller.signal });
    controller.abort();
    expect((await running).end).toEqual({ kind: 'aborted' });
    expect((await run(['sleep', '30'], { signal: controller.signal })).end).toEqual({ kind: 'aborted' });
  });

  it('tells when it was killed from outside', async () => {
    expect((await run(['sh', '-c', 'kill -9 $$'])).end).toEqual({ kind: 'killed', signal: 'SIGKILL' });
  });
});
