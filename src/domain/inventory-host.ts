import type { InventoryDatabase } from '../schema/generated.ts';
import type { SshHost } from './ssh-host.ts';

/** One host of an inventory with every default filled in and every path absolute. */
export interface InventoryEntry {
  readonly name: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly databases: readonly InventoryDatabase[];
  readonly reach: { readonly kind: 'local' } | { readonly kind: 'ssh'; readonly ssh: SshHost };
}

/** Hosts that one processor serves. */
export interface HostInventory {
  readonly hosts: readonly InventoryEntry[];
  /** What each group is, by name. */
  readonly groups: Readonly<Record<string, string>>;
  /** Hosts that are asked at the same time. */
  readonly concurrency: number;
}
