import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { LedgerEntry } from '../../admission/ledger-format.ts';
import { environmentValue } from '../../config/environment.ts';
import type { ProcessorSettings } from '../../config/processor-settings.ts';
import { isWarroomError, WarroomError } from '../../domain/errors.ts';
import { loadPolicy, POLICY_FILE, type LoadedPolicy } from '../../policy/policy-file.ts';
import type { CliContext } from '../context.ts';

/** Where a command finds its policy: a file, or what the configuration of a processor names. */
export interface PolicyFlags {
  readonly file?: string;
  /** Configuration of a processor. */
  readonly c?: string;
}

export interface PolicySource {
  readonly loaded: LoadedPolicy;
  /** Set when the policy is that of a processor. */
  readonly settings?: ProcessorSettings;
}

const DEFAULT_CONFIG = 'processor.yaml';

/** The policy that the flags name; throws `usage` when they name none, `invalid-file` when it is bad. */
export async function findPolicy(context: CliContext, flags: PolicyFlags): Promise<PolicySource> {
  const { cwd } = context;
  if (flags.file !== undefined && flags.c === undefined) return { loaded: await loadPolicy(resolve(cwd, flags.file)) };
  const settings = await loadSettings(context, flags.c);
  const path = flags.file === undefined ? pathIn(settings) : resolve(cwd, flags.file);
  return { loaded: await loadPolicy(path), settings };
}

/** Where the policy of a processor lies. */
export async function policyPathOf(context: CliContext, config: string | undefined): Promise<string> {
  return pathIn(await loadSettings(context, config));
}

/** Configuration of a processor: `-c`, `--config`, WARROOM_CONFIG, or processor.yaml in this folder. */
export async function loadSettings(context: CliContext, config: string | undefined): Promise<ProcessorSettings> {
  const { cwd, env, flags } = context;
  const { loadProcessorConfig } = await import('../../config/processor-config.ts');
  const file = config ?? flags.config ?? environmentValue(env, 'WARROOM_CONFIG') ?? DEFAULT_CONFIG;
  try {
    return await loadProcessorConfig(resolve(cwd, file), { env });
  } catch (error) {
    if (!isWarroomError(error, 'usage')) throw error;
    throw new WarroomError('usage', 'it is not known which policy is meant', {
      why: error.message,
      hint: 'name a policy, or a processor with  -c FILE',
      cause: error,
    });
  }
}

function pathIn({ trustDir, file }: ProcessorSettings): string {
  if (trustDir !== undefined) return join(trustDir, POLICY_FILE);
  throw new WarroomError('usage', 'the processor has no policy', {
    why: `${file} names no trustDir`,
    hint: 'name a policy, or set trustDir there',
  });
}

/** Everything that the ledger of a processor still knows; works while the processor runs. */
export async function readLedger({ stateDir }: ProcessorSettings): Promise<readonly LedgerEntry[]> {
  const { parseLedger } = await import('../../admission/ledger-format.ts');
  const file = join(stateDir, 'ledger.jsonl');
  try {
    return parseLedger(await readFile(file, 'utf8'), file).entries;
  } catch (error) {
    if (error instanceof WarroomError) throw error;
    throw new WarroomError('not-found', `cannot read the ledger ${file}`, {
      why: error instanceof Error ? error.message : String(error),
      hint: 'run this where the processor runs, as a user that may read its state folder',
      cause: error,
    });
  }
}
