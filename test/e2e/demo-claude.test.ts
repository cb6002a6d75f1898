import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPackagedClaude } from '../../src/claude/find-claude.ts';
import { createCliHome, runCli, type CliHome, type CliResult } from '../support/cli.ts';
import { linuxDraft } from '../support/linux-draft.ts';
import {
  bash,
  startScriptedModelApi,
  status,
  structured,
  type ScriptedModelApi,
  type ScriptStep,
} from '../support/scripted-model-api.ts';
import { printSkipReason } from '../support/skip-reason.ts';

const KEY = 'sk-ant-test-0123456789abcdefghijklmnop';
const hasClaude = findPackagedClaude() !== undefined;
if (!hasClaude) printSkipReason('Claude Code is not installed: npm left its platform package out');

/** A report that quotes the output of the last command. */
const quotesLastOutput: ScriptStep = ({ toolResults }) => {
  const text = toolResults[0]?.text ?? '';
  const evidence = /E\d{3,}/u.exec(text)?.[0] ?? 'E999';
  const quote = text.split('\n').find((line) => line.includes('Linux')) ?? 'nothing';
  return structured(
    linuxDraft(
      { evidence, quote: quote.slice(0, 60) },
      { bottomLine: 'This machine runs Linux and nothing stands out.' },
    ),
  );
};

let home: CliHome;
let api: ScriptedModelApi | undefined;

beforeEach(async () => {
  home = await createCliHome();
});

afterEach(async () => {
  await api?.close();
  api = undefined;
  await home.close();
});

async function demo(script: readonly ScriptStep[], ...args: readonly string[]): Promise<CliResult> {
  api = await startScriptedModelApi(script);
  const env = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: api.url, GIT_CONFIG_GLOBAL: '/dev/null' };
  return await runCli(['demo', ...args], { home, env, timeoutMs: 90_000 });
}

function lastLine(stdout: string): unknown {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

describe.skipIf(!hasClaude)('demo --engine claude', () => {
  it('lets Claude Code look at this machine, and says what it cost', async () => {
    const { exit, stdout, stderr } = await demo([bash('uname -a'), quotesLastOutput], '--engine', 'claude', '--json');
    expect(exit, stderr).toBe(0);
    expect(lastLine(stdout)).toMatchObject({
      phase: 'succeeded',
      outcome: 'inconclusive',
      engine: 'claude',
      usd: expect.any(Number) as unknown,
    });
    expect(api?.turns).toHaveLength(2);
    expect(stderr).toMatch(/^engine +claude: as asked$/mu);
    expect(stdout + stderr).not.toContain(KEY);
    expect(await readdir(join(home.path, 'tmp'))).toEqual([]);
  });

  it('still has the report of the checks when the model refuses the credential, and says why', async () => {
    const { exit, stdout, stderr } = await demo([status(401)], '--engine', 'claude');
    expect(exit, stderr).toBe(0);
    expect(stdout).toContain('BOTTOM LINE');
    expect(stdout.replaceAll(/\s+/gu, ' ')).toMatch(/DEGRADED Claude did not finish \(authentication\)/u);
    expect(stdout + stderr).not.toContain(KEY);
    expect(await readdir(join(home.path, 'tmp'))).toEqual([]);
  });
});

describe('demo with a model credential', () => {
  it('asks no model on a pipe unless it is told to, and says why', async () => {
    const { exit, stdout, stderr } = await demo([], '--json');
    expect(exit, stderr).toBe(0);
    expect(lastLine(stdout)).toMatchObject({ phase: 'succeeded', engine: 'diagnostics', usd: null });
    expect(stderr).toMatch(/^engine +diagnostics: Claude costs money .+ --engine claude$/mu);
    expect(api?.requests).toEqual([]);
  });
});

describe('demo without a model credential', () => {
  it('does not pretend to have Claude', async () => {
    const { exit, stdout, stderr } = await runCli(['demo', '--engine', 'claude'], { home });
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(`\
error: the engine claude cannot run here
cause: no model credential is configured
hint:  set ANTHROPIC_API_KEY, or take  claude-warroom demo --engine diagnostics
`);
    expect(await readdir(join(home.path, 'tmp'))).toEqual([]);
  });
});
