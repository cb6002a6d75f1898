import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readClaudeVersion } from './find-claude.ts';
import { parseRecord } from '../schema/json-fields.ts';
import { preflightClaude, PREFLIGHT_REVISION, type Preflight, type PreflightOptions } from './preflight.ts';

/** What was found safe: this self test on these bytes, which call themselves this version, run as this user. */
interface Proof {
  readonly revision: number;
  readonly version: string;
  readonly sha256: string;
  /** `uid:gid`, or `own` when it runs as whoever runs the processor. */
  readonly user: string;
}

export interface ProveOptions extends PreflightOptions {
  readonly file: string;
  /** Tests put in a quick one. */
  readonly selfTest?: (binary: string, options: PreflightOptions) => Promise<Preflight>;
}

/**
 * The self test, once for each claude: `file` keeps what passed. The version is asked again each time, since a small
 * program in front of the real one keeps its bytes when the real one changes. A failure is never kept.
 */
export async function proveClaude(
  binary: string,
  { file, selfTest = preflightClaude, ...options }: ProveOptions,
): Promise<Preflight> {
  const [version, sha256] = await Promise.all([readClaudeVersion(binary), digestOf(binary)]);
  const user = options.user === undefined ? 'own' : `${options.user.uid}:${options.user.gid}`;
  const isKnown = version !== undefined && sha256 !== undefined;
  const proof = isKnown ? { revision: PREFLIGHT_REVISION, version, sha256, user } : undefined;
  if (proof !== undefined && isSame(await readProof(file), proof)) return { ok: true, version: proof.version };
  const result = await selfTest(binary, options);
  if (result.ok && proof?.version === result.version) await writeProof(file, proof);
  return result;
}

async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch {
    // What cannot be read is not remembered; whether it can be run is for the self test to say.
    return undefined;
  }
  return hash.digest('hex');
}

async function readProof(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  return parseRecord(await readFile(file, 'utf8').catch(() => ''));
}

function isSame(stored: Readonly<Record<string, unknown>> | undefined, proof: Proof): boolean {
  return Object.entries(proof).every(([name, value]) => stored?.[name] === value);
}

async function writeProof(file: string, proof: Proof): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.new`;
  await writeFile(temporary, `${JSON.stringify(proof)}\n`, { mode: 0o600 });
  await rename(temporary, file);
}
