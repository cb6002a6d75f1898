import { sha256 } from '../lib/digest.ts';
import { WarroomError } from '../domain/errors.ts';
import type { TerminalPhase } from '../domain/phase.ts';
import type { Signer } from '../domain/signature.ts';
import type { Ask } from '../policy/ask.ts';

/**
 * What the processor must never forget, in the order in which it happened.
 *
 * opened      a start of the processor
 * policy      the policy that is in force from here on
 * tip         the newest commit whose ancestors contain every tip accepted before
 * accepted    a request passed admission: these bytes, this nonce, allowed by this rule
 * refused     the policy refused a request
 * started     an attempt begins; written and flushed before the first command runs
 * handed-back an attempt was stopped by a shutdown and its claim given up
 * finished    an attempt ended with a result that waits in the outbox
 * published   a terminal record of ours is in the war room
 * observed    a terminal record of somebody else was seen in the war room
 * paused      the brake was set; a pause of the war room with the digest of its file
 * resumed     it was lifted; with a nonce when a signed document did it
 * history     an administrator said that a rewritten history was intended
 * stopped     an administrator stopped an attempt
 * held        a result waits in the zone until an administrator has seen it
 * released    a held result may leave
 * withheld    a held result never leaves
 * checkpoint  first line after old entries were dropped
 */
export type LedgerEvent =
  | { readonly event: 'opened'; readonly incarnation: string; readonly version: string }
  | { readonly event: 'policy'; readonly sha256: string; readonly rules: number }
  | { readonly event: 'tip'; readonly commit: string }
  | {
      readonly event: 'accepted';
      readonly id: string;
      readonly sha256: string;
      readonly nonce: string;
      readonly requester: string;
      /** Absent where signatures are not required. */
      readonly signer?: AcceptedSigner;
      /** Commit of the branch in which it was seen; absent in ledgers of older versions. */
      readonly tip?: string;
      /** Absent without a policy, and in ledgers of older versions. */
      readonly policy?: { readonly sha256: string; readonly rule: string };
      /** What was asked, for trying another policy on it. */
      readonly ask?: RecordedAsk;
    }
  | {
      readonly event: 'refused';
      readonly id: string;
      readonly requester: string;
      readonly code: string;
      readonly policy: { readonly sha256: string };
      readonly ask?: RecordedAsk;
    }
  | {
      readonly event: 'started';
      readonly id: string;
      readonly attempt: number;
      readonly incarnation: string;
      /** Time that the attempt may take; absent in ledgers of older versions. */
      readonly seconds?: number;
    }
  | { readonly event: 'handed-back'; readonly id: string; readonly attempt: number; readonly ms?: number }
  | {
      readonly event: 'finished';
      readonly id: string;
      readonly attempt: number;
      readonly phase: TerminalPhase;
      /** Time that the attempt took, by a clock that nobody sets; absent when nothing ran. */
      readonly ms?: number;
    }
  | { readonly event: 'published'; readonly id: string; readonly phase: TerminalPhase; readonly commit: string }
  | { readonly event: 'observed'; readonly id: string; readonly phase: TerminalPhase }
  | PausedEvent
  | ResumedEvent
  | {
      readonly event: 'history';
      readonly from: string;
      readonly to: string;
      readonly who: string;
      readonly reason: string;
    }
  | AdministratorEvent<'stopped' | 'released' | 'withheld'>
  | { readonly event: 'held'; readonly id: string }
  | { readonly event: 'checkpoint'; readonly dropped: number; readonly digest: string };

/** Who signed a request, and the signature itself: it stays the proof when the war room holds another one, or none. */
export interface AcceptedSigner extends Signer {
  /** Armored. */
  readonly signature: string;
}
/** A question without its author, who is the requester of the event. */
export type RecordedAsk = Omit<Ask, 'principal'>;

/** Where the brake was pulled. */
export type BrakeSource = 'zone' | 'environment' | 'repository';

export interface PausedEvent {
  readonly event: 'paused';
  readonly by: BrakeSource;
  readonly reason: string;
  readonly who?: string;
  /** Digest of the bytes of PAUSE; only of the war room. */
  readonly sha256?: string;
}

export interface ResumedEvent {
  readonly event: 'resumed';
  readonly by: BrakeSource;
  readonly who?: string;
  readonly reason?: string;
  /** Of the signed document; it lifts nothing a second time. */
  readonly nonce?: string;
}

interface AdministratorEvent<Name extends string> {
  readonly event: Name;
  readonly id: string;
  readonly who: string;
  readonly reason: string;
}

export type LedgerEntry = LedgerEvent & { readonly seq: number; readonly at: string; readonly prev: string };

/** `prev` of the first line. */
export const CHAIN_START = '0'.repeat(64);

/** `<first 16 hex digits of the digest of the JSON> <JSON>\n`; `prev` holds the whole digest of the line before. */
export function formatLedgerLine(entry: LedgerEntry): { line: string; digest: string } {
  const json = JSON.stringify(entry);
  const digest = sha256(json);
  return { line: `${digest.slice(0, 16)} ${json}\n`, digest };
}

export interface LedgerContent {
  readonly entries: readonly LedgerEntry[];
  /** Digest of the last line, the next `prev`. */
  readonly digest: string;
  /** Bytes of whole lines; what follows is a torn line and must be cut. */
  readonly wholeBytes: number;
}

/** Reads a ledger. A torn last line is left out; damage anywhere else is an error that names the line. */
export function parseLedger(text: string, file: string): LedgerContent {
  const entries: LedgerEntry[] = [];
  let digest = CHAIN_START;
  let wholeBytes = 0;
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  for (const [index, line] of lines.entries()) {
    const entry = parseLine(line);
    const isLast = index === lines.length - 1 && torn === '';
    if (entry === undefined && isLast) break;
    if (entry === undefined || entry.entry.prev !== (index === 0 ? entry.entry.prev : digest)) {
      throw new WarroomError('corrupt', `the ledger is damaged: ${file}:${index + 1}`, {
        why:
          entry === undefined ? 'the line does not match its checksum' : 'the line does not follow the one before it',
        hint: 'restore the file from a backup; never edit it. Without it, requests could run twice',
      });
    }
    entries.push(entry.entry);
    digest = entry.digest;
    wholeBytes += Buffer.byteLength(line) + 1;
  }
  return { entries, digest, wholeBytes };
}

function parseLine(line: string): { entry: LedgerEntry; digest: string } | undefined {
  const space = line.indexOf(' ');
  const json = line.slice(space + 1);
  const digest = sha256(json);
  if (space !== 16 || !digest.startsWith(line.slice(0, 16))) return undefined;
  return { entry: JSON.parse(json) as LedgerEntry, digest };
}
