import { randomBytes } from 'node:crypto';
import os from 'node:os';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { evidenceId } from '../../../src/domain/evidence.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { evaluateRules } from '../../../src/playbook/evaluate-rules.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import { parseOutput } from '../../../src/playbook/parse-output.ts';
import { runPlaybook } from '../../../src/playbook/run-playbook.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import type { Playbook } from '../../../src/schema/generated.ts';
import { createLocalTarget } from '../../../src/target/local/local-target.ts';
import type { CommandResult } from '../../../src/target/port.ts';
import { isRunning } from '../../support/process-tree.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const target = createLocalTarget({ clock: systemClock });

async function run(
  argv: readonly string[],
  limits: { timeoutMs?: number; maxBytes?: number } = {},
): Promise<CommandResult> {
  return await target.run({ argv, timeoutMs: 10_000, maxBytes: 65_536, ...limits });
}

describe('the local target', () => {
  it('runs a command without a shell in a closed environment', async () => {
    const result = await run(['env']);
    expect(result.end).toEqual({ kind: 'exited', exit: 0 });
    const names = result.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(['KUBECACHEDIR', 'LANG', 'LC_ALL', 'PATH', 'TZ']);
  });

  it.each(['$(id)', '`id`', '; id', '| id', '*', '\'"', '\n', '&& id', '\\', '-n', '\u001b[31m', '../..', '🦀', ''])(
    'gives a hostile argument to the program as it is: %j',
    async (argument) => {
      expect((await run(['printf', '%s', argument])).stdout).toBe(argument);
    },
  );

  it('says which tool is missing and what may not be executed', async () => {
    expect((await run(['warroom-no-such-tool'])).end).toEqual({ kind: 'missing-tool' });
    await withTempFolder(async (folder) => {
      const file = join(folder, 'plain.txt');
      await writeFile(file, 'text');
      await chmod(file, 0o644);
      expect((await run([file])).end).toEqual({ kind: 'denied' });
    });
  });

  it('never throws for what a command line holds', async () => {
    expect((await run(['echo', 'a\0b'])).end).toEqual({ kind: 'exited', exit: 126 });
    expect(await run(['echo', 'x'.repeat(3_000_000)])).toMatchObject({
      end: { kind: 'exited', exit: 126 },
      stderr: 'not started: E2BIG',
    });
  });

  it('ends the whole group of a command whose time is over', async () => {
    const result = await run(['sh', '-c', 'sleep 60 & echo $!; sleep 60'], { timeoutMs: 500 });
    expect(result.end).toEqual({ kind: 'timeout' });
    expect(result.ms, 'the time of the command itself').toBeLessThan(60_000);
    expect(await isRunning(Number(result.stdout))).toBe(false);
  });

  it('ends a command when the run is stopped', async () => {
    const controller = new AbortController();
    const running = target.run({ argv: ['sleep', '60'], timeoutMs: 10_000, maxBytes: 100 }, controller.signal);
    controller.abort();
    expect((await running).end).toEqual({ kind: 'aborted' });
    expect((await target.collect('host-facts', controller.signal)).end).toEqual({ kind: 'aborted' });
  });

  it('keeps the beginning of 100 MB of output and reads the rest away', async () => {
    const before = process.memoryUsage().rss;
    const result = await run(['head', '-c', '100000000', '/dev/zero'], { timeoutMs: 60_000, maxBytes: 4096 });
    expect(result.end).toEqual({ kind: 'exited', exit: 0 });
    expect(result.stdout).toHaveLength(4096);
    expect(result.truncated).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(80_000_000);
  });

  it('survives binary output', async () => {
    const result = await run(['head', '-c', '5000', '/dev/urandom']);
    expect(result.end).toEqual({ kind: 'exited', exit: 0 });
    expect(parseOutput(result.stdout, { format: 'text' }, { isPartial: false }).kind).toBe('unreadable');
  });

  it('reports a command that was killed like a shell does', async () => {
    expect((await run(['sh', '-c', 'kill -9 $$'])).end).toEqual({ kind: 'exited', exit: 137 });
  });

  it('says who it is, the same every time', async () => {
    const identity = await target.identify();
    expect(identity).toEqual(await createLocalTarget({ clock: systemClock }).identify());
    expect(identity).toMatchObject({ kind: 'local', name: os.hostname(), platform: os.platform() });
    expect(identity.identity).toMatch(/^[0-9A-Fa-f-]{32,64}$/u);
  });

  it('reads facts about the host, one on each line', async () => {
    const { stdout, end } = await target.collect('host-facts');
    expect(end).toEqual({ kind: 'exited', exit: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      platform: os.platform(),
      hostname: os.hostname(),
      totalMemoryBytes: os.totalmem(),
    });
    expect(stdout.split('\n')).toContainEqual(expect.stringMatching(/^ {2}"uptimeSeconds": \d+,$/u));
  });
});

describe('the general playbook on this machine', () => {
  let general: Playbook;

  beforeAll(async () => {
    const found = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() })).find(
      ({ playbook }) => playbook.metadata.id === 'general',
    );
    if (found === undefined) throw new Error('there is no playbook general');
    general = found.playbook;
  });

  it('judges the real df and every other required step, and quotes only what was recorded', async () => {
    let number = 0;
    const result = await runPlaybook({
      playbook: general,
      target,
      inputs: {},
      redaction: createRedaction({ knownValues: [], key: randomBytes(32) }),
      clock: systemClock,
      nextEvidence: () => evidenceId(++number),
      onStep: () => undefined,
    });
    const judgement = evaluateRules({
      playbook: general,
      steps: result.steps,
      evidence: result.evidence,
      now: new Date(),
    });
    // Nobody named a certificate file.
    const asked = general.spec.steps.filter(({ when }) => when === undefined || !('input' in when));
    expect(judgement.coverage).toHaveLength(asked.length);
    expect(judgement.coverage.filter(({ required, known }) => required && !known)).toEqual([]);
    const root = result.steps.find(({ step }) => step.id === 'disk')?.data?.root;
    expect(JSON.stringify(root)).toContain('"mountPoint":"/"');
    const texts = new Map(result.evidence.map(({ id, text }) => [id, text.replace(/\s+/gu, ' ')]));
    for (const { evidence, quote } of judgement.findings.flatMap(({ citations }) => citations)) {
      expect(texts.get(evidence)).toContain(quote);
    }
  });
});
