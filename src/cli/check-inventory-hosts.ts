import { openHost } from '../composition-targets.ts';
import { checkHost } from '../hosts/check-host.ts';
import { fanOut } from '../hosts/fan-out.ts';
import { ALL_HOSTS, selectHosts } from '../hosts/select-hosts.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../playbook/load-playbooks.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { openInventory, type InventoryFlags } from './inventory-file.ts';
import { renderHostCheck } from './render/hosts.ts';

/** Checks hosts of the inventory, several at a time; a host is printed when those before it are done. */
export async function checkInventoryHosts(
  context: CliContext,
  names: readonly string[],
  flags: InventoryFlags,
): Promise<ExitCode> {
  const { io, signal } = context;
  const inventory = await openInventory(context, flags);
  const hosts = selectHosts(inventory, names.length === 0 ? [ALL_HOSTS] : names);
  const tools = await toolsOfHostPlaybooks();
  const checks = await fanOut(hosts, inventory.concurrency, async (entry) => {
    const target = await openHost(entry.reach);
    try {
      return await checkHost(entry, target, { tools, signal });
    } finally {
      await target.close();
    }
  });
  signal.throwIfAborted();
  if (context.flags.json) {
    const rows = checks.map(({ identity, ...check }) => ({ ...check, identity: identity ?? null }));
    io.out(JSON.stringify({ hosts: rows }, undefined, 2));
  } else {
    for (const line of checks.flatMap((check) => renderHostCheck(check, io.style))) io.out(line);
  }
  return checks.every(({ identity }) => identity !== undefined) ? EXIT.done : EXIT.failed;
}

/** Programs that the steps of playbooks for hosts call, in alphabetical order. */
async function toolsOfHostPlaybooks(): Promise<readonly string[]> {
  const playbooks = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() })).map(({ playbook }) => playbook);
  const steps = playbooks.filter(({ spec }) => spec.targets.includes('host')).flatMap(({ spec }) => spec.steps);
  return [...new Set(steps.flatMap(({ argv }) => argv?.[0] ?? []))].filter((tool) => !tool.startsWith('$')).sort();
}
