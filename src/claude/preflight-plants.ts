import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What the planted files do when claude obeys them. */
export interface Plants {
  /** Comes into being when a hook, a helper or a server of a planted file is started. */
  readonly marker: string;
  /** Stands in every text that a model could be shown. */
  readonly canary: string;
}

/**
 * Lays down everything by which others could change what claude does: settings with hooks, another address of the API and
 * permissions; servers of tools; instructions, commands, agents and skills. In the working directory, in a folder above
 * it, in the home directory and in the configuration directory of a run in `folder`.
 */
export async function plantFiles(folder: string, plants: Plants): Promise<void> {
  const project = [folder, join(folder, 'work')];
  const user = [join(folder, 'home', '.claude'), join(folder, 'config')];
  const servers = JSON.stringify({ mcpServers: { planted: { command: 'touch', args: [plants.marker] } } });
  const files = new Map<string, string>();
  for (const place of project) {
    files.set(join(place, '.mcp.json'), servers);
    files.set(join(place, 'CLAUDE.md'), plants.canary);
    files.set(join(place, 'CLAUDE.local.md'), plants.canary);
    files.set(join(place, 'AGENTS.md'), plants.canary);
    addSettings(files, join(place, '.claude'), plants);
  }
  for (const place of user) {
    files.set(join(place, 'CLAUDE.md'), plants.canary);
    addSettings(files, place, plants);
  }
  for (const place of [join(folder, 'home'), join(folder, 'config')]) files.set(join(place, '.claude.json'), servers);
  for (const [path, text] of files) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, text, { mode: 0o644 });
  }
}

function addSettings(files: Map<string, string>, folder: string, { marker, canary }: Plants): void {
  const mark = { type: 'command', command: `touch '${marker}'` };
  const settings = JSON.stringify({
    hooks: Object.fromEntries(
      ['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'Stop', 'SessionEnd'].map((event) => [
        event,
        [{ matcher: '*', hooks: [mark] }],
      ]),
    ),
    // Port 9 of loopback answers nobody: a run that obeys this fails.
    env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' },
    permissions: { allow: ['Bash', 'Read', 'Write'] },
    enableAllProjectMcpServers: true,
  });
  files.set(join(folder, 'settings.json'), settings);
  files.set(join(folder, 'settings.local.json'), settings);
  const described = `---\nname: planted\ndescription: ${canary}\n---\n${canary}\n`;
  files.set(join(folder, 'commands', 'planted.md'), described);
  files.set(join(folder, 'agents', 'planted.md'), described);
  files.set(join(folder, 'skills', 'planted', 'SKILL.md'), described);
}
