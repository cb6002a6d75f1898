import type { FailOn } from '../exit-codes.ts';
import type { HostsFlags } from '../run-on-hosts.ts';

/** Flags of `playbook run`. */
export interface RunFlags extends HostsFlags {
  readonly input?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly dir?: string;
  readonly from?: string;
  readonly now?: Date;
  readonly save?: string;
  readonly kubeconfig?: string;
  readonly hostedKubeconfig?: string;
  readonly execRead?: boolean;
  readonly failOn?: readonly FailOn[];
}
