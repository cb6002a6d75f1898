import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** A text and the values in it that must not be readable any more. */
export interface Row {
  readonly sample: string;
  readonly secrets: readonly string[];
}

export interface Corpus {
  readonly name: string;
  readonly rows: readonly Row[];
}

export interface CleanFile {
  readonly name: string;
  readonly text: string;
}

export interface Folder {
  readonly corpora: readonly Corpus[];
  /** Texts without secrets: everything that is removed from them is a mistake. */
  readonly clean: readonly CleanFile[];
}

/** `*.jsonl` files hold rows; every other file is clean text. */
export async function readFolder(folder: string): Promise<Folder> {
  const corpora: Corpus[] = [];
  const clean: CleanFile[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    const text = await readFile(path, 'utf8');
    if (name.endsWith('.jsonl')) corpora.push({ name, rows: readRows(text, name) });
    else clean.push({ name, text });
  }
  return { corpora, clean };
}

function readRows(text: string, name: string): readonly Row[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row: unknown = JSON.parse(line);
    if (isRow(row)) return [row];
    throw new Error(`${name}:${index + 1}: expected {"sample": "…", "secrets": ["…"]}`);
  });
}

function isRow(row: unknown): row is Row {
  if (typeof row !== 'object' || row === null || !('sample' in row) || !('secrets' in row)) return false;
  const { sample, secrets } = row;
  return typeof sample === 'string' && Array.isArray(secrets) && secrets.every((secret) => typeof secret === 'string');
}
