import { mkdir, readFile, rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { openAppendFile, type OpenAppendFile } from '../lib/append-file.ts';
import {
  AUDIT_START,
  formatAuditLine,
  formatSyslog,
  verifyAudit,
  type AuditEntry,
  type AuditRecord,
} from './audit-format.ts';
import { openSyslog } from './syslog.ts';

/** What happened in the zone, written down in the order in which it happened. */
export interface AuditLog {
  /** Takes a record; it is on the disk soon after. Never throws. */
  record(record: AuditRecord): void;
  /** Set once a line could not be made durable: the processor must not go on. */
  failure(): Error | undefined;
  /** Resolves when all that was recorded is on the disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface AuditLogOptions {
  readonly file: string;
  readonly syslog?: string | undefined;
  readonly clock: Clock;
  /** Size above which a start begins a new file; the one before stays beside it with `.1`. */
  readonly maxBytes: number;
  /** Told about a receiver of syslog that does not take messages: that never stops work. */
  readonly onExport: (message: string) => void;
  /** Tests put in a disk that fails. */
  readonly openFile?: OpenAppendFile | undefined;
}

/** Opens the log; throws `corrupt` when its chain is broken: what is appended to it would prove nothing. */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { file, clock, onExport } = options;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  // A line that a crash has torn was never acknowledged.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const verdict = verifyAudit(whole);
  if (verdict.kind === 'broken') {
    throw new WarroomError('corrupt', `the audit log is damaged: ${file}:${verdict.line}`, {
      why: verdict.why,
      hint: 'keep the file for whoever looks into this, under another name, and start again',
    });
  }
  if (Buffer.byteLength(whole) > options.maxBytes) await rename(file, `${file}.1`);
  const handle = await (options.openFile ?? openAppendFile)(file);
  if (whole.length < text.length && Buffer.byteLength(whole) <= options.maxBytes) {
    await handle.truncate(Buffer.byteLength(whole));
  }
  const syslog =
    options.syslog === undefined
      ? undefined
      : openSyslog({
          address: options.syslog,
          onChange: ({ isUp, lost, why }) => {
            onExport(
              `the syslog receiver ${isUp ? 'is back' : 'does not answer'}: ${why}; ${lost} messages lost so far`,
            );
          },
        });

  let { seq, hash: prev } = verdict.last ?? { seq: 0, hash: AUDIT_START };
  let failure: Error | undefined;
  const waiting: string[] = [];
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (failure !== undefined || waiting.length === 0) return;
    const lines = waiting.splice(0).join('');
    try {
      await handle.appendFile(lines);
      await handle.datasync();
    } catch (error) {
      failure = new WarroomError('not-durable', `the audit log cannot be written: ${file}`, {
        why: error instanceof Error ? error.message : String(error),
        hint: 'nothing may run that is not written down: make room, or mend the disk, and start again',
        cause: error,
      });
    }
  }

  const from = { host: hostname(), pid: process.pid };
  return {
    record: (record) => {
      const entry: AuditEntry = { seq: seq + 1, at: clock.now().toISOString(), ...record, prev };
      const { line, hash } = formatAuditLine(entry);
      seq = entry.seq;
      prev = hash;
      waiting.push(`${line}\n`);
      syslog?.send(formatSyslog(line, entry, from));
      writing = writing.then(write);
    },
    failure: () => failure,
    flush: () => writing,
    close: async () => {
      await writing;
      syslog?.close();
      await handle.close();
    },
  };
}
