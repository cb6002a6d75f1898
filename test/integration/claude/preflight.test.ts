import { appendFile, chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClaude, readClaudeVersion } from '../../../src/claude/find-claude.ts';
import { openClaudeEngine } from '../../../src/claude/open-engine.ts';
import { preflightClaude, PREFLIGHT_REVISION } from '../../../src/claude/preflight.ts';
import { proveClaude, type ProveOptions } from '../../../src/claude/prove-claude.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { systemRandom } from '../../../src/lib/random-text.ts';
import { processorSettings } from '../../support/processor-rig.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { findTestedClaude } from './claude-rig.ts';

const binary = await findTestedClaude();
const version = await readClaudeVersion(binary ?? '');

if (process.getuid?.() !== 0) printSkipReason('the self test as another user needs root');

let folder: TempFolder;

beforeAll(async () => {
  folder = await createTempFolder();
});

afterAll(async () => {
  await folder.close();
});

/** An executable that is not what it should be. */
async function writeProgram(name: string, script: string): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, `#!/bin/bash\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('what is no claude of ours', () => {
  it.each([
    ['does not exist', undefined, 'does not say the version'],
    ['says nothing', 'exit 0', 'does not say the version'],
    ['says something else', 'echo 2.1.329', 'does not say the version'],
    ['is too old', 'echo "2.1.328 (Claude Code)"', 'is version 2.1.328'],
    ['is too new', 'echo "2.2.0 (Claude Code)"', 'is version 2.2.0'],
    ['has no more than a version', 'echo "2.1.400 (Claude Code)"', 'claude 2.1.400 fails in a self test'],
  ])('is refused when it %s', async (_, script, why) => {
    const program = script === undefined ? '/does/not/exist' : await writeProgram('claude', script);
    const result = await preflightClaude(program);
    expect(result).toMatchObject({
      ok: false,
      hint: expect.stringContaining('2.1.329 or newer, below 2.2.0') as string,
    });
    expect(result.ok ? '' : result.why).toContain(why);
  });

  it('is passed over for one that is', async () => {
    const old = await writeProgram('claude', 'echo "2.1.197 (Claude Code)"');
    const good = await writeProgram('other', 'echo "2.1.400 (Claude Code)"');
    expect(await findClaude({ path: `/nowhere:${folder.path}`, packaged: good })).toEqual({
      kind: 'found',
      binary: good,
      version: '2.1.400',
      source: 'package',
    });
    expect(await findClaude({ path: folder.path, packaged: undefined })).toEqual({
      kind: 'missing',
      why: `${old} is 2.1.197`,
      hint: 'install Claude Code 2.1.329 or newer, below 2.2.0',
    });
    expect(await findClaude({ configured: good, path: folder.path })).toMatchObject({ source: 'configuration' });
    expect(await findClaude({ configured: old, packaged: good })).toMatchObject({ kind: 'missing' });
    expect(await findClaude({ path: undefined, packaged: undefined })).toMatchObject({
      why: 'there is no claude in PATH and no npm package of it',
    });
  });
});

describe.skipIf(binary === undefined)('threat 14: the self test before the first run', () => {
  it('accepts the installed Claude Code', async () => {
    expect(await preflightClaude(binary ?? '')).toEqual({ ok: true, version });
  });

  const withoutSettings = `
    args=()
    for arg in "$@"; do
      case $arg in *'"ask"'*) arg='{}';; esac
      args+=("$arg")
    done`;

  it.each([
    [
      'runs what was denied',
      `${withoutSettings}\nexec ${binary ?? ''} "\${args[@]}" --allowedTools Bash`,
      'ran a command that was denied',
    ],
    [
      'does not ask for everything',
      `${withoutSettings}\nexec ${binary ?? ''} "\${args[@]}"`,
      'does not ask before every command',
    ],
    [
      'reads files of a prompt',
      `unset CLAUDE_CODE_DISABLE_ATTACHMENTS\nexec ${binary ?? ''} "$@"`,
      'reads files that are named in a prompt',
    ],
    [
      'obeys settings',
      `args=()
for arg in "$@"; do
  case $arg in --setting-sources) skip=1;; '') [ "$skip" ] || args+=("");; *) args+=("$arg");; esac
