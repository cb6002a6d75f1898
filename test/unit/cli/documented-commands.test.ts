import { Command } from 'commander';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { COMMANDS, GROUPS } from '../../../src/cli/command-table.ts';
import { GLOBAL_FLAGS } from '../../../src/cli/global-flags.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Every flag of a command, as `--help` shows them. */
async function flagsOf(path: string): Promise<ReadonlySet<string>> {
  const command = new Command('x');
  for (const { flags } of GLOBAL_FLAGS) command.option(flags);
  const row = COMMANDS.find((each) => each.path === path || each.aliases?.includes(path) === true);
  const module = await row?.load();
  module?.command.define(
    command,
    () => {
      throw new Error('nothing is run');
    },
    () => undefined,
  );
  const known = command.options.flatMap(({ short, long }) => [short, long]);
  return new Set(['--help', '-h', '--version', ...known.filter((flag) => flag !== undefined)]);
}

/** What stands in blocks of code and in code within a line, each command in one line; what is quoted may say anything. */
function commandsIn(page: string): readonly string[] {
  const blocks = [...page.matchAll(/^```[a-z]*\n([^]*?)^```$/gmu)].map(([, text = '']) => text);
  const rest = page.replaceAll(/^```[a-z]*\n[^]*?^```$/gmu, '');
  const inline = [...rest.matchAll(/`([^`]+)`/gu)].map(([, text = '']) => text);
  return (
    [...blocks, ...inline]
      .map((text) => text.replaceAll(/\\\n\s*/gu, ' ').replaceAll(/"[^"\n]*"|'[^'\n]*'/gu, 'QUOTED'))
      .flatMap((text) => text.split(/\n|&&|\||;|>|<\(/u))
      // After -n it is the name of the namespace.
      .flatMap((line) =>
        line
          .replace(/\s#\s.*$/u, '')
          .split(/(?<![\w/.:-]|-n )claude-warroom /u)
          .slice(1),
      )
      .map((line) => line.trim())
  );
}

const pages = [
  'README.md',
  'SECURITY.md',
  ...(await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
];

it.each(pages)('%s names commands and flags that exist, and no others', async (page) => {
  const wrong: string[] = [];
  for (const command of commandsIn(await readFile(join(ROOT, page), 'utf8'))) {
    const words = command.split(/\s+/u);
    const [first = '', second = ''] = words.filter((word) => !word.startsWith('-'));
    // A word about the program itself, such as its version in a sentence.
    if (!/^[a-z][a-z-]+$/u.test(first)) continue;
    const path = first in GROUPS ? `${first} ${second}` : first;
    const isPlaceholder = first in GROUPS && !/^[a-z][a-z-]*$/u.test(second);
    if (isPlaceholder) continue;
    const isKnown = COMMANDS.some((each) => each.path === path || each.aliases?.includes(path) === true);
    if (!isKnown) wrong.push(`${command}: there is no command ${path}`);
    const flags = await flagsOf(path);
    for (const word of words) {
      const [, flag] = /^(--?[a-zA-Z][a-z0-9-]*)(?:=.*)?$/u.exec(word.replace(/[\])…,]+$/u, '')) ?? [];
      if (isKnown && flag !== undefined && !flags.has(flag)) wrong.push(`${command}: ${path} has no ${flag}`);
    }
  }
  expect(wrong).toEqual([]);
});
