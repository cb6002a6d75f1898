import type { SshHost } from '../../domain/ssh-host.ts';

interface Explanation {
  readonly pattern: RegExp;
  readonly why: string;
  readonly hint: (host: SshHost) => string;
}

/** What ssh says (OpenSSH 8 to 10), most telling first. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/u,
    why: 'its host key is not the pinned one, so somebody else may answer there',
    hint: ({ knownHostsFile }) =>
      `ask its administrator whether the key was changed, then replace its line in ${knownHostsFile}`,
  },
  {
    pattern: /host key is known for|Host key verification failed/u,
    why: 'no host key is pinned for it',
    hint: ({ knownHostsFile, address, port }) =>
      `add its line to ${knownHostsFile}: ssh-keyscan -p ${port} ${address}, compared with the host itself`,
  },
  {
    pattern: /UNPROTECTED PRIVATE KEY FILE|Load key .*: (?:bad permissions|Permission denied)/u,
    why: 'its private key file is readable by others, or not by us',
    hint: ({ keyFile }) => `chmod 600 ${keyFile}, owned by the user of the processor`,
  },
  {
    pattern: /Load key |no such identity|Identity file .* not accessible/u,
    why: 'its private key cannot be used',
    hint: ({ keyFile }) => `${keyFile} must hold a private key without a passphrase`,
  },
  {
    pattern: /Permission denied \(|Too many authentication failures/u,
    why: 'it does not accept our key',
    hint: ({ user, keyFile }) => `add the public half of ${keyFile} to authorized_keys of ${user}`,
  },
  {
    pattern: /Could not resolve hostname|Name or service not known/u,
    why: 'its name has no address',
    hint: () => 'correct its address in the inventory, or the DNS of the processor',
  },
  {
    pattern: /Connection refused/u,
    why: 'nothing listens on the port',
    hint: ({ port }) => `start sshd there, or correct port ${port} in the inventory`,
  },
  {
    pattern: /timed out|timeout, server|not responding/iu,
    why: 'it does not answer',
    hint: () => 'it may be down, or a firewall drops the packets',
  },
  {
    pattern: /No route to host|Network is unreachable/u,
    why: 'there is no way to it',
    hint: () => 'check routes and firewalls between the processor and it',
  },
  {
    pattern: /Connection (?:closed|reset)|kex_exchange_identification|Broken pipe|banner exchange/u,
    why: 'it closed the connection',
    hint: () => 'its sshd may be overloaded, or something else listens there',
  },
];

/** Why a host cannot be reached, as one line: what happened, why, what to do. */
export function explainSshFailure(host: SshHost, stderr: string): string {
  const found = EXPLANATIONS.find(({ pattern }) => pattern.test(stderr));
  const where = `cannot reach ${host.name} over SSH (${host.user}@${host.address} port ${host.port})`;
  if (found !== undefined) return `${where}: ${found.why}; ${found.hint(host)}`;
  const said = stderr
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '');
  return `${where}: ${said ?? 'ssh gave no reason'}`;
}
