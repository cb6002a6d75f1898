import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../../src/lib/child-process.ts';
import { closedEnvironment } from './closed-environment.ts';
import { freePort } from './free-port.ts';
import { killTree } from './process-tree.ts';
import { printSkipReason } from './skip-reason.ts';
import { createTempFolder } from './temp-folder.ts';
import { waitUntil } from './wait-until.ts';

/** sshd re-executes itself and therefore wants an absolute path. */
const PLACES = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'];

export interface Sshd {
  readonly port: number;
  readonly user: string;
  /** `ssh://` URL of a repository given by its absolute path. */
  url(repositoryPath: string): string;
  /** Private key that may log in. */
  readonly identityFile: string;
  readonly knownHostsFile: string;
  /** Keys that may log in; a test may write options such as a forced command into it while sshd runs. */
  readonly authorizedKeysFile: string;
  /** The line of the key without options. */
  readonly publicKey: string;
  /** Process id of the daemon. */
  readonly pid: number;
  /** Client configuration with the two files above; nothing of the developer's own is read with `ssh -F`. */
  readonly clientConfig: string;
  /** `GIT_SSH_COMMAND` for children of the test. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts a real sshd on loopback with keys of its own and, when they are given, more lines of configuration; undefined,
 * with a printed reason, where none is installed.
 */
export async function startSshd(lines: readonly string[] = []): Promise<Sshd | undefined> {
  const program = PLACES.find((place) => existsSync(place));
  if (program === undefined) {
    printSkipReason(`no sshd in ${PLACES.join(', ')}: nothing is tested over SSH`);
    return undefined;
  }
  const folder = await createTempFolder('warroom-sshd');
  try {
    const keys = await createKeys(folder.path);
    const daemon = await startDaemon(program, folder.path, { keys, lines });
    const clientConfig = await writeClientConfig(folder.path, keys, daemon.port);
    return {
      port: daemon.port,
      user: userInfo().username,
      url: (path) => `ssh://${userInfo().username}@127.0.0.1:${daemon.port}${path}`,
      identityFile: keys.user,
      knownHostsFile: clientConfig.knownHostsFile,
      authorizedKeysFile: keys.authorized,
      publicKey: (await readFile(`${keys.user}.pub`, 'utf8')).trim(),
      pid: daemon.pid,
      clientConfig: clientConfig.path,
      env: { GIT_SSH_COMMAND: `ssh -F ${clientConfig.path}` },
      close: async () => {
        await killTree(daemon.pid);
        await folder.close();
      },
    };
  } catch (error) {
    await folder.close();
    throw error;
  }
}

interface Keys {
  readonly host: string;
  readonly user: string;
  readonly authorized: string;
}

async function createKeys(folder: string): Promise<Keys> {
  const keys = { host: join(folder, 'host'), user: join(folder, 'user'), authorized: join(folder, 'authorized_keys') };
  for (const file of [keys.host, keys.user]) {
    await runTool(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
  }
  await copyFile(`${keys.user}.pub`, keys.authorized);
  return keys;
}

async function startDaemon(
  program: string,
  folder: string,
  { keys, lines }: { readonly keys: Keys; readonly lines: readonly string[] },
): Promise<{ readonly port: number; readonly pid: number }> {
  // Started by root, sshd insists on this folder, which otherwise its service makes at every boot.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const config = join(folder, 'sshd_config');
  await writeFile(config, serverConfig(keys) + lines.map((line) => `${line}\n`).join(''));
  // Newer versions lock out an address after failed logins, and here everybody has the same address.
  const noPenalties = ['-o', 'PerSourcePenalties=no'];
  const check = await runChild({ ...TOOL, argv: [program, '-t', '-f', config, ...noPenalties] });
  const isKnown = check.end.kind === 'exited' && check.end.exit === 0;

  let log = '';
  // A free port can be taken by somebody else between asking for it and using it.
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const port = await freePort();
    const child = spawn(program, ['-D', '-e', '-f', config, '-p', String(port), ...(isKnown ? noPenalties : [])], {
      env: closedEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    log = '';
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const isListening = await waitUntil(
      () => (log.includes('Server listening on') ? 'yes' : child.exitCode === null ? undefined : 'no'),
      { what: () => `sshd to listen: ${log}` },
    );
    if (isListening === 'yes' && child.pid !== undefined) return { port, pid: child.pid };
  }
  throw new Error(`sshd does not start: ${log}`);
}

function serverConfig(keys: Keys): string {
  return [
    'ListenAddress 127.0.0.1',
    `HostKey ${keys.host}`,
    `AuthorizedKeysFile ${keys.authorized}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PubkeyAuthentication yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'PermitUserRC no',
    'PrintMotd no',
    'MaxStartups 200',
    'AcceptEnv GIT_PROTOCOL',
    `SetEnv PATH=${closedEnvironment()['PATH'] ?? ''} GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1`,
    '',
  ].join('\n');
}

async function writeClientConfig(
  folder: string,
  keys: Keys,
  port: number,
): Promise<{ readonly path: string; readonly knownHostsFile: string }> {
  const path = join(folder, 'ssh_config');
  const knownHostsFile = join(folder, 'known_hosts');
  const hostKey = await readFile(`${keys.host}.pub`, 'utf8');
  await writeFile(knownHostsFile, `[127.0.0.1]:${port} ${hostKey}`);
  const lines = [
    `IdentityFile ${keys.user}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    `UserKnownHostsFile ${knownHostsFile}`,
    'GlobalKnownHostsFile /dev/null',
    'StrictHostKeyChecking yes',
    'BatchMode yes',
    'SendEnv GIT_PROTOCOL',
    '',
  ];
  await writeFile(path, lines.join('\n'));
  return { path, knownHostsFile };
}

const TOOL = { env: closedEnvironment(), timeoutMs: 10_000, maxBytes: 64 * 1024 };

async function runTool(argv: readonly string[]): Promise<void> {
  const result = await runChild({ ...TOOL, argv });
  if (result.end.kind === 'exited' && result.end.exit === 0) return;
  throw new Error(`${argv.join(' ')}: ${JSON.stringify(result.end)} ${result.stderr.toString()}`);
}
