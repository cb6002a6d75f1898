import { dirname, resolve } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import type { HostInventory, InventoryEntry } from '../domain/inventory-host.ts';
import type { SshEndpoint, SshHost } from '../domain/ssh-host.ts';
import type { InventoryDefaults, InventoryHost, SshJump, SshTargetConfig } from '../schema/generated.ts';
import { readConfigFile } from './read-config-file.ts';

const SSH_PORT = 22;
const CONCURRENCY = 8;

/** Reads an inventory; its paths are meant from its own folder. Throws `usage` or `invalid-file`. */
export async function loadInventory(path: string): Promise<HostInventory> {
  const file = resolve(path);
  const inventory = await readConfigFile('Inventory', file);
  if (inventory === undefined) {
    throw new WarroomError('usage', `the inventory ${file} does not exist`, {
      hint: 'write one, or begin with what a host says: claude-warroom inventory discover --local --output FILE',
    });
  }
  const folder = dirname(file);
  return {
    hosts: inventory.hosts.map((host) => resolveEntry(host, inventory.defaults ?? {}, folder)),
    groups: inventory.groups ?? {},
    concurrency: inventory.concurrency ?? CONCURRENCY,
  };
}

/** One machine that the configuration of a processor names. */
export function resolveSshTarget(name: string, config: SshTargetConfig, folder: string): SshHost {
  const endpoint = {
    address: config.address,
    port: config.port ?? SSH_PORT,
    user: config.user,
    keyFile: resolve(folder, config.keyFile),
    knownHostsFile: resolve(folder, config.knownHostsFile),
  };
  const jump = config.jump === undefined ? {} : { jump: resolveJump(config.jump, endpoint, folder) };
  return { name, ...endpoint, ...jump, mode: config.mode ?? 'exec' };
}

function resolveEntry(host: InventoryHost, defaults: InventoryDefaults, folder: string): InventoryEntry {
  const { name, groups = [], labels = {}, databases = [] } = host;
  const entry = { name, groups, labels, databases };
  if (host.connection === 'local') return { ...entry, reach: { kind: 'local' } };
  const { user, keyFile, knownHostsFile, port, mode, jump } = { ...defaults, ...host };
  // src/domain/inventory-checks.ts has refused an inventory without them.
  if (user === undefined || keyFile === undefined || knownHostsFile === undefined)
    throw new Error(`${name} is incomplete`);
  const config: SshTargetConfig = {
    address: host.address ?? name,
    user,
    keyFile,
    knownHostsFile,
    ...(port === undefined ? {} : { port }),
    ...(mode === undefined ? {} : { mode }),
    ...(jump === undefined ? {} : { jump }),
  };
  return { ...entry, reach: { kind: 'ssh', ssh: resolveSshTarget(name, config, folder) } };
}

function resolveJump(jump: SshJump, host: SshEndpoint, folder: string): SshEndpoint {
  return {
    address: jump.address,
    port: jump.port ?? SSH_PORT,
    user: jump.user,
    keyFile: jump.keyFile === undefined ? host.keyFile : resolve(folder, jump.keyFile),
    knownHostsFile: jump.knownHostsFile === undefined ? host.knownHostsFile : resolve(folder, jump.knownHostsFile),
  };
}
