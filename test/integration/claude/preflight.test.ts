import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClaude, readClaudeVersion } from '../../../src/claude/find-claude.ts';
import { preflightClaude } from '../../../src/claude/preflight.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { findTestedClaude } from './claude-rig.ts';

const binary = await findTestedClaude();
const version = await readClaudeVersion(binary ?? '');

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

describe.skipIf(binary === undefined)('the self test before the first run', () => {
  it('accepts the installed Claude Code within five seconds', async () => {
    const started = performance.now();
    expect(await preflightClaude(binary ?? '')).toEqual({ ok: true, version });
    expect(performance.now() - started).toBeLessThan(5000);
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
  ])('refuses one that %s', async (name, script, why) => {
    const program = await writeProgram(name.replaceAll(' ', '-'), script);
    expect(await preflightClaude(program)).toMatchObject({ ok: false, why: `claude ${version ?? ''} ${why}` });
  });
});
