import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessorSettings } from '../../../src/config/processor-settings.ts';
import { cancelPath, resultFolder } from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import type { WarRoom } from '../../../src/repository/port.ts';
import type { Manifest, ProcessorClaude, Report, RequestSpec, Status } from '../../../src/schema/generated.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { createBareRemote, pushFiles, readFileAt, type BareRemote } from '../../support/git-rig.ts';
import { linuxDraft } from '../../support/linux-draft.ts';
import { newRequest, processorSettings, send, startProcessor } from '../../support/processor-rig.ts';
import {
  bash,
  startScriptedModelApi,
  status,
  structured,
  type ModelAnswer,
  type ModelRequest,
  type ScriptedModelApi,
  type ScriptStep,
} from '../../support/scripted-model-api.ts';
import { writePlaybook } from '../../support/site-playbook.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { openTestWarRoom } from '../../support/war-room-rig.ts';
import { findTestedClaude, processesWith } from './claude-rig.ts';

const binary = await findTestedClaude();
const isRoot = process.getuid?.() === 0;

let temp: TempFolder;
let remote: BareRemote;
let client: WarRoom;
let playbookDir: string;
let api: ScriptedModelApi;
/** What the scripted API answers; each session takes it from its first step. */
let script: ScriptStep[];

beforeEach(async () => {
  temp = await createTempFolder('engine');
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

function settings(claude: Partial<ProcessorClaude> = {}): ProcessorSettings {
  return processorSettings({
    url: remote.url,
    folder: temp.path,
    change: {
      playbookDir,
      claude: { binary: binary ?? '', apiKeyFile: join(temp.path, 'key'), baseUrl: api.url, ...claude },
    },
  });
}

async function ask(change: Partial<RequestSpec> = {}, engine: 'auto' | 'claude' = 'auto'): Promise<RequestId> {
  const { spec } = newRequest();
  const investigation = { ...spec.investigation, strategy: 'quick', engine };
  return await send(client, newRequest({ investigation, ...change }));
}

/** Answers what there is to answer, in a processor that starts anew. */
async function work(claude: Partial<ProcessorClaude> = {}): Promise<void> {
  await startProcessor(settings(claude), { once: true }).done;
}

async function textOf(id: RequestId, path: string): Promise<string> {
  return (await readFileAt(remote, `${resultFolder(id)}/${path}`)) ?? '';
}

async function reportOf(id: RequestId): Promise<Report> {
  const parsed = parseDocument('Report', await textOf(id, 'report.json'), { file: 'report.json' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

async function statusOf(id: RequestId): Promise<Status> {
  const parsed = parseDocument('Status', await textOf(id, 'status.yaml'), { file: 'status.yaml' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

async function manifestOf(id: RequestId): Promise<Manifest> {
  const parsed = parseDocument('Manifest', await textOf(id, 'manifest.json'), { file: 'manifest.json' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const MILLION = 1_000_000;

/** A draft whose one finding quotes what `uname` printed. */
function answer(request: ModelRequest, more: { readonly outputTokens?: number } = {}): ModelAnswer {
  const output = request.toolResults[0]?.text ?? '';
  const evidence = /E\d{3,}/u.exec(output)?.[0] ?? 'E999';
  const quote = (output.split('\n').find((line) => line.includes('Linux')) ?? 'nothing at all').slice(0, 60);
  return structured(
    linuxDraft({ evidence, quote }, { bottomLine: 'The kernel answers.', severity: 'warning' }),
    more.outputTokens === undefined ? undefined : { output_tokens: more.outputTokens },
  );
}

/** Whether a call belongs to the second look, whose schema is another one. */
function isSecondLook({ body }: ModelRequest): boolean {
  return body.includes('You check a report that somebody else drafted');
}

function claimOf(report: Report): Report['findings'][number] | undefined {
  return report.findings.find(({ title }) => title === 'The machine runs Linux');
}

describe.skipIf(binary === undefined)('site knowledge', () => {
  it('is given to the model, and its digests stand in the manifest', async () => {
    const contextDir = join(temp.path, 'context');
    await mkdir(contextDir);
    await writeFile(join(contextDir, 'storage.md'), 'The volume named blue is always full.\n');
    script.push(bash('uname -a'), answer);
    const id = await ask();
    await work({ contextDir });
    expect(api.turns[0]?.body).toContain('The volume named blue is always full.');
    const { context, versions } = await manifestOf(id);
    expect(context).toEqual([{ name: 'storage.md', sha256: sha256('The volume named blue is always full.\n') }]);
    expect(versions['git']).toMatch(/^\d+\.\d+/u);
  });
});

describe.skipIf(binary === undefined)('the second look', () => {
  it('lowers the confidence of a claim, says why, and may run no command', async () => {
    script.push(
      (request) => bash(isSecondLook(request) ? 'uname -m' : 'uname -a'),
      (request) => {
        if (!isSecondLook(request)) return answer(request);
        expect(request.toolResults).toMatchObject([{ isError: true }]);
        const finding = /Finding (F\d+)/u.exec(request.body)?.[1] ?? '';
        const why = 'the line names a kernel and no problem';
        return structured({ confidence: 0.3, why, findings: [{ finding, confidence: 0.2, why }] });
      },
    );
    const id = await ask();
    await work({ verify: true, verifyModel: 'claude-haiku-5-5' });
    const report = await reportOf(id);
    expect(claimOf(report)?.confidence).toBe(0.2);
    expect(JSON.stringify(report.unknowns)).toContain('the line names a kernel and no problem');
    expect(report.engine.why).toContain('a second look checked its claims');
    expect(api.turns.map(({ model }) => model).filter((model) => model === 'claude-haiku-5-5')).toHaveLength(2);
    expect(report.commands.filter(({ source }) => source === 'agent')).toHaveLength(1);
  });

  it('leaves the report as it is when it fails, and makes that a matter of quality', async () => {
    script.push(
      (request) => (isSecondLook(request) ? status(400) : bash('uname -a')),
      (request) => answer(request),
    );
    const id = await ask();
    await work({ verify: true });
    const report = await reportOf(id);
    expect(report).toMatchObject({ phase: 'succeeded', quality: 'degraded', engine: { name: 'claude' } });
    expect(report.qualityReasons.join('\n')).toContain('the claims were not checked a second time');
    expect(claimOf(report)?.confidence).toBe(0.9);
  });
});

describe.skipIf(binary === undefined)('the budget of a day', () => {
  it('turns a request for Claude away until midnight once it is used up, and lets auto run without', async () => {
    // Dearer than the limit, by the price of any model.
    script.push(bash('uname -a'), (request) => answer(request, { outputTokens: MILLION }));
    const first = await ask({}, 'claude');
    await work({ requesterUsdPerDay: 1 });
    expect((await reportOf(first)).run.cost?.usd).toBeGreaterThan(1);
    const turns = api.turns.length;

    const [refused, auto] = [await ask({}, 'claude'), await ask({}, 'auto')];
    await work({ requesterUsdPerDay: 1 });
    const { phase, reason } = await statusOf(refused);
    expect({ phase, code: reason?.code }).toEqual({ phase: 'rejected', code: 'budget-used-up' });
    expect(reason?.message).toMatch(/try again after \d{4}-\d\d-\d\dT00:00:00\.000Z/u);
    const report = await reportOf(auto);
    expect(report.engine.name).toBe('diagnostics');
    expect(report.engine.why).toContain('budget of this requester for today is used up');
    expect(api.turns).toHaveLength(turns);
  });
});

describe.skipIf(binary === undefined)('a follow-up question', () => {
  /** User messages of a call that begin an investigation. */
  function questionsIn(request: ModelRequest | undefined): number {
    return (request?.body ?? '').split(`The nonce of this message is`).length - 1;
  }

  it('goes on with the conversation while it is kept, also after a restart', async () => {
    // Ids of tool calls must not come twice in one conversation, so each call is made anew.
    const first: ScriptStep[] = [() => bash('uname -a'), answer];
    script.push(...first, ...first);
    const id = await ask();
    await work();
    const runs = join(temp.path, 'processor-a', 'runs');
    const [kept = ''] = await readdir(runs);
    expect((await stat(join(runs, kept))).mode & 0o777).toBe(0o700);

    const second = await ask({ followUp: id });
    await work();
    expect(api.turns).toHaveLength(4);
    expect(questionsIn(api.turns[2])).toBe(2);
    expect(api.turns[2]?.headers['x-claude-code-session-id']).toBe(api.turns[0]?.headers['x-claude-code-session-id']);
    const report = await reportOf(second);
    expect(report.engine.why).toContain(`it went on with the conversation of ${id}`);
    expect(claimOf(report)?.citations).toMatchObject([{ verified: true }]);
    expect(await readdir(runs)).toEqual([kept]);
  });

  it('is given the earlier report when no conversation is kept', async () => {
    script.push(bash('uname -a'), answer);
    const id = await ask();
    await work({ keepConversationHours: 0 });
    expect(await readdir(join(temp.path, 'processor-a', 'runs'))).toEqual([]);
    const second = await ask({ followUp: id });
    await work({ keepConversationHours: 0 });
    expect(questionsIn(api.turns[2])).toBe(1);
    expect(api.turns[2]?.body).toContain(`Investigation ${second}`);
    expect((await reportOf(second)).engine.why).toContain(`it was given the report of ${id}`);
  });

  it('falls back to the earlier report when Claude does not know the conversation', async () => {
    script.push(bash('uname -a'), answer);
    const id = await ask();
    await work();
    const runs = join(temp.path, 'processor-a', 'runs');
    const [kept = ''] = await readdir(runs);
    await rm(join(runs, kept, 'agent', 'config', 'projects'), { recursive: true });
    const second = await ask({ followUp: id });
    await work();
    expect(questionsIn(api.turns[2])).toBe(1);
    const report = await reportOf(second);
    expect(report.engine).toMatchObject({ name: 'claude' });
    expect(report.engine.why).toContain(`it was given the report of ${id}`);
  });

  it('keeps neither a key nor a token that opens anything', async () => {
    script.push(bash('uname -a'), answer);
    await ask();
    await work();
    const runs = join(temp.path, 'processor-a', 'runs');
    const entries = await readdir(runs, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      expect(await readFile(join(file.parentPath, file.name), 'latin1')).not.toContain('sk-ant-test');
    }
  });
});

describe.skipIf(binary === undefined)('a run that nobody wants any more', () => {
  it('ends Claude at once when the request is cancelled while the model API hangs', async () => {
    script.push({ kind: 'hang' });
    const id = await ask();
    const processor = startProcessor(settings());
    await waitUntil(() => api.turns.length > 0, { what: 'the first call of the model' });
    expect(await processesWith(join(temp.path, 'processor-a', 'runs'))).not.toEqual([]);
    await pushFiles(remote, { [cancelPath(id)]: 'apiVersion: warroom.intility.io/v1\nkind: Cancel\n' }, 'cancel');
    await waitUntil(async () => (await textOf(id, 'status.yaml')).includes('phase: cancelled'), {
      what: 'the cancellation',
    });
    expect(await processesWith(join(temp.path, 'processor-a', 'runs'))).toEqual([]);
    expect(api.turns[0]?.isOpen()).toBe(false);
    expect(await readdir(join(temp.path, 'processor-a', 'runs'))).toEqual([]);
    await processor.stop();
  });

  it('ends Claude at once when the processor is told to stop', async () => {
    script.push({ kind: 'hang' });
    await ask();
    const processor = startProcessor(settings());
    await waitUntil(() => api.turns.length > 0, { what: 'the first call of the model' });
    await processor.abort();
    expect(await processesWith(join(temp.path, 'processor-a', 'runs'))).toEqual([]);
    expect(processor.events.map(({ type }) => type)).toContain('handed-back');
  });
});

describe.skipIf(binary === undefined || !isRoot)('another user for Claude', () => {
  const user = { uid: 64_123, gid: 64_123 };

  it('runs claude as that user, who cannot see the state of the processor', async () => {
    await chmod(temp.path, 0o711);
    let users: readonly (number | undefined)[] = [];
    script.push(async () => {
      const pids = await processesWith(join(temp.path, 'processor-a', 'runs'));
      users = await Promise.all(pids.map(async (pid) => (await stat(`/proc/${pid}`)).uid));
      return bash('uname -a');
    }, answer);
    const id = await ask();
    await work({ user });
    const report = await reportOf(id);
    expect(report.engine.name, report.engine.why).toBe('claude');
    expect(claimOf(report)?.citations).toMatchObject([{ verified: true }]);
    expect(new Set(users)).toEqual(new Set([user.uid]));
    const state = await stat(join(temp.path, 'processor-a'));
    expect({ uid: state.uid, mode: state.mode & 0o777 }).toEqual({ uid: 0, mode: 0o710 });
  });

  it('refuses to start when that user cannot reach the folder of its runs', async () => {
    await chmod(temp.path, 0o700);
    await expect(work({ user })).rejects.toThrow('cannot run Claude Code as user 64123');
  });
});
