import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findLauncher } from '../../../src/claude/run/find-launcher.ts';
import { closedEnvironment } from '../../support/closed-environment.ts';
import { endOf } from '../../support/process-tree.ts';
import {
  bash,
  startScriptedModelApi,
  type ScriptedModelApi,
  type ScriptStep,
} from '../../support/scripted-model-api.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { transpileSources } from '../../support/transpile-sources.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { exists, findTestedClaude, processesWith } from './claude-rig.ts';

const binary = await findTestedClaude();
const launcher = await findLauncher();
if (launcher.length === 0) printSkipReason('setpriv of util-linux is not here: claude may outlive a killed processor');

const TOKEN = 'token-of-the-killed-parent';
/** A processor in small: it runs claude and allows everything. */
const PARENT = `
  const [runner, binary, folder, baseUrl] = process.argv.slice(1);
  const { runClaude } = await import(runner);
  await runClaude({
    binary, folder, shimFolder: folder, prompt: 'look', systemPrompt: 'look', schema: { type: 'object' },
    access: { kind: 'broker', baseUrl, token: '${TOKEN}', spentUsd: () => 0, refusal: () => undefined },
    softDeadlineMs: 60000, hardDeadlineMs: 60000,
    decide: async ({ command }) => ({ behavior: 'allow', command }),
  });
`;

describe.skipIf(binary === undefined || launcher.length === 0)('a processor that is killed', () => {
  let folder: TempFolder;
  let runner: string;
  let api: ScriptedModelApi | undefined;

  beforeAll(async () => {
    folder = await createTempFolder();
    runner = join(await transpileSources(folder.path, ['claude', 'lib', 'schema']), 'claude/run-claude.js');
  });

  afterEach(async () => {
    await api?.close();
  });

  afterAll(async () => {
    await folder.close();
  });

  async function startParent(name: string, script: readonly ScriptStep[]) {
    const scripted = await startScriptedModelApi(script);
    api = scripted;
    const runFolder = join(folder.path, name);
    await mkdir(runFolder);
    const args = ['--input-type=module', '-e', PARENT, runner, binary ?? '', runFolder, scripted.url];
    const parent = spawn(process.execPath, args, { env: closedEnvironment(), stdio: 'inherit' });
    return { scripted, parent, end: endOf(parent) };
  }

  it('takes claude and its command with it', async () => {
    const mark = join(folder.path, 'mark');
    const { scripted, parent, end } = await startParent('command', [
      bash(`touch ${mark}; sleep 300`),
      bash('echo more'),
    ]);
    await waitUntil(() => exists(mark), { what: 'the command' });
    parent.kill('SIGKILL');
    expect(await end).toBe(137);
    await waitUntil(async () => (await processesWith(TOKEN)).length === 0, { what: 'the end of claude' });
    expect(scripted.turns).toHaveLength(1);
  });

  it('ends the call to the model', async () => {
    const { scripted, parent, end } = await startParent('call', [bash('true'), { kind: 'hang' }, bash('echo more')]);
    await waitUntil(() => scripted.turns.length === 2, { what: 'the second call' });
    parent.kill('SIGKILL');
    expect(await end).toBe(137);
    await waitUntil(async () => (await processesWith(TOKEN)).length === 0, { what: 'the end of claude' });
    expect(scripted.turns).toHaveLength(2);
    expect(scripted.turns.some((turn) => turn.isOpen())).toBe(false);
  });
});
