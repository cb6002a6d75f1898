import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { openHost } from '../composition-targets.ts';
import { WarroomError } from '../domain/errors.ts';
import type { InventoryEntry } from '../domain/inventory-host.ts';
import { discoverHost, type Discovery } from '../hosts/discover-host.ts';
import { selectHosts } from '../hosts/select-hosts.ts';
import { createRedaction } from '../redaction/create-redaction.ts';
import { cleanLine } from '../report/untrusted.ts';
import { formatYaml } from '../schema/format-document.ts';
import type { Inventory, InventoryHost } from '../schema/generated.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { openInventory, type InventoryFlags } from './inventory-file.ts';

export interface DiscoverFlags extends InventoryFlags {
  readonly local?: boolean;
  readonly output?: string;
}

/** Looks at one machine and prints what its entry in an inventory could be. */
export async function discoverHostCommand(
  context: CliContext,
  name: string | undefined,
  flags: DiscoverFlags,
): Promise<ExitCode> {
  const { io, signal } = context;
  const entry = await chooseEntry(context, name, flags);
  const target = await openHost(entry.reach);
  try {
    const identity = await target.identify(signal);
    const discovery = await discoverHost(target, signal);
    signal.throwIfAborted();
    if (discovery.isUnanswered) {
      throw new WarroomError('offline', `cannot look at ${entry.name}`, {
        why: discovery.gaps[0] ?? 'it does not answer',
        hint: `see what is wrong: claude-warroom inventory check ${entry.name}`,
      });
    }
    const redaction = createRedaction({ knownValues: [], key: context.random(32) });
    const text = await redaction.redact(proposal(entry, { discovery, identity: identity.identity }));
    if (flags.output === undefined) {
      io.out(text.trimEnd());
      return EXIT.done;
    }
    await writeNew(resolve(context.cwd, flags.output), text);
    io.err(`${io.errorStyle.good('✔')} ${flags.output} written; look it over, then: claude-warroom inventory check`);
    return EXIT.done;
  } finally {
    await target.close();
  }
}

async function chooseEntry(
  context: CliContext,
  name: string | undefined,
  flags: DiscoverFlags,
): Promise<InventoryEntry> {
  if ((name === undefined) !== (flags.local === true)) {
    throw new WarroomError('usage', 'say which machine: a host of the inventory, or --local', {
      hint: 'for example  claude-warroom inventory discover --local',
    });
  }
  const reach = { kind: 'local' } as const;
  if (name === undefined) return { name: hostName(hostname()), groups: [], labels: {}, databases: [], reach };
  const hosts = selectHosts(await openInventory(context, flags), [name]);
  const host = hosts.find((each) => each.name === name);
  if (host === undefined) {
    throw new WarroomError('usage', `${name} is a group`, { hint: 'name one host; claude-warroom inventory list' });
  }
  if (host.reach.kind === 'ssh' && host.reach.ssh.mode === 'wrapper') {
    throw new WarroomError('not-allowed', `${name} runs steps of its own table only`, {
      why: 'it is reached in mode: wrapper, and discovering needs other commands',
      hint: 'run  claude-warroom inventory discover --local  on the host itself',
    });
  }
  return host;
}

/** Lower case letters, digits and -, as an inventory wants them. */
function hostName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/\..*$/u, '')
    .replace(/[^a-z0-9]+/gu, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/gu, '');
  return name === '' ? 'host' : name;
}

function proposal(
  { name, reach, groups, labels }: InventoryEntry,
  found: { readonly discovery: Discovery; readonly identity: string },
): string {
  const { units, composeProjects, ports, databases, gaps } = found.discovery;
  const host: InventoryHost = {
    name,
    ...(reach.kind === 'local'
      ? { connection: 'local' }
      : {
          address: reach.ssh.address,
          port: reach.ssh.port,
          user: reach.ssh.user,
          keyFile: reach.ssh.keyFile,
          knownHostsFile: reach.ssh.knownHostsFile,
          mode: reach.ssh.mode,
        }),
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
    ...(Object.keys(labels).length === 0 ? {} : { labels: { ...labels } }),
    ...(databases.length === 0 ? {} : { databases: [...databases] }),
  };
  const inventory: Inventory = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Inventory',
    ...(groups.length === 0 ? {} : { groups: Object.fromEntries(groups.map((group) => [group, ''])) }),
    hosts: [host],
  };
  const comments = [
    `A proposal for ${name}, identity ${found.identity}. Look it over.`,
    ...section('Services that run', units),
    ...section('Compose projects', composeProjects),
    ...section(
      'Listening ports',
      ports.map(({ port, address, program }) => `${port} on ${address}${program === undefined ? '' : ` (${program})`}`),
    ),
    ...section('Not seen', gaps),
  ];
  // What a host says stays one comment line each, whatever it holds.
  const lines = comments.map((line) => `# ${cleanLine(line)}`);
  return `${formatYaml('Inventory', inventory)}${lines.join('\n')}\n`;
}

function section(title: string, rows: readonly string[]): readonly string[] {
  return rows.length === 0 ? [] : [`${title}:`, ...rows.slice(0, 200).map((row) => `- ${row}`)];
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new WarroomError('usage', `cannot write ${file}`, {
      why: code === 'EEXIST' ? 'it exists, and is never overwritten' : String(error),
      hint: 'name another file with --output',
      cause: error,
    });
  }
}
