import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { formatSyslog, readAuditLine, verifyAudit } from '../zone/audit-format.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { loadZone } from './zone.ts';
import { unreadableFile } from '../domain/unreadable-file.ts';

export interface AuditFlags {
  /** Milliseconds. */
  readonly since?: number;
  readonly format: 'jsonl' | 'syslog';
  readonly verify?: string;
  readonly c?: string;
}

/** Prints the audit log of a zone, or checks one. */
export async function exportAudit(context: CliContext, flags: AuditFlags): Promise<ExitCode> {
  if (flags.verify !== undefined) return await verify(context, flags.verify);
  const { io, clock } = context;
  const { audit } = await loadZone(context, flags.c);
  const from = flags.since === undefined ? '' : new Date(clock.now().getTime() - flags.since).toISOString();
  const host = hostname();
  for (const file of [`${audit.file}.1`, audit.file]) {
    for await (const line of linesOf(file)) {
      const entry = readAuditLine(line);
      // What does not fit its hash is shown as it is: hiding it would help whoever changed it.
      if (entry === undefined) io.err(`${io.errorStyle.warn('warning:')} a line of ${file} does not fit its own hash`);
      else if (entry.at < from) continue;
      io.out(
        entry === undefined || flags.format === 'jsonl' ? line : formatSyslog(line, entry, { host, pid: process.pid }),
      );
    }
  }
  return EXIT.done;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, 'utf8');
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) yield line;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  } finally {
    stream.destroy();
  }
}

async function verify({ io, cwd, flags }: CliContext, name: string): Promise<ExitCode> {
  const text = await readFile(resolve(cwd, name), 'utf8').catch((error: unknown) => {
    throw unreadableFile(name, error);
  });
  const verdict = verifyAudit(text);
  if (flags.json) io.out(JSON.stringify({ file: name, ...verdict }));
  else if (verdict.kind === 'whole') {
    io.err(`${io.errorStyle.good('✔')} ${name}: ${verdict.lines} lines, the chain is whole`);
    if (verdict.last !== undefined) io.out(`${verdict.last.seq} ${verdict.last.hash}`);
  } else {
    io.err(`${io.errorStyle.bad('✖')} ${name}:${verdict.line}: ${verdict.why}`);
  }
  return verdict.kind === 'whole' ? EXIT.done : EXIT.failed;
}
