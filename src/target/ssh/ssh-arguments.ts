import { quoteArguments } from './quote.ts';
import type { SshEndpoint, SshHost } from '../../domain/ssh-host.ts';

/**
 * Options of every connection (facts of OpenSSH's ssh_config manual): no configuration file, no agent, no password, no
 * forwarding, no terminal, and only host keys that are pinned.
 */
const OPTIONS = [
  'BatchMode=yes',
  'ConnectTimeout=5',
  'StrictHostKeyChecking=yes',
  'GlobalKnownHostsFile=/dev/null',
  'UpdateHostKeys=no',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=2',
  'LogLevel=ERROR',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ForwardX11=no',
  'Tunnel=no',
  'PermitLocalCommand=no',
  'IdentitiesOnly=yes',
  'IdentityAgent=none',
  'PreferredAuthentications=publickey',
  'EscapeChar=none',
  'RequestTTY=no',
];

/** Seconds after which a connection that nobody uses ends by itself, also when this process was killed. */
const IDLE_SECONDS = 60;

/** Opens the connection that all commands of a run share, and goes to the background when it stands. */
export function masterArgv(host: SshHost, socket: string): readonly string[] {
  const master = ['-f', '-N', '-o', 'ControlMaster=yes', '-o', `ControlPersist=${IDLE_SECONDS}`];
  return ['ssh', ...endpointOptions(host), ...jumpOptions(host), ...master, '-S', socket, '--', host.address];
}

/** Runs one line of text in the login shell of the user, over the shared connection. */
export function sessionArgv(host: SshHost, socket: string, line: string): readonly string[] {
  const shared = ['-o', 'ControlMaster=no', '-S', socket];
  return ['ssh', '-T', ...endpointOptions(host), ...jumpOptions(host), ...shared, '--', host.address, line];
}

/** Ends the shared connection. */
export function exitArgv(host: SshHost, socket: string): readonly string[] {
  return ['ssh', '-F', 'none', '-O', 'exit', '-S', socket, '--', host.address];
}

function endpointOptions(endpoint: SshEndpoint): readonly string[] {
  const options = [...OPTIONS, `UserKnownHostsFile=${fileValue(endpoint.knownHostsFile)}`];
  const flags = options.flatMap((option) => ['-o', option]);
  return ['-F', 'none', ...flags, '-i', endpoint.keyFile, '-l', endpoint.user, '-p', String(endpoint.port)];
}

/**
 * The way over another host. ProxyJump would read neither our key nor our pinned host keys for it, so the same command
 * is spelled out; it is read by a shell and knows %-escapes.
 */
function jumpOptions({ jump }: SshHost): readonly string[] {
  if (jump === undefined) return [];
  const through = ['ssh', ...endpointOptions(jump).map((part) => part.replaceAll('%', '%%')), '-W', '[%h]:%p'];
  return ['-o', `ProxyCommand=${quoteArguments([...through, '--', jump.address])}`];
}

/** A path as the value of an option: quoted for blanks, `%` doubled because ssh expands it. */
function fileValue(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
