import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { sha256 } from '../../lib/digest.ts';
import type { Command, CommandResult, TargetIdentity } from '../port.ts';

/** The machine id; where there is none, a digest of the host name, which is stable as long as the name is. */
export async function identifyHost(run: (command: Command) => Promise<CommandResult>): Promise<TargetIdentity> {
  const platform = os.platform();
  const id = platform === 'darwin' ? await macPlatformId(run) : await machineId();
  return { kind: 'local', identity: id ?? sha256(os.hostname()), name: os.hostname(), platform };
}

/** Absent, empty or `uninitialized` in images that have never been booted. */
async function machineId(): Promise<string | undefined> {
  const text = await readFile('/etc/machine-id', 'utf8').catch(() => '');
  return /^[0-9a-f]{32}$/u.exec(text.trim())?.[0];
}

async function macPlatformId(run: (command: Command) => Promise<CommandResult>): Promise<string | undefined> {
  const argv = ['ioreg', '-rd1', '-c', 'IOPlatformExpertDevice'];
  const { stdout } = await run({ argv, timeoutMs: 3000, maxBytes: 64 * 1024 });
  return /"IOPlatformUUID" = "([0-9A-Fa-f-]{36})"/u.exec(stdout)?.[1];
}
