import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { environmentValue } from '../config/environment.ts';
import { environmentSecrets, type KnownValue } from '../config/known-values.ts';
import { WarroomError } from '../domain/errors.ts';
import { createRedaction } from '../redaction/create-redaction.ts';
import type { RedactionObfuscation } from '../schema/generated.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { unreadableFile } from '../domain/unreadable-file.ts';

export interface RedactFlags {
  readonly c?: string;
  readonly knownValueEnv?: readonly string[];
}

const MAX_BYTES = 8 * 1024 * 1024;

/** Shows a text as it would leave: data on stdout, what was removed on stderr. */
export async function redactFile(file: string, flags: RedactFlags, context: CliContext): Promise<ExitCode> {
  const { io, random } = context;
  const text = await readText(file, context);
  const { knownValues, obfuscate } = await readConfigured(flags, context);
  const given = (flags.knownValueEnv ?? []).map((name) => knownValueFrom(name, context));
  const redaction = createRedaction({
    knownValues: [...knownValues, ...given],
    key: random(32),
    obfuscate,
    maxBytes: MAX_BYTES,
  });
  // What the end of a text gives away may stand at its beginning too.
  const redacted = await redaction.redact(await redaction.redact(text));
  const { total, byRule } = redaction.counts();
  if (context.flags.json) {
    io.out(JSON.stringify({ file: file === '-' ? 'stdin' : file, total, byRule, text: redacted }));
    return EXIT.done;
  }
  io.stdout.write(redacted);
  if (total === 0) io.err('nothing was removed');
  for (const [rule, count] of Object.entries(byRule)) io.err(`${String(count).padStart(6)}  ${rule}`);
  return EXIT.done;
}

async function readText(file: string, { io, cwd }: CliContext): Promise<string> {
  const name = file === '-' ? 'standard input' : file;
  const bytes = file === '-' ? await buffer(io.stdin) : await readBytes(file, cwd);
  refuseOversize(name, bytes.byteLength);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Falls through to the same message: bytes that are no UTF-8 are no text either.
  }
  throw new WarroomError('invalid-file', `${name} is not text`, {
    why: 'only UTF-8 text can be searched for secrets',
    hint: 'unpack or convert it first, for example  zcat FILE | claude-warroom redact -',
  });
}

async function readBytes(file: string, cwd: string): Promise<Buffer> {
  const path = resolve(cwd, file);
  try {
    refuseOversize(file, (await stat(path)).size);
    return await readFile(path);
  } catch (error) {
    if (error instanceof WarroomError) throw error;
    throw unreadableFile(file, error);
  }
}

function refuseOversize(name: string, bytes: number): void {
  if (bytes <= MAX_BYTES) return;
  throw new WarroomError('invalid-file', `${name} is too large`, {
    why: `it has ${bytes} bytes, at most ${MAX_BYTES} are searched at once`,
    hint: 'take the part that matters, for example  tail -c 1000000 FILE | claude-warroom redact -',
  });
}

async function readConfigured(
  flags: RedactFlags,
  { env, cwd }: CliContext,
): Promise<{ readonly knownValues: readonly KnownValue[]; readonly obfuscate: RedactionObfuscation }> {
  if (flags.c === undefined) return { knownValues: environmentSecrets(env), obfuscate: {} };
  const { loadProcessorConfig } = await import('../config/processor-config.ts');
  const settings = await loadProcessorConfig(resolve(cwd, flags.c), { env });
  return { knownValues: await settings.readKnownValues(), obfuscate: settings.obfuscate };
}

function knownValueFrom(name: string, { env }: CliContext): KnownValue {
  const value = environmentValue(env, name);
  if (value !== undefined) return { name, value };
  throw new WarroomError('usage', `the environment variable ${name} is not set`, {
    why: 'it was named with --known-value-env, and a value that is not known cannot be found',
    hint: `set it, for example  ${name}="$(cat FILE)" claude-warroom redact …`,
  });
}
