import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createAgentCommands,
  type AgentCommandRecord,
  type AgentCommands,
  type AgentCommandsOptions,
} from '../../../src/claude/commands/agent-commands.ts';
import { writeExecShim } from '../../../src/claude/commands/exec-shim.ts';
import { WarroomError } from '../../../src/domain/errors.ts';
import { evidenceId, type Evidence } from '../../../src/domain/evidence.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
const CANARY = 'hunter2-canary-0451';
const NOBODY = new AbortController().signal;

let folder: TempFolder;
let evidenceDir: string;
let execDir: string;
let shimDir: string;
let seen: { readonly evidence: Evidence | undefined; readonly record: AgentCommandRecord }[];

beforeEach(async () => {
  folder = await createTempFolder();
  evidenceDir = join(folder.path, 'evidence');
  execDir = join(folder.path, "exec dir's");
  shimDir = join(folder.path, 'bin');
  for (const path of [evidenceDir, execDir, shimDir]) await mkdir(path);
  await writeExecShim({ folder: shimDir, execDir });
  seen = [];
});

afterEach(async () => {
  await folder.close();
});

function commands(options: Partial<AgentCommandsOptions> = {}): AgentCommands {
  let number = 6;
  return createAgentCommands({
    evidenceDir,
    execDir,
    redaction: createRedaction({ knownValues: [{ name: 'canary', value: CANARY }], key: new Uint8Array(32).fill(3) }),
    clock: systemClock,
    nextEvidence: () => evidenceId(++number),
    environment: { PATH: `${shimDir}:${PATH}`, LC_ALL: 'C.UTF-8' },
    timeoutMs: 20_000,
    onEvidence: (evidence, record) => {
      seen.push({ evidence, record });
    },
    ...options,
  });
}

