import { chmod, open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPlan, type PlanRunOptions } from '../../../src/claude/commands/run-plan.ts';
import { decideCommand, type CommandPlan, type PlannedCommand } from '../../../src/command-policy/decide-command.ts';
import { isRunning } from '../../support/process-tree.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
let folder: TempFolder;

beforeAll(async () => {
  folder = await createTempFolder();
  await writeFile(join(folder.path, 'a.txt'), 'one\ntwo\nthree\n');
});

afterAll(async () => {
  await folder.close();
});

async function run(plan: CommandPlan, options: Partial<PlanRunOptions> = {}) {
  const result = await runPlan(plan, {
    environment: { PATH, LC_ALL: 'C.UTF-8' },
    cwd: folder.path,
    timeoutMs: 20_000,
    ...options,
  });
  return { ...result, text: result.output.toString('utf8') };
}

async function runText(text: string, options: Partial<PlanRunOptions> = {}) {
  const decision = decideCommand(text, { evidenceDir: folder.path });
  if (decision.kind === 'denied') throw new Error(decision.reason);
  return await run(decision.plan, options);
}

/** A plan that no policy would allow, to see what the runner does with it. */
function unsafe(...argvs: readonly (readonly string[])[]): CommandPlan {
  const pipeline = argvs.map((argv): PlannedCommand => {
    return { argv, mergeStderr: false, dropStderr: false, dropStdout: false, answerExits: [] };
  });
  return [{ connector: 'first', pipeline }];
}

describe('running a plan', () => {
  it.each<[text: string, output: string, exit: number, status: string]>([
    ['cat a.txt', 'one\ntwo\nthree\n', 0, 'ok'],
    ['cat a.txt | head -2 | tail -1', 'two\n', 0, 'ok'],
    ['grep -c t a.txt && wc -l a.txt', '2\n3 a.txt\n', 0, 'ok'],
    ['grep nothing a.txt', '', 1, 'nonzero-ok'],
    ['grep nothing a.txt && wc -l a.txt', '', 1, 'nonzero-ok'],
    ['grep nothing a.txt || wc -l a.txt', '3 a.txt\n', 0, 'ok'],
    ['grep -c t a.txt || wc -l a.txt; grep one a.txt', '2\none\n', 0, 'ok'],
    ['grep x a.txt && grep y a.txt || grep one a.txt', 'one\n', 0, 'ok'],
    ['cat a.txt >/dev/null', '', 0, 'ok'],
    ['cat a.txt\nwc -l a.txt', 'one\ntwo\nthree\n3 a.txt\n', 0, 'ok'],
    ['cat none.txt', 'cat: none.txt: No such file or directory\n', 1, 'failed'],
    ['cat none.txt 2>/dev/null', '', 1, 'failed'],
    ['cat none.txt 2>&1 | cut -c1-3', 'cat\n', 0, 'failed'],
    ['cat none.txt 2>&1 >/dev/null | wc -l', '1\n', 0, 'failed'],
    ['cat none.txt >/dev/null 2>&1', '', 1, 'failed'],
    ['cat none.txt a.txt | wc -l', 'cat: none.txt: No such file or directory\n3\n', 0, 'failed'],
    ['cat a.txt none.txt 2>&1', 'one\ntwo\nthree\ncat: none.txt: No such file or directory\n', 1, 'failed'],
    ['cat', '', 0, 'ok'],
    ['cat a.txt >/dev/null | wc -c', '0\n', 0, 'ok'],
  ])('gives for %j what a shell gives', async (text, output, exit, status) => {
    expect(await runText(text)).toMatchObject({ text: output, exit, status, truncated: false });
  });

  it('keeps output and errors of all programs in the order in which they were written', async () => {
    const words = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? 'a.txt' : `none${index}.txt`));
    const { text } = await runText(words.map((word) => `head -1 ${word}`).join('; '));
    const expected = words.map((word) =>
      word === 'a.txt' ? 'one' : `head: cannot open '${word}' for reading: No such file or directory`,
    );
    expect(text.trimEnd().split('\n')).toEqual(expected);
  });

  it('hands words over as they are, without a shell', async () => {
    const strange = '$(id) `id` "x" \'y\' ; | & > < * ~ {a,b} \\ \n';
    expect((await run(unsafe(['printf', '%s', strange]))).text).toBe(strange);
  });

  it('gives programs the environment it was given and nothing else, and no input', async () => {
    expect((await run(unsafe(['env']), { environment: { PATH, A: 'b' } })).text).toBe(`PATH=${PATH}\nA=b\n`);
    expect((await run(unsafe(['cat']))).text).toBe('');
    expect((await run(unsafe(['pwd']))).text).toBe(`${folder.path}\n`);
  });

  it('says when a program is missing or may not run, and ends what writes to it', async () => {
    expect(await run(unsafe(['no-such-tool', 'x']))).toMatchObject({
      text: 'no-such-tool: command not found\n',
      exit: 127,
      status: 'missing-tool',
    });
    expect(await run(unsafe(['no-such-tool'], ['wc', '-c']))).toMatchObject({ exit: 0, status: 'missing-tool' });
    expect(await run(unsafe(['yes'], ['no-such-tool']), { timeoutMs: 3000, graceMs: 100 })).toMatchObject({
      status: 'missing-tool',
    });
    await writeFile(join(folder.path, 'plain'), 'no program');
    await chmod(join(folder.path, 'plain'), 0o644);
    expect(await run(unsafe([join(folder.path, 'plain')]))).toMatchObject({ exit: 126, status: 'denied' });
    expect(await run(unsafe(['echo', 'x'.repeat(300_000)]))).toMatchObject({ exit: 126, status: 'failed' });
  });

  it('tells a refusal from another failure', async () => {
    expect(await run(unsafe(['sh', '-c', 'echo "pods is forbidden: no access" >&2; exit 1']))).toMatchObject({
      status: 'denied',
      exit: 1,
    });
  });

  it('ends a program that nobody reads, and does not call that a failure', async () => {
    expect(await run(unsafe(['yes'], ['head', '-3']))).toMatchObject({ text: 'y\ny\ny\n', exit: 0, status: 'ok' });
  });

  it('reports the signal that ended a program as a shell does', async () => {
    expect(await run(unsafe(['sh', '-c', 'kill -9 $$']))).toMatchObject({ exit: 137, status: 'failed' });
  });

  it('survives 100 MB and keeps the first MiB', async () => {
    const file = join(folder.path, 'large.bin');
    await (await open(file, 'w')).close();
    await truncate(file, 100 * 1024 * 1024);
    const whole = await runText('cat large.bin');
    expect(whole).toMatchObject({ truncated: true, exit: 0, status: 'ok' });
    expect(whole.output.length).toBe(1024 * 1024);
    expect((await runText('cat large.bin | cat | wc -c')).text).toBe('104857600\n');
  });

  it('keeps binary output byte by byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    await writeFile(join(folder.path, 'bytes.bin'), bytes);
    expect((await runText('cat bytes.bin')).output.equals(bytes)).toBe(true);
    expect((await runText('cat bytes.bin | cat')).output.equals(bytes)).toBe(true);
  });
});

