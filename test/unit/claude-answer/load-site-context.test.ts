import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSiteContext, type SiteContextLimits } from '../../../src/claude/answer/load-site-context.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

async function load(
  files: Readonly<Record<string, string | Uint8Array>>,
  limits: SiteContextLimits = {},
): ReturnType<typeof loadSiteContext> {
  return await withTempFolder(async (folder) => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return await loadSiteContext(folder, limits);
  });
}

describe('loadSiteContext', () => {
  it('reads visible markdown in the order of names, with a digest of each whole file', async () => {
    const files = await load({ 'b.md': 'second', 'a.md': 'first', 'notes.txt': 'no', '.hidden.md': 'no' });
    expect(files).toEqual([
      { name: 'a.md', text: 'first', bytes: 5, sha256: sha256('first'), truncated: false },
      { name: 'b.md', text: 'second', bytes: 6, sha256: sha256('second'), truncated: false },
    ]);
  });

  it('cuts each file and all together at whole characters, and keeps the digest of the whole', async () => {
    const text = 'ä'.repeat(100);
    const files = await load({ 'a.md': text, 'b.md': text, 'c.md': text }, { fileBytes: 151, totalBytes: 240 });
    expect(files.map((file) => [file.text.length, file.bytes, file.truncated])).toEqual([
      [75, 200, true],
      [45, 200, true],
      [0, 200, true],
    ]);
    expect(new Set(files.map((file) => file.sha256))).toEqual(new Set([sha256(text)]));
  });

  it('follows the links that mounted configuration is made of', async () => {
    const files = await withTempFolder(async (folder) => {
      await mkdir(join(folder, '..data'));
      await writeFile(join(folder, '..data', 'site.md'), 'known');
      await symlink(join('..data', 'site.md'), join(folder, 'site.md'));
      return await loadSiteContext(folder);
    });
    expect(files).toMatchObject([{ name: 'site.md', text: 'known' }]);
  });

  it('says that the folder is missing', async () => {
    await expect(loadSiteContext('/nonexistent/context')).rejects.toMatchObject({
      code: 'not-found',
      message: 'cannot read the context folder /nonexistent/context',
    });
  });

  it.each<[string, Readonly<Record<string, string | Uint8Array>>, string]>([
    ['bytes that are no text', { 'a.md': Uint8Array.of(0xff, 0xfe) }, 'it is not UTF-8 text'],
    ['a huge file', { 'a.md': 'x'.repeat(1024 * 1024 + 1) }, 'it has 1048577 bytes, at most 1048576 are read'],
    [
      'too many files',
      Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`${index}.md`, 'x'])),
      'it has 21 files *.md, at most 20 are read',
    ],
  ])('refuses %s', async (_what, files, why) => {
    await expect(load(files)).rejects.toMatchObject({ code: 'invalid-file', why });
  });

  it('refuses a folder and a link without an end', async () => {
    await withTempFolder(async (folder) => {
      await mkdir(join(folder, 'a.md'));
      await expect(loadSiteContext(folder)).rejects.toMatchObject({ code: 'invalid-file', why: 'it is not a file' });
    });
    await withTempFolder(async (folder) => {
      await symlink('gone.md', join(folder, 'a.md'));
      await expect(loadSiteContext(folder)).rejects.toMatchObject({ code: 'not-found' });
    });
  });
});
