import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { environmentValue } from '../config/environment.ts';
import type { ProcessorSettings } from '../config/processor-settings.ts';
import type { CliContext } from './context.ts';

const DEFAULT_FILE = 'processor.yaml';

/** What `-c` means wherever it names the processor. */
export const PROCESSOR_FILE = 'configuration of the processor (processor.yaml)';

/** Settings of the processor that an administrator speaks about, from its own configuration file. */
export async function loadZone(context: CliContext, flag: string | undefined): Promise<ProcessorSettings> {
  const { loadProcessorConfig } = await import('../config/processor-config.ts');
  const { env, cwd, flags } = context;
  const named = flag ?? flags.config ?? environmentValue(env, 'WARROOM_CONFIG') ?? DEFAULT_FILE;
  return await loadProcessorConfig(resolve(cwd, named), { env });
}

/** `alice@hub-node`: who acts in the zone, as far as the system there knows. */
export function administratorName({ env }: Pick<CliContext, 'env'>): string {
  const user = environmentValue(env, 'SUDO_USER') ?? userName();
  return `${user}@${hostname()}`.replaceAll(/[\s<>"\\]/gu, '-').slice(0, 254);
}

/** A user without an entry in the list of users, as in a container, has a number only. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
