/** Where an SSH connection goes and with what; everything from the zone's own configuration, nothing from a request. */
export interface SshHost {
  /** Name in the inventory, for people. */
  readonly name: string;
  /** DNS name or IP address. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Private key, without a passphrase or held by nothing but this file. */
  readonly keyFile: string;
  /** Pinned host keys; nothing else is believed. */
  readonly knownHostsFile: string;
  /** Host to go through, with a pinned key of its own. */
  readonly jump?: SshEndpoint;
  /** exec sends argument lists; wrapper names steps that the host itself looks up. */
  readonly mode: 'exec' | 'wrapper';
}

export type SshEndpoint = Pick<SshHost, 'address' | 'port' | 'user' | 'keyFile' | 'knownHostsFile'>;
