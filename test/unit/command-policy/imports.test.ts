import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SOURCES = fileURLToPath(new URL('../../../src', import.meta.url));

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(SOURCES, file), 'utf8');
  return Array.from(text.matchAll(/^import\b[^;']*'([^']+)'/gmu), ([, name]) => name ?? '');
}

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => relative(SOURCES, join(SOURCES, file)));

describe('the command policy', () => {
  it('is the only part that knows the shell parser', () => {
    const users = files.filter((file) => importsOf(file).some((name) => name.startsWith('unbash')));
    expect(users.sort()).toEqual(['command-policy/parse-command.ts', 'command-policy/redirections.ts']);
  });

  it('is pure: it knows itself, generated types and how to compare values', () => {
    const names = files
      .filter((file) => file.startsWith('command-policy/'))
      .flatMap(importsOf)
      .filter((name) => !/^\.{1,2}\/[a-z-]+\.ts$|^\.\/tools\/[a-z-]+\.ts$/u.test(name));
    expect(new Set(names)).toEqual(new Set(['unbash', '../schema/generated.ts', 'node:util']));
  });
});