interface Fetched {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the agent's shell does with the rewritten command. */
async function shell(command: string): Promise<Fetched> {
  return await new Promise((resolve) => {
    const env = { PATH: `${shimDir}:/usr/bin:/bin` };
    execFile('bash', ['--norc', '-c', command], { env, maxBuffer: 8 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ exit: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

async function ask(agent: AgentCommands, command: string): Promise<Fetched> {
  const answer = await agent.answer({ toolUseId: 'toolu_01', command }, NOBODY);
  if (answer.kind === 'deny') throw new Error(answer.message);
  expect(answer.updatedCommand).toMatch(/^warroom-exec [0-9a-f]{32}$/u);
  return await shell(answer.updatedCommand);
}

async function deny(agent: AgentCommands, command: string): Promise<string> {
  const answer = await agent.answer({ toolUseId: 'toolu_01', command }, NOBODY);
  return answer.kind === 'deny' ? answer.message : `not denied: ${command}`;
}

/** A tool of the allow-list that does what a test wants. */
async function fakeTool(name: string, script: string): Promise<void> {
  await writeFile(join(shimDir, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(shimDir, name), 0o755);
}

describe('a command of the agent that is allowed', () => {
  it('runs here, becomes evidence, and reaches the agent by a token', async () => {
    await writeFile(join(evidenceDir, 'E001-disk.txt'), 'sda 91%\nsdb 12%\n');
    const fetched = await ask(commands(), 'grep -n sda E001-disk.txt | cut -d: -f2');
    expect(fetched.exit).toBe(0);
    expect(fetched.stdout).toMatch(
      /^\[evidence E007: exit 0, \d+\.\d s, file evidence\/E007-agent\.txt\]\nsda 91%\n$/u,
    );
    expect(await readFile(join(evidenceDir, 'evidence', 'E007-agent.txt'), 'utf8')).toBe('sda 91%\n');
    expect((await stat(join(evidenceDir, 'evidence', 'E007-agent.txt'))).mode & 0o777).toBe(0o600);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.evidence).toMatchObject({
      id: 'E007',
      step: 'agent',
      title: 'grep -n sda E001-disk.txt | cut -d: -f2',
      source: 'agent',
      argv: ['grep', '-n', 'sda', 'E001-disk.txt', '|', 'cut', '-d:', '-f2'],
      status: 'ok',
      exit: 0,
      text: 'sda 91%\n',
      truncated: false,
    });
    expect(seen[0]?.record).toMatchObject({
      toolUseId: 'toolu_01',
      command: 'grep -n sda E001-disk.txt | cut -d: -f2',
      decision: 'allowed',
      reason: 'read-only commands: grep, read',
      exit: 0,
      status: 'ok',
      bytes: 8,
      evidence: 'E007',
    });
  });

  it('ends for the agent with the exit code that it had here', async () => {
    const agent = commands();
    expect(await ask(agent, 'cat none.txt')).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining('cat: none.txt: No such file or directory\n') as string,
    });
    expect(seen[0]?.record).toMatchObject({ status: 'failed', exit: 1 });
    expect(await ask(agent, 'crictl ps')).toMatchObject({ exit: 127 });
    expect(seen[1]?.record).toMatchObject({ status: 'missing-tool', exit: 127 });
    expect((await ask(agent, 'grep x')).stdout).toMatch(/^\[evidence E009: exit 1, .*\]\n\(no output\)\n$/u);
    expect(seen[2]?.record).toMatchObject({ status: 'nonzero-ok', exit: 1 });
  });

  it('can be searched by later commands', async () => {
    const agent = commands();
    await ask(agent, 'uname -s');
    expect((await ask(agent, 'grep -rl Linux .')).stdout).toContain('./evidence/E007-agent.txt\n');
  });

  it('shows the agent and the disk no secret', async () => {
    await fakeTool('kubectl', `echo "password: ${CANARY}"; echo "token ${CANARY}" >&2`);
    const agent = commands();
    const { stdout } = await ask(agent, `kubectl get pods -l 'a=${CANARY}'`);
    expect(stdout).toContain('[REDACTED:canary:');
    expect(await deny(agent, `kubectl get pods --token=${CANARY}`)).not.toContain(CANARY);
    const files = [join(evidenceDir, 'evidence'), execDir].map(async (path) =>
      (await readdir(path)).map(async (name) => await readFile(join(path, name), 'utf8')),
    );
    const texts = await Promise.all((await Promise.all(files)).flat());
    expect([stdout, JSON.stringify(seen), ...texts].join('\n')).not.toContain(CANARY);
  });

  it('shows a long output from its beginning and says where the rest is', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index} of a long log`).join('\n');
    await writeFile(join(evidenceDir, 'long.txt'), lines);
    const { stdout } = await ask(commands(), 'cat long.txt');
    expect(stdout.length).toBeLessThanOrEqual(30_000);
    expect(stdout.length).toBeGreaterThan(29_000);
    expect(stdout).toMatch(
      /\n\[\d+ of 118889 characters are shown; the rest is in evidence\/E007-agent\.txt: use grep, tail or cut on it\]\n$/u,
    );
    expect(await readFile(join(evidenceDir, 'evidence', 'E007-agent.txt'), 'utf8')).toBe(lines);
  });

  it('survives 100 MB and binary output', async () => {
    await fakeTool('docker', 'head -c 100000000 /dev/urandom');
    const { stdout, exit } = await ask(commands(), 'docker ps');
    expect(exit).toBe(0);
    expect(stdout.length).toBeLessThanOrEqual(30_000);
    expect(stdout).toContain('[only the first part of the output was recorded]\n');
    const text = await readFile(join(evidenceDir, 'evidence', 'E007-agent.txt'), 'utf8');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024);
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/u);
    expect(seen[0]?.evidence?.truncated).toBe(true);
  });

  it('never ends a cut output in the middle of a line', async () => {
    await fakeTool('docker', 'yes "0123456789 0123456789" | head -c 2000000');
    await ask(commands(), 'docker ps');
    const text = await readFile(join(evidenceDir, 'evidence', 'E007-agent.txt'), 'utf8');
    expect(text.endsWith('\n0123456789 0123456789\n')).toBe(true);
  });

  it('is stopped at its time limit, and the agent is told', async () => {
    await fakeTool('docker', 'echo started; sleep 30');
    const { stdout, exit } = await ask(commands({ timeoutMs: 300 }), 'docker ps');
    expect(stdout).toMatch(
      /^\[evidence E007: stopped at its time limit after 0\.\d s, file evidence\/E007-agent\.txt\]\nstarted\n$/u,
    );
    expect(exit).toBe(124);
    expect(seen[0]?.record).toMatchObject({ status: 'timeout', exit: 124 });
  });

  it('runs several at once without mixing them', async () => {
    const agent = commands();
    const outputs = await Promise.all(
      Array.from(
        { length: 8 },
        async (_, index) => (await ask(agent, `date -u -d @${index} +%s`)).stdout.split('\n')[1],
      ),
    );
    expect(outputs).toEqual(Array.from({ length: 8 }, (_, index) => String(index)));
    expect(new Set(seen.map(({ evidence }) => evidence?.id)).size).toBe(8);
  });

  it('leaves nothing behind when its token was used', async () => {
    await ask(commands(), 'uptime');
    expect(await readdir(execDir)).toEqual([]);
  });
});

describe('threat 13: a command of the agent that is denied', () => {
  it('does not run, and the agent learns what would be allowed', async () => {
    const marker = join(evidenceDir, 'marker');
    const agent = commands({ allowedTools: ['kubectl', 'read'] });
    for (const command of [`touch ${marker}`, `cat x > ${marker}`, `ls; touch ${marker}`, `ls & touch ${marker}`]) {
      expect(await deny(agent, command)).not.toContain('not denied');
    }
    expect(await deny(agent, 'kubectl delete pod x')).toMatch(
      /^kubectl delete is not allowed; you may use: kubectl get\|/u,
    );
    expect(await deny(agent, 'systemctl status')).toMatch(/^this request does not allow systemctl here/u);
    expect(await readdir(evidenceDir)).toEqual([]);
    expect(await readdir(execDir)).toEqual([]);
    expect(seen).toHaveLength(6);
    expect(seen[4]).toMatchObject({
      evidence: undefined,
      record: { command: 'kubectl delete pod x', argv: [], decision: 'denied', status: 'denied', bytes: 0, ms: 0 },
    });
  });

  it('leaves a line that fits into the audit log, whatever it was', async () => {
    const agent = commands();
    for (const command of ['', 'x'.repeat(200_000), 'a\u0000b', '\n']) await deny(agent, command);
    for (const { record } of seen) {
      expect(record.command.length).toBeGreaterThan(0);
      expect(record.command.length).toBeLessThanOrEqual(8000);
      expect(record.reason.length).toBeLessThanOrEqual(500);
    }
    await agent.answer({ toolUseId: 'not an id\n', command: 'ls' }, NOBODY);
    expect(seen.at(-1)?.record.toolUseId).toBe('invalid');
  });

  it('is any command while the processor is paused', async () => {
    expect(await deny(commands({ isPaused: () => true }), 'uptime')).toBe(
      'the processor is paused; nothing runs until it resumes',
    );
    expect(seen[0]?.record.decision).toBe('denied');
  });

  it('is one whose output cannot be made safe, and nothing of it is kept', async () => {
    await fakeTool('docker', `echo ${CANARY}`);
    const real = createRedaction({ knownValues: [], key: new Uint8Array(32) });
    const agent = commands({
      redaction: {
        redact: async (text) => {
          if (text.includes(CANARY)) throw new WarroomError('redaction', 'cannot make the text safe to publish');
          return await real.redact(text);
        },
      },
    });
    expect(await deny(agent, 'docker ps')).toBe('the output could not be made safe to show; ask for less of it');
    expect(await readdir(evidenceDir)).toEqual([]);
    expect(await readdir(execDir)).toEqual([]);
    expect(seen).toMatchObject([{ evidence: undefined, record: { decision: 'allowed', status: 'failed', bytes: 0 } }]);
  });

  it('is one that was stopped together with the investigation', async () => {
    await fakeTool('docker', 'sleep 30');
    const controller = new AbortController();
    const pending = commands().answer({ toolUseId: 'toolu_01', command: 'docker ps' }, controller.signal);
    controller.abort();
    expect(await pending).toEqual({ kind: 'deny', message: 'the investigation is being stopped' });
    expect(seen[0]?.record.status).toBe('skipped');
    expect(await readdir(execDir)).toEqual([]);
  });
});

describe('warroom-exec', () => {
  const token = '0123456789abcdef0123456789abcdef';

  async function lay(exit: string, output: string): Promise<void> {
    await writeFile(join(execDir, `${token}.exit`), exit);
    await writeFile(join(execDir, `${token}.out`), output);
  }

  it('gives output and exit code once', async () => {
    await lay('3\n', 'a "b" $c `d`\n%s\\n');
    expect(await shell(`warroom-exec ${token}`)).toEqual({ exit: 3, stdout: 'a "b" $c `d`\n%s\\n', stderr: '' });
    expect(await shell(`warroom-exec ${token}`)).toEqual({
      exit: 126,
      stdout: '',
      stderr: 'warroom-exec: this token is unknown or used up\n',
    });
  });

  it('gives it to one of many that ask at once', async () => {
    await lay('0\n', 'once\n');
    const all = await Promise.all(Array.from({ length: 12 }, async () => await shell(`warroom-exec ${token}`)));
    expect(all.filter(({ stdout }) => stdout === 'once\n')).toHaveLength(1);
    expect(all.filter(({ exit }) => exit === 126)).toHaveLength(11);
  });

  it.each([
    '',
    '""',
    'abc',
    token.toUpperCase(),
    `${token}0`,
    `${token} x`,
    `../exec/${token.slice(8)}`,
    `'${token.slice(1)}/'`,
    `'${token.slice(1)}\n'`,
    `-- ${token}`,
    '"$(printf %032d 0 | tr 0 é)"',
  ])('refuses what is not a token: %j', async (argument) => {
    await lay('0\n', 'secret\n');
    expect(await shell(`warroom-exec ${argument}`)).toMatchObject({ exit: 126, stdout: '' });
    expect(await readdir(execDir)).toHaveLength(2);
  });
});
