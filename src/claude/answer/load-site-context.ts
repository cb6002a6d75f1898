import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WarroomError } from '../../domain/errors.ts';
import { sha256 } from '../../lib/digest.ts';
import { decodeUtf8 } from '../../lib/utf8.ts';
import { cutBytes } from './cut-bytes.ts';

/** One file of what the administrators of a zone want every investigator to know. */
export interface SiteContextFile {
  /** File name, without folder. */
  readonly name: string;
  /** At most the limit of one file. Not redacted yet. */
  readonly text: string;
  /** Size of the whole file. */
  readonly bytes: number;
  /** Hex digest of the whole file, for the manifest. */
  readonly sha256: string;
  readonly truncated: boolean;
}

export interface SiteContextLimits {
  /** Text that is kept of one file; 16 KiB by default. */
  readonly fileBytes?: number;
  /** Text that is kept of all files together, in the order of their names; 48 KiB by default. */
  readonly totalBytes?: number;
}

const KIB = 1024;
const MAX_FILES = 20;
/** Larger files are a mistake rather than knowledge. */
const MAX_READ_BYTES = KIB * KIB;
const HINT = 'check the context folder in the configuration of the processor';

/**
 * Reads every `*.md` of a folder in the zone, in the order of their names. Links are followed, because mounted
 * configuration consists of them. Throws `not-found` or `invalid-file`: knowledge that is configured is never skipped.
 */
export async function loadSiteContext(
  folder: string,
  limits: SiteContextLimits = {},
): Promise<readonly SiteContextFile[]> {
  const { fileBytes = 16 * KIB, totalBytes = 48 * KIB } = limits;
  const names = await readdir(folder).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : 'unknown reason';
    throw new WarroomError('not-found', `cannot read the context folder ${folder}`, { why, hint: HINT, cause });
  });
  const wanted = names.filter((name) => name.endsWith('.md') && !name.startsWith('.')).sort();
  if (wanted.length > MAX_FILES) {
    throw new WarroomError('invalid-file', `the context folder ${folder} has too many files`, {
      why: `it has ${wanted.length} files *.md, at most ${MAX_FILES} are read`,
      hint: 'join files, or keep only what an investigator must know',
    });
  }
  const files: SiteContextFile[] = [];
  let left = totalBytes;
  for (const name of wanted) {
    const file = await readContextFile(join(folder, name), name, Math.min(fileBytes, left));
    left -= Buffer.byteLength(file.text);
    files.push(file);
  }
  return files;
}

async function readContextFile(path: string, name: string, maxBytes: number): Promise<SiteContextFile> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new WarroomError('not-found', `cannot read the context file ${path}`, {
      why: cause instanceof Error ? cause.message : 'unknown reason',
      hint: HINT,
      cause,
    });
  });
  if (!facts.isFile()) throw unusable(path, 'it is not a file');
  if (facts.size > MAX_READ_BYTES) {
    throw unusable(path, `it has ${facts.size} bytes, at most ${MAX_READ_BYTES} are read`);
  }
  const content = await readFile(path);
  const whole = decodeUtf8(content);
  if (whole === undefined) throw unusable(path, 'it is not UTF-8 text');
  const text = cutBytes(whole, maxBytes);
  return { name, text, bytes: content.length, sha256: sha256(content), truncated: text.length < whole.length };
}

function unusable(path: string, why: string): WarroomError {
  return new WarroomError('invalid-file', `cannot use the context file ${path}`, { why, hint: HINT });
}
