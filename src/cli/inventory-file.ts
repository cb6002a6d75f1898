import { resolve } from 'node:path';
import { environmentValue } from '../config/environment.ts';
import { loadInventory } from '../config/load-inventory.ts';
import type { HostInventory } from '../domain/inventory-host.ts';
import type { CliContext } from './context.ts';

const DEFAULT_FILE = 'inventory.yaml';

export interface InventoryFlags {
  readonly inventory?: string;
}

/** The inventory that a command means: its flag, WARROOM_INVENTORY, or inventory.yaml in this folder. */
export async function openInventory(context: CliContext, flags: InventoryFlags): Promise<HostInventory> {
  const named = flags.inventory ?? environmentValue(context.env, 'WARROOM_INVENTORY') ?? DEFAULT_FILE;
  return await loadInventory(resolve(context.cwd, named));
}