done
exec ${binary ?? ''} "\${args[@]}"`,
      'obeys settings that lie in its folders',
    ],
    [
      'reads instructions of others',
      `exec ${binary ?? ''} "$@" --append-system-prompt "$(cat CLAUDE.md)"`,
      'puts files that lie in its folders before the model',
    ],
  ])('refuses one that %s', async (name, script, why) => {
    const program = await writeProgram(name.replaceAll(' ', '-'), script);
    expect(await preflightClaude(program)).toMatchObject({ ok: false, why: `claude ${version ?? ''} ${why}` });
  });
});

describe('the self test of a processor', () => {
  it('runs once for the same bytes, version and user, and again when one of them, or the test, is new', async () => {
    const program = await writeProgram('counting', 'echo "2.1.400 (Claude Code)"');
    const file = join(folder.path, 'state', 'preflight.json');
    let starts = 0;
    const selfTest: ProveOptions['selfTest'] = () => {
      starts++;
      return Promise.resolve({ ok: true, version: '2.1.400' });
    };
    const prove = async (user?: ProveOptions['user']): Promise<number> => {
      const before = starts;
      const result = await proveClaude(program, { file, selfTest, ...(user === undefined ? {} : { user }) });
      expect(result).toEqual({ ok: true, version: '2.1.400' });
      return starts - before;
    };
    expect([await prove(), await prove()]).toEqual([1, 0]);
    const proof = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    expect(proof).toEqual({
      revision: PREFLIGHT_REVISION,
      version: '2.1.400',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/u) as string,
      user: 'own',
    });
    for (const [name, value] of [
      ['revision', PREFLIGHT_REVISION - 1],
      ['version', '2.1.330'],
      ['sha256', '0'.repeat(64)],
      ['user', '65534:65534'],
    ] as const) {
      await writeFile(file, JSON.stringify({ ...proof, [name]: value }));
      expect([name, await prove(), await prove()]).toEqual([name, 1, 0]);
    }
    expect([await prove({ uid: 65_534, gid: 65_534 }), await prove()]).toEqual([1, 1]);
    await appendFile(program, '# other bytes\n');
    expect([await prove(), await prove()]).toEqual([1, 0]);
  });

  it.skipIf(binary === undefined || process.getuid?.() !== 0)(
    'is made as the user that the configuration names for runs',
    async () => {
      await chmod(folder.path, 0o755);
      const log = join(folder.path, 'users.log');
      await writeFile(log, '');
      await chmod(log, 0o666);
      const script = `[ "$1" = --version ] || id -u >> '${log}'\nexec ${binary ?? ''} "$@"`;
      const program = await writeProgram('as-another', script);
      const user = { uid: 65_534, gid: 65_534 };
      const settings = processorSettings({
        url: folder.path,
        folder: folder.path,
        change: { engine: 'claude', claude: { binary: program, user } },
      });
      await mkdir(settings.stateDir, { mode: 0o700 });
      const opened = await openClaudeEngine({
        settings,
        env: {
          PATH: process.env['PATH'],
          ANTHROPIC_API_KEY: 'sk-nobody-is-asked',
          ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
        },
        uid: 0,
        clock: systemClock,
        random: systemRandom,
      });
      expect(opened.kind).toBe('ready');
      if (opened.kind === 'ready') await opened.engine.close();
      expect(await readFile(log, 'utf8')).toBe('65534\n');
      const proof = await readFile(join(settings.stateDir, 'preflight.json'), 'utf8');
      expect(JSON.parse(proof)).toMatchObject({ user: '65534:65534' });
    },
  );

  it('never remembers one that failed, nor believes a file that it cannot read', async () => {
    const file = join(folder.path, 'failed.json');
    await writeFile(file, '{"revision": ');
    const program = await writeProgram('failing', 'echo "2.1.400 (Claude Code)"');
    expect(await proveClaude(program, { file })).toMatchObject({ ok: false });
    expect(await readFile(file, 'utf8')).toBe('{"revision": ');
    expect(await proveClaude('/does/not/exist', { file })).toMatchObject({ ok: false });
  });
});
