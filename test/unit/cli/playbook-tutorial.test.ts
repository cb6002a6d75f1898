import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runInProcess } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Block {
  readonly language: string;
  readonly text: string;
  /** The file that the words before it name. */
  readonly file: string | undefined;
}

function blocksOf(section: string): readonly Block[] {
  return [...section.matchAll(/([^\n]*)\n\n```(\w+)\n([^]*?)```(?=\n)/gu)].map(
    ([, before = '', language = '', text = '']) => ({
      language,
      text,
      file: [...before.matchAll(/`([\w.-]+\.(?:yaml|jsonl))`/gu)].at(-1)?.[1],
    }),
  );
}

let folder: TempFolder;

beforeEach(async () => {
  folder = await createTempFolder('warroom-tutorial');
});

afterEach(async () => {
  await folder.close();
});

describe('the ten minutes of docs/playbooks.md', () => {
  it('work when a reader takes block after block', async () => {
    const page = await readFile(new URL('../../../docs/playbooks.md', import.meta.url), 'utf8');
    const section = /\n## Ten minutes[^]*?(?=\n## )/u.exec(page)?.[0] ?? '';
    const printed: string[] = [];
    for (const { language, text, file } of blocksOf(section)) {
      if (language !== 'sh') {
        expect({ text, isNamed: file !== undefined }).toEqual({ text, isNamed: true });
        await writeFile(join(folder.path, file ?? ''), text);
        continue;
      }
      for (const line of text.trim().split('\n')) {
        const [, ...argv] = line.replace(/\s+#.*$/u, '').split(/\s+/u);
        const { exit, stdout, stderr } = await runInProcess(argv, { warRoom: new MemoryWarRoom(), cwd: folder.path });
        expect({ line, exit, stderr: exit === 0 ? '' : stderr }).toEqual({ line, exit: 0, stderr: '' });
        printed.push(`${stdout}${stderr}`);
      }
    }
    expect(printed).toHaveLength(5);
    expect(printed[3]).toContain('3 of 3 cases pass');
    expect(printed[4]).toBe('✔ queue.yaml: valid playbook\n');
  });
});
