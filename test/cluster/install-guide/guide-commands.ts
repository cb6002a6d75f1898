import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const GUIDE = join(import.meta.dirname, '../../../docs/install.md');

/** Commands of one section of docs/install.md: each of its code blocks as it stands there, in order. */
export async function readGuide(section: string): Promise<readonly string[]> {
  const text = await readFile(GUIDE, 'utf8');
  const start = text.indexOf(`\n## ${section}\n`);
  if (start < 0) throw new Error(`docs/install.md has no section "${section}"`);
  const end = text.indexOf('\n## ', start + 1);
  const blocks = text.slice(start, end < 0 ? undefined : end).matchAll(/^```\n([\s\S]*?)^```$/gmu);
  const commands = [...blocks].map(([, block = '']) => block);
  if (commands.length === 0) throw new Error(`section "${section}" of docs/install.md has no commands`);
  return commands;
}

/** Puts other values into commands. A value that does not occur is a mistake of the test, or of the guide. */
export function withValues(commands: readonly string[], values: Readonly<Record<string, string>>): readonly string[] {
  const all = commands.join('');
  for (const value of Object.keys(values)) if (!all.includes(value)) throw new Error(`no command has "${value}"`);
  return commands.map((text) =>
    Object.entries(values).reduce((changed, [value, other]) => changed.replaceAll(value, other), text),
  );
}
