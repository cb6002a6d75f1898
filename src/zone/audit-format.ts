import { sha256 } from '../lib/digest.ts';

/** What happened in the zone: an event of the processor, or a command. Every text in it is redacted. */
export type AuditRecord = { readonly event: string } & Readonly<Record<string, unknown>>;

export type AuditEntry = AuditRecord & { readonly seq: number; readonly at: string; readonly prev: string };

/** `prev` of the first line. */
export const AUDIT_START = '0'.repeat(64);

const TAIL = /,"hash":"([0-9a-f]{64})"\}$/u;

/** One line of JSON; `hash` is the SHA-256 of the line without it, and the `prev` of the next line. */
export function formatAuditLine(entry: AuditEntry): { readonly line: string; readonly hash: string } {
  const body = JSON.stringify(entry);
  const hash = sha256(body);
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, hash };
}

export interface AuditPosition {
  readonly seq: number;
  readonly hash: string;
}

export type AuditVerdict =
  | { readonly kind: 'whole'; readonly lines: number; readonly last: AuditPosition | undefined }
  /** The first line that is wrong, from 1. */
  | { readonly kind: 'broken'; readonly line: number; readonly why: string };

/**
 * Follows the chain of a log. The first line may go on from an earlier file. Who rewrites the whole file from some line on
 * makes a whole chain again: compare its last hash with what the syslog receiver has.
 */
export function verifyAudit(text: string): AuditVerdict {
  let last: AuditPosition | undefined;
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) {
    const read = readAuditLine(line);
    if (read === undefined) return broken(index, 'it does not fit its own hash');
    if (last !== undefined && (read.prev !== last.hash || read.seq !== last.seq + 1)) {
      return broken(index, 'it does not follow the line before it');
    }
    last = { seq: read.seq, hash: read.hash };
  }
  return { kind: 'whole', lines: lines.length, last };
}

/** A line that fits its own hash; undefined for any other. */
export function readAuditLine(line: string): (AuditEntry & { readonly hash: string }) | undefined {
  const hash = TAIL.exec(line)?.[1];
  const body = line.replace(TAIL, '}');
  if (hash === undefined || sha256(body) !== hash) return undefined;
  const entry = JSON.parse(body) as AuditEntry;
  return { ...entry, hash };
}

function broken(index: number, why: string): AuditVerdict {
  return { kind: 'broken', line: index + 1, why };
}

/** Facility 13, log audit (RFC 5424, section 6.2.1), severity notice. */
const PRIORITY = 13 * 8 + 5;

/** The same line as a message of RFC 5424, without framing. */
export function formatSyslog(
  line: string,
  entry: AuditEntry,
  from: { readonly host: string; readonly pid: number },
): string {
  const word = (text: string, length: number): string => text.replaceAll(/[^\x21-\x7e]/gu, '-').slice(0, length) || '-';
  const header = `<${PRIORITY}>1 ${entry.at} ${word(from.host, 255)} claude-warroom ${from.pid} ${word(entry.event, 32)} -`;
  return `${header} ${line}`;
}
