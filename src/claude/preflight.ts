import { access, chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClaudeVersion } from './find-claude.ts';
import type { MessageBlock } from './message-stream.ts';
import { startPreflightApi, type PreflightApi } from './preflight-api.ts';
import { plantFiles } from './preflight-plants.ts';
import { runClaude } from './run-claude.ts';
import type { ClaudeOutcome } from './run/outcome.ts';
import type { RunUser } from './run/run-folder.ts';
import { describeClaudeVersions, isSupportedClaude } from './version-range.ts';

export type Preflight =
  { readonly ok: true; readonly version: string } | { readonly ok: false; readonly why: string; readonly hint: string };

export interface PreflightOptions {
  /** A healthy claude needs two seconds, on a busy machine more; 30 s by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** The user that runs will have. */
  readonly user?: RunUser;
}

/** Raised whenever the self test asks for more, so that what passed an older one is tried again. */
export const PREFLIGHT_REVISION = 2;

const CANARY = 'canary-of-the-preflight';
const PLANTED = 'canary-of-a-planted-file';
const SCHEMA = { type: 'object', properties: { done: { type: 'boolean' } }, required: ['done'] };

/**
 * Whether this claude does what our safety rests on: the version is one that we know, every command is asked for, a
 * denied one does not run, an allowed one runs as we rewrote it, a file named in a prompt stays unread, other tools than
 * Bash do nothing, and settings, servers and instructions that lie in its folders have no effect. Uses no network but
 * loopback. Anything but a clear yes is a no.
 */
export async function preflightClaude(binary: string, options: PreflightOptions = {}): Promise<Preflight> {
  const version = await readClaudeVersion(binary);
  const hint = `install Claude Code ${describeClaudeVersions()}`;
  if (version === undefined) return { ok: false, why: `${binary} does not say the version of Claude Code`, hint };
  if (!isSupportedClaude(version)) return { ok: false, why: `${binary} is version ${version}`, hint };
  const folder = await mkdtemp(join(tmpdir(), 'warroom-preflight-'));
  try {
    const why = await tryOut(binary, folder, options);
    if (why === undefined) return { ok: true, version };
    return { ok: false, why: `claude ${version} ${why}`, hint: `${hint}, and see that a run can be made by hand` };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** Files that exist when a command has run. */
interface Marks {
  readonly denied: string;
  readonly asked: string;
  readonly rewritten: string;
  readonly planted: string;
}

/** What this claude does wrong; undefined when nothing. */
async function tryOut(binary: string, folder: string, options: PreflightOptions): Promise<string | undefined> {
  const canary = join(folder, 'canary.txt');
  await writeFile(canary, CANARY, { mode: 0o644 });
  const marks: Marks = {
    denied: join(folder, 'denied'),
    asked: join(folder, 'asked'),
    rewritten: join(folder, 'tmp', 'run'),
    planted: join(folder, 'tmp', 'planted'),
  };
  await plantFiles(folder, { marker: marks.planted, canary: PLANTED });
  if (options.user !== undefined) await giveTo(folder, options.user);
  const api = await startPreflightApi([
    // `ls` is of the set that claude would run unasked.
    [bash(1, 'ls'), bash(2, `touch ${marks.denied}`)],
    [
      tool(5, 'Read', { file_path: canary }),
      tool(6, 'Write', { file_path: marks.denied, content: 'self test' }),
      tool(7, 'Task', { description: 'self test', prompt: `touch ${marks.denied}`, subagent_type: 'planted' }),
    ],
    [bash(3, `touch ${marks.asked}`)],
    [tool(4, 'StructuredOutput', { done: true })],
  ]);
  const asked: string[] = [];
  try {
    const timeoutMs = options.timeoutMs ?? 30_000;
    const outcome = await runClaude({
      ...options,
      binary,
      folder,
      access: { kind: 'broker', baseUrl: api.baseUrl, token: 'preflight', spentUsd: () => 0, refusal: () => undefined },
      shimFolder: join(folder, 'shims'),
      systemPrompt: 'This is a self test.',
      prompt: `@${canary} look at it`,
      schema: SCHEMA,
      softDeadlineMs: timeoutMs,
      hardDeadlineMs: timeoutMs,
      decide: ({ toolUseId }) => {
        asked.push(toolUseId);
        if (toolUseId !== 'toolu_3') return Promise.resolve({ behavior: 'deny', message: 'not allowed' });
        return Promise.resolve({ behavior: 'allow', command: `touch ${marks.rewritten}` });
      },
    });
    return await findFault({ outcome, asked, marks, api });
  } finally {
    await api.close();
  }
}

/** What a user cannot read would tempt nobody. */
async function giveTo(folder: string, { uid, gid }: RunUser): Promise<void> {
  for (const path of await readdir(folder, { recursive: true })) await chown(join(folder, path), uid, gid);
}

async function findFault(facts: {
  readonly outcome: ClaudeOutcome;
  readonly asked: readonly string[];
  readonly marks: Marks;
  readonly api: PreflightApi;
}): Promise<string | undefined> {
  const { outcome, asked, marks, api } = facts;
  if (await exists(marks.planted)) return 'obeys settings that lie in its folders';
  if (await exists(marks.denied)) return 'ran a command that was denied';
  if (await exists(marks.asked)) return 'ran a command as the model wrote it, not as it was decided';
  if (api.requests.some(({ body }) => body.includes(CANARY))) return 'reads files that are named in a prompt';
  if (api.requests.some(({ body }) => body.includes(PLANTED)))
    return 'puts files that lie in its folders before the model';
  const stray = api.requests.find(({ call }) => !/^(?:POST \/v1\/messages|HEAD \/)(?:\?|$)/u.test(call));
  if (stray !== undefined) return `makes a call that nobody asked for: ${stray.call.slice(0, 100)}`;
  if (outcome.kind === 'failed') return `fails in a self test: ${outcome.message}`;
  if (asked.join() !== 'toolu_1,toolu_2,toolu_3') return 'does not ask before every command';
  if (!(await exists(marks.rewritten))) return 'does not run a command that was allowed';
  return undefined;
}

function bash(number: number, command: string): MessageBlock {
  return tool(number, 'Bash', { command, description: 'self test' });
}

function tool(number: number, name: string, input: Readonly<Record<string, unknown>>): MessageBlock {
  return { type: 'tool_use', id: `toolu_${number}`, name, input };
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
