import { readFile, stat } from 'node:fs/promises';
import { WarroomError } from '../domain/errors.ts';
import { sha256 } from '../lib/digest.ts';
import type { Clock } from '../lib/clock.ts';
import { decodeUtf8 } from '../lib/utf8.ts';
import type { Policy } from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { formatProblems } from '../schema/problem.ts';
import { compilePolicy, type CompiledPolicy } from './compile-policy.ts';

/** Name of the policy in the trust folder of a processor. */
export const POLICY_FILE = 'policy.yaml';

export interface LoadedPolicy {
  readonly file: string;
  readonly policy: CompiledPolicy;
  /** The document as it was read. */
  readonly document: Policy;
  /** Hex digest of the bytes. */
  readonly sha256: string;
}

/** Reads a policy; throws `invalid-file` with line and column of each problem. */
export async function loadPolicy(file: string): Promise<LoadedPolicy> {
  return parsePolicy(await readBytes(file), file);
}

export type PolicyChange =
  | { readonly kind: 'same' }
  | { readonly kind: 'changed'; readonly loaded: LoadedPolicy }
  /** The last good policy stays in force; `isNew` once for each way in which the file is bad. */
  | { readonly kind: 'broken'; readonly error: WarroomError; readonly isNew: boolean };

/** The policy in force, and the look whether its file has changed. */
export interface PolicyFile {
  readonly loaded: LoadedPolicy;
  /** The file is bad now, and the policy in force is an older one. */
  readonly isBroken: boolean;
  check(): Promise<PolicyChange>;
}

/** Whoever writes the file in several steps has this long for each of them. */
const SETTLE_MS = 200;
const MAX_LOOKS = 5;

/** Opens the first policy; without a good one there is nothing to go by, so this throws `invalid-file`. */
export async function openPolicyFile(file: string, clock: Pick<Clock, 'sleep'>): Promise<PolicyFile> {
  let mark = await markOf(file);
  let loaded = await loadPolicy(file);
  let problem: WarroomError | undefined;

  let last: Promise<unknown> = Promise.resolve();

  async function look(): Promise<PolicyChange> {
    const now = await settledMark(mark);
    if (now === undefined) return { kind: 'same' };
    if (now === mark)
      return problem === undefined ? { kind: 'same' } : { kind: 'broken', error: problem, isNew: false };
    try {
      const next = await loadPolicy(file);
      mark = now;
      const wasBroken = problem !== undefined;
      problem = undefined;
      if (next.sha256 === loaded.sha256 && !wasBroken) return { kind: 'same' };
      loaded = next;
      return { kind: 'changed', loaded };
    } catch (error) {
      if (!(error instanceof WarroomError)) throw error;
      const isNew = problem?.message !== error.message;
      problem = error;
      mark = now;
      return { kind: 'broken', error, isNew };
    }
  }

  /** What marks the file once it has stopped changing; undefined while somebody still writes it. */
  async function settledMark(known: string): Promise<string | undefined> {
    let seen = await markOf(file);
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      if (seen === known) return seen;
      // Half a file may be a good policy that lacks its limits.
      await clock.sleep(SETTLE_MS);
      const next = await markOf(file);
      if (next === seen) return next;
      seen = next;
    }
    return undefined;
  }

  return {
    get loaded() {
      return loaded;
    },
    get isBroken() {
      return problem !== undefined;
    },
    // One after the other, so that a change is told once.
    async check() {
      const next = last.catch(() => undefined).then(look);
      last = next;
      return await next;
    },
  };
}

function parsePolicy(bytes: Uint8Array, file: string): LoadedPolicy {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new WarroomError('invalid-file', `the policy ${file} is not UTF-8 text`);
  const parsed = parseDocument('Policy', text, { file });
  if (!parsed.ok) {
    throw new WarroomError('invalid-file', formatProblems(parsed.problems, parsed.more), {
      hint: `check it with  claude-warroom policy validate ${file}`,
    });
  }
  return { file, policy: compilePolicy(parsed.value), document: parsed.value, sha256: sha256(bytes) };
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new WarroomError('invalid-file', `cannot read the policy ${file}`, {
      why: code === 'ENOENT' ? 'there is no such file' : `the system says ${code}`,
      hint: 'what no policy allows is denied: write one, see docs/policy.md',
      cause: error,
    });
  }
}

/** Changes whenever somebody writes or replaces the file; `gone` while it is not there. */
async function markOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return 'gone';
  }
}
