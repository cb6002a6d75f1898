import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import { sha256 } from '../lib/digest.ts';
import { createRedaction } from '../redaction/create-redaction.ts';
import { cleanText } from '../report/untrusted.ts';
import type { RequestAttachment } from '../schema/generated.ts';
import type { CliContext } from './context.ts';
import { createPrompts } from './prompts.ts';

const MAX_FILES = 8;
const MAX_FILE_BYTES = 32 * 1024;

/** Reads text files for a request and removes secrets from them. Throws `usage` for what cannot be attached. */
export async function readAttachments(
  files: readonly string[],
  context: CliContext,
): Promise<readonly RequestAttachment[]> {
  if (files.length > MAX_FILES) {
    throw new WarroomError('usage', `${files.length} attachments are too many`, {
      why: `at most ${MAX_FILES} are allowed`,
    });
  }
  // One session for all files: what is a secret in one of them is one in the others.
  const redaction = createRedaction({ knownValues: [], key: context.random(32) });
  const attachments: RequestAttachment[] = [];
  for (const file of files) {
    const content = await redaction.redact(await readTextFile(file, context.cwd));
    const name = attachmentName(file, attachments.length);
    attachments.push({ name: uniqueName(name, attachments), content, sha256: sha256(content) });
  }
  return attachments;
}

/**
 * Shows what would leave this machine and asks. On a pipe nobody can look, so `--yes` must say it. False when the person
 * says no.
 */
export async function confirmAttachments(
  attachments: readonly RequestAttachment[],
  { context, isYes }: { readonly context: CliContext; readonly isYes: boolean },
): Promise<boolean> {
  if (attachments.length === 0) return true;
  const { io } = context;
  for (const { name, content } of attachments) {
    io.err(io.errorStyle.bold(`attached ${name}: ${Buffer.byteLength(content)} bytes, secrets removed`));
    for (const line of cleanText(content).trimEnd().split('\n')) io.err(`  ${line}`);
  }
  if (isYes) return true;
  if (!io.isInteractive) {
    throw new WarroomError('usage', 'attachments leave this machine only when somebody has looked at them', {
      why: 'nobody can be asked here',
      hint: 'look at what is shown above and add --yes',
    });
  }
  const prompts = await createPrompts(io, context.signal);
  return await prompts.confirm({ message: 'Send this along?', default: false });
}

async function readTextFile(file: string, cwd: string): Promise<string> {
  const path = resolve(cwd, file);
  let bytes: Buffer;
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) {
      const hint = `attach the part that matters, for example  tail -c ${MAX_FILE_BYTES} ${file}`;
      throw new WarroomError('usage', `${file} is too large to attach`, {
        why: `it has ${size} bytes, at most ${MAX_FILE_BYTES} are allowed`,
        hint,
      });
    }
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof WarroomError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new WarroomError('usage', `cannot read the attachment ${file}`, { why, cause: error });
  }
  return textOf(bytes, file);
}

function textOf(bytes: Uint8Array, file: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Falls through to the same message: bytes that are no UTF-8 are no text either.
  }
  throw new WarroomError('usage', `${file} is not text`, { why: 'only UTF-8 text can be attached' });
}

function attachmentName(file: string, at: number): string {
  const name = basename(file)
    .replaceAll(/[^A-Za-z0-9._-]+/gu, '-')
    .replace(/^[^A-Za-z0-9]+/u, '')
    .slice(0, 90);
  return name === '' ? `attachment-${at + 1}` : name;
}

function uniqueName(name: string, taken: readonly RequestAttachment[]): string {
  const isTaken = (candidate: string): boolean => taken.some((attachment) => attachment.name === candidate);
  let unique = name;
  for (let copy = 2; isTaken(unique); copy++) unique = `${copy}-${name}`;
  return unique;
}
