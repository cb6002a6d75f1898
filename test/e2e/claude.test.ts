import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPackagedClaude } from '../../src/claude/find-claude.ts';
import { resultFolder } from '../../src/domain/repository-layout.ts';
import type { RequestId } from '../../src/domain/request-id.ts';
import type { AuditLine, Report, Status } from '../../src/schema/generated.ts';
import { parseDocument } from '../../src/schema/parse-document.ts';
import type { WarRoom } from '../../src/repository/port.ts';
import { createCliHome, runCli, type CliHome, type CliResult } from '../support/cli.ts';
import { createBareRemote, git, pushFiles, readFileAt, type BareRemote } from '../support/git-rig.ts';
import { linuxDraft } from '../support/linux-draft.ts';
import { newRequest, processorConfigText, send } from '../support/processor-rig.ts';
import { bash, startScriptedModelApi, status, structured, type ScriptStep } from '../support/scripted-model-api.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { openTestWarRoom } from '../support/war-room-rig.ts';

const KEY = 'sk-ant-test-0123456789abcdefghijklmnop';
const hasClaude = findPackagedClaude() !== undefined;
if (!hasClaude) printSkipReason('Claude Code is not installed: npm left its platform package out');

/** Id of the evidence that the last tool result names in its first line. */
const citesLastOutput: ScriptStep = (request) => {
  const id = /E\d{3,}/u.exec(request.toolResults[0]?.text ?? '')?.[0] ?? 'E999';
  const line = request.toolResults[0]?.text.split('\n').find((each) => each.includes('Linux')) ?? 'nothing';
  return structured(linuxDraft({ quote: line.slice(0, 60), evidence: id }));
};

let temp: TempFolder;
let home: CliHome;
let remote: BareRemote;
let client: WarRoom;

beforeEach(async () => {
  temp = await createTempFolder('claude-e2e');
  home = await createCliHome();
  remote = await createBareRemote({ folder: temp.path });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
  client = openTestWarRoom({ url: remote.url, folder: temp.path });
  await writeFile(
    join(temp.path, 'processor.yaml'),
    processorConfigText({ url: remote.url, stateDir: join(temp.path, 'state') }),
  );
});

afterEach(async () => {
  await client.close();
  await home.close();
  await temp.close();
});

async function process(script: readonly ScriptStep[]): Promise<CliResult> {
  const api = await startScriptedModelApi(script);
  try {
    return await runCli(['processor', 'run', '--once', '-c', join(temp.path, 'processor.yaml')], {
      home,
      env: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: api.url },
      timeoutMs: 90_000,
    });
  } finally {
    await api.close();
  }
}

async function results(id: RequestId): Promise<{ report: Report; status: Status; audit: readonly AuditLine[] }> {
  const folder = resultFolder(id);
  const read = async (path: string): Promise<string> => (await readFileAt(remote, `${folder}/${path}`)) ?? '';
  const report = parseDocument('Report', await read('report.json'), { file: 'report.json' });
  const state = parseDocument('Status', await read('status.yaml'), { file: 'status.yaml' });
  if (!report.ok || !state.ok) throw new Error(JSON.stringify([report, state]));
  const audit = (await read('audit.jsonl')).trim().split('\n');
  return { report: report.value, status: state.value, audit: audit.map((line) => JSON.parse(line) as AuditLine) };
}

describe.skipIf(!hasClaude)('a processor with Claude Code', () => {
  it('lets the model look by itself, cites what it saw, and says what it cost', async () => {
    const id = await send(client, newRequest());
    const run = await process([bash('uname -a'), citesLastOutput]);
    expect(run.exit, run.stdout + run.stderr).toBe(0);
    const { report, status: state, audit } = await results(id);
    expect(report.engine.name).toBe('claude');
    expect(state.engine).toBe('claude');
    expect(report.run.cost?.turns).toBeGreaterThanOrEqual(1);
    const own = report.findings.find(({ title }) => title === 'The machine runs Linux');
    expect(own?.citations.map(({ verified }) => verified)).toEqual([true]);
    const agent = audit.filter(({ source }) => source === 'agent');
    expect(agent).toMatchObject([{ argv: ['uname', '-a'], decision: 'allowed', exit: 0 }]);
    const file = report.evidence.find((item) => item.id === agent[0]?.evidence)?.file ?? '';
    expect(await readFileAt(remote, `${resultFolder(id)}/${file}`)).toContain('Linux');
  });

  it('denies what only looks like reading, tells the model what it may use, and says so in the first lines', async () => {
    const id = await send(client, newRequest());
    const canary = join(temp.path, 'canary');
    let told = '';
    const run = await process([
      bash(`touch ${canary}`),
      (request) => {
        told = request.toolResults[0]?.text ?? '';
        return structured(linuxDraft({ quote: 'nothing that was recorded', evidence: 'E001' }));
      },
    ]);
    expect(run.exit, run.stdout + run.stderr).toBe(0);
    const { report, audit } = await results(id);
    expect(told).toContain('not allowed');
    expect(audit.filter(({ source }) => source === 'agent')).toMatchObject([{ decision: 'denied' }]);
    expect(report.quality).toBe('degraded');
    expect(report.qualityReasons.join('\n')).toMatch(/denied/u);
    expect(await readFileAt(remote, `${resultFolder(id)}/README.md`)).toContain('**Degraded:**');
  });

  it('publishes the whole report of the checks when the model fails, and says why', async () => {
    const id = await send(client, newRequest());
    const run = await process([status(401)]);
    expect(run.exit, run.stdout + run.stderr).toBe(0);
    const { report } = await results(id);
    expect(report).toMatchObject({ engine: { name: 'diagnostics' }, quality: 'degraded', phase: 'succeeded' });
    expect(report.engine.why).toContain('authentication');
    expect(report.evidence.length).toBeGreaterThanOrEqual(6);
  });

  it('keeps the key of the model out of everything that it writes', async () => {
    await send(client, newRequest());
    const run = await process([bash('ps -ef'), citesLastOutput]);
    expect(run.exit, run.stdout + run.stderr).toBe(0);
    const objects = await git(['cat-file', '--batch-all-objects', '--batch', '--buffer'], { cwd: remote.path });
    expect(objects).not.toContain(KEY);
    expect(run.stdout + run.stderr).not.toContain(KEY);
  });
});
