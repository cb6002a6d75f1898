import type { Clock } from '../lib/clock.ts';
import type { CommandResult, Target } from './port.ts';

/** Stands for a whole inventory until a request names one of its hosts: nothing can run on it. */
export function createUnchosenTarget(options: { readonly name: string; readonly clock: Clock }): Target {
  const denied = async (): Promise<CommandResult> => {
    const stderr = 'no host of the inventory is named';
    const result = { stdout: '', stderr, truncated: false, startedAt: options.clock.now(), ms: 0 };
    return await Promise.resolve({ end: { kind: 'denied' }, ...result });
  };
  return {
    kind: 'inventory',
    identify: async () =>
      await Promise.resolve({ kind: 'inventory', identity: options.name, name: options.name, platform: 'linux' }),
    run: denied,
    collect: denied,
    close: async () => {
      await Promise.resolve();
    },
  };
}
