import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { proveClaude } from '../../../src/claude/prove-claude.ts';
import { reportPath, resultFolder, statusPath } from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import type { WarRoom } from '../../../src/repository/port.ts';
import type { Policy, Report, RequestInvestigation, Status } from '../../../src/schema/generated.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { createBareRemote, pushFiles, readFileAt, type BareRemote } from '../../support/git-rig.ts';
import { aRule, policyText, writePolicy } from '../../support/policy-text.ts';
import { newRequest, processorSettings, send, startProcessor } from '../../support/processor-rig.ts';
import {
  bash,
  callTool,
  startScriptedModelApi,
  structured,
  type ModelAnswer,
  type ScriptedModelApi,
  type ScriptStep,
} from '../../support/scripted-model-api.ts';
import { writePlaybook } from '../../support/site-playbook.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { openTestWarRoom } from '../../support/war-room-rig.ts';
import { findTestedClaude } from './claude-rig.ts';

const binary = await findTestedClaude();

let proof: TempFolder;
let temp: TempFolder;
let remote: BareRemote;
let client: WarRoom;
let api: ScriptedModelApi;
let script: ScriptStep[];
let playbookDir: string;

/** The self test is slow and the same for all: the processors start with one that was passed. */
beforeAll(async () => {
  proof = await createTempFolder('policy-limits-proof');
  if (binary !== undefined) await proveClaude(binary, { file: join(proof.path, 'preflight.json') });
});

afterAll(async () => {
  await proof.close();
});

beforeEach(async () => {
  temp = await createTempFolder('policy-limits');
  if (binary !== undefined) {
    await mkdir(join(temp.path, 'processor-a'), { mode: 0o700 });
    await copyFile(join(proof.path, 'preflight.json'), join(temp.path, 'processor-a', 'preflight.json'));
  }
  remote = await createBareRemote({ folder: join(temp.path, 'served') });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
  client = openTestWarRoom({ url: remote.url, folder: temp.path });
  playbookDir = await writePlaybook(temp.path, 'quick', ['true']);
  await writeFile(join(temp.path, 'key'), 'sk-ant-test-0123456789abcdefghijklmnop\n');
  script = [];
  api = await startScriptedModelApi(script);
});

afterEach(async () => {
  await client.close();
  await api.close();
  await temp.close();
});

async function asked(change: Partial<RequestInvestigation> = {}): Promise<RequestId> {
  const investigation = { ...newRequest().spec.investigation, strategy: 'quick', ...change };
  return await send(client, newRequest({ investigation }, { engineer: 'alice@example.com' }));
}

/** Answers what there is to answer, in a processor with this policy that starts anew. */
async function work(policy: Partial<Policy>): Promise<void> {
  const trustDir = await writePolicy(join(temp.path, 'trust'), policyText(policy));
  const keyFile = { binary: binary ?? '', apiKeyFile: join(temp.path, 'key') };
  const claude = { ...keyFile, baseUrl: api.url, requesterUsdPerDay: 1000, usdPerDay: 1000 };
  const change = { playbookDir, trustDir, claude };
  await startProcessor(processorSettings({ url: remote.url, folder: temp.path, change }), { once: true }).done;
}

/** The report of one request under a policy. */
async function reportUnder(policy: Partial<Policy>): Promise<Report> {
  const id = await asked();
  await work(policy);
  return await reportOf(id);
}

async function reportOf(id: RequestId): Promise<Report> {
  const text = (await readFileAt(remote, reportPath(resultFolder(id)))) ?? '';
  const parsed = parseDocument('Report', text, { file: 'report.json' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

async function statusOf(id: RequestId): Promise<Status> {
  const text = (await readFileAt(remote, statusPath(resultFolder(id)))) ?? '';
  const parsed = parseDocument('Status', text, { file: 'status.yaml' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

/** A draft that claims nothing. */
function draft(outputTokens?: number): ModelAnswer {
  return structured(
    {
      bottomLine: 'Nothing was found.',
      outcome: 'inconclusive',
      findings: [],
      timeline: [],
      ruledOut: [],
      recommendations: [{ action: 'watch it', risk: 'none' }],
      unknowns: [],
      confidence: 0.2,
    },
    outputTokens === undefined ? undefined : { output_tokens: outputTokens },
  );
}

describe.skipIf(binary === undefined)('a rule of the policy', () => {
  it('keeps a request with auto from a model that it does not allow', async () => {
    const report = await reportUnder({ rules: [aRule({ name: 'checks', engines: ['diagnostics'] })] });
    expect(report.engine).toEqual({ name: 'diagnostics', why: 'rule checks of the policy allows no model' });
    expect(api.turns).toHaveLength(0);
  });

  it('holds the model to its tools, though the request names none', async () => {
    script.push(bash('uname -a'), () => draft());
    const report = await reportUnder({ rules: [aRule({ tools: ['kubectl'] })] });
    expect(report.commands.filter(({ source }) => source === 'agent')).toMatchObject([{ decision: 'denied' }]);
  });

  it('ends the model when its money is used up', async () => {
    script.push(callTool('Bash', { command: 'uname -a', description: 'look' }, { output_tokens: 100_000 }), () =>
      draft(),
    );
    const report = await reportUnder({ rules: [aRule({ maxUsd: 0.01 })] });
    expect(report.engine.why).toContain('budget');
    expect(report).toMatchObject({ quality: 'degraded', engine: { name: 'diagnostics' } });
  });
});

describe.skipIf(binary === undefined)('a limit of dollars', () => {
  it('refuses a model for the rest of the day once it is used up, and lets auto do without', async () => {
    const limits: Policy['limits'] = [{ name: 'each', per: 'person', usdPerDay: 1 }];
    script.push(bash('uname -a'), () => draft(1_000_000));
    expect((await reportUnder({ limits })).run.cost?.usd).toBeGreaterThan(1);
    const turns = api.turns.length;

    const [withModel, auto] = [await asked({ engine: 'claude' }), await asked()];
    await work({ limits });
    const refused = await statusOf(withModel);
    expect(refused).toMatchObject({ phase: 'rejected', reason: { code: 'budget-used-up' } });
    expect(refused.reason?.message).toMatch(
      /^limit each of each person is 1 US dollars a day; \d+(?:\.\d+)? are spent$/u,
    );

    const report = await reportOf(auto);
    expect(report.engine).toEqual({ name: 'diagnostics', why: 'the policy leaves no money for a model today' });
    expect(api.turns).toHaveLength(turns);
  });
});
