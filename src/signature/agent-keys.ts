import { runChild } from '../lib/child-process.ts';
import { parsePublicKey } from './public-key.ts';

const TIMEOUT_MS = 5000;
const MAX_BYTES = 64 * 1024;

/** Public keys of the ssh-agent, as `ssh-add -L` prints them; none when there is no agent. */
export async function readAgentKeys(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  if (env['SSH_AUTH_SOCK'] === undefined) return [];
  const { end, stdout } = await runChild({
    argv: ['ssh-add', '-L'],
    env,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  if (end.kind !== 'exited' || end.exit !== 0) return [];
  return stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => parsePublicKey(line) !== undefined);
}