describe('a plan that does not end', () => {
  it('is stopped at its time limit with everything it started, also what ignores SIGTERM', async () => {
    const script = 'trap "" TERM; sh -c \'trap "" TERM; echo $$; while :; do sleep 1; done\'';
    const result = await run(unsafe(['sh', '-c', script], ['cat']), { timeoutMs: 700, graceMs: 100 });
    expect(result).toMatchObject({ exit: 124, status: 'timeout' });
    expect(await isRunning(Number(result.text))).toBe(false);
  });

  it('does not start what would come after the time limit', async () => {
    const [first] = unsafe(['sleep', '30']);
    const [next] = unsafe(['echo', 'late']);
    if (first === undefined || next === undefined) throw new Error('no plan');
    const result = await run([first, { ...next, connector: 'then' }], { timeoutMs: 200, graceMs: 100 });
    expect(result).toMatchObject({ text: '', status: 'timeout' });
  });

  it('is stopped by a signal, and not started after one', async () => {
    const controller = new AbortController();
    const pending = run(unsafe(['sh', '-c', 'echo $$; sleep 30']), { signal: controller.signal });
    setImmediate(() => {
      controller.abort();
    });
    expect(await pending).toMatchObject({ status: 'skipped', exit: 130 });
    expect(await run(unsafe(['echo', 'x']), { signal: controller.signal })).toMatchObject({
      text: '',
      status: 'skipped',
    });
  });

  it('has ended when it has ended, although something in the background holds its output', async () => {
    const result = await run(unsafe(['sh', '-c', 'sleep 30 & echo $!']));
    expect(result).toMatchObject({ status: 'ok', exit: 0 });
    expect(result.ms, 'the time of the background process').toBeLessThan(30_000);
    await waitUntil(async () => !(await isRunning(Number(result.text))), { what: 'the end of the background process' });
  });

  it('does not wait long for what left its process group', async () => {
    const result = await run(unsafe(['sh', '-c', 'setsid sleep 30 & echo $!']));
    process.kill(Number(result.text));
    expect(result).toMatchObject({ status: 'ok', exit: 0 });
    expect(result.ms, 'the time of the background process').toBeLessThan(30_000);
  });
});
