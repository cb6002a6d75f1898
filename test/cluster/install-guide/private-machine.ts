import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild, type ChildEnd } from '../../../src/lib/child-process.ts';
import { CLI_ARGV } from '../../support/cli.ts';

/** The machine of an administrator: this one, with names, authorities and programs of its own. */
export interface PrivateMachine {
  /** Runs commands in the folder of the administrator; throws when one fails. Gives what they printed. */
  run(commands: string): Promise<{ readonly stdout: string; readonly stderr: string }>;
  /** Writes a program into the path. */
  addProgram(name: string, script: string): Promise<void>;
  /** The whole environment of its programs. */
  readonly env: Readonly<Record<string, string>>;
  /** Argument list that runs a program with the mounts and the names of this machine. */
  within(argv: readonly string[], mounts?: readonly Mount[]): readonly string[];
}

export interface Mount {
  readonly from: string;
  readonly at: string;
}

const MAX_BYTES = 16 * 1024 * 1024;

/** A place to mount at is of the same kind as what comes there. */
const PUT =
  'put() { if [ -d "$1" ]; then mkdir -p "$2"; else mkdir -p "${2%/*}"; touch "$2"; fi; mount --bind "$1" "$2"; }';

/**
 * Names and certificate authorities of a machine stand in `/etc`. This one gets a copy of its own, which nobody else sees:
 * a mount namespace, which needs root.
 */
export async function createPrivateMachine(options: {
  readonly folder: string;
  /** Where commands run. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Lines for `/etc/hosts`. */
  readonly hosts: readonly string[];
  /** PEM; trusted beside what the machine trusts. */
  readonly authority: string;
}): Promise<PrivateMachine> {
  const { folder, home } = options;
  const [etc, bin] = [join(folder, 'etc'), join(folder, 'bin')];
  await mkdir(bin);
  await cp('/etc', etc, { recursive: true, verbatimSymlinks: true });
  await writeFile(join(etc, 'hosts'), ['127.0.0.1 localhost', ...options.hosts, ''].join('\n'));
  await writeFile(join(etc, 'ssl/certs/ca-certificates.crt'), options.authority, { flag: 'a' });
  const env = { ...options.env, PATH: `${bin}:${options.env['PATH'] ?? ''}` };

  function within(argv: readonly string[], mounts: readonly Mount[] = []): readonly string[] {
    const script = [
      'set -e',
      `mount --bind ${quote(etc)} /etc`,
      // An image has nothing there.
      ...(mounts.length === 0 ? [] : ['mount -t tmpfs none /run', 'mount -t tmpfs none /var/lib']),
      ...mounts.map(({ from, at }) => `put ${quote(from)} ${quote(at)}`),
      'exec "$@"',
    ];
    return [
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'bash',
      '--norc',
      '-c',
      [PUT, ...script].join('\n'),
      'bash',
      ...argv,
    ];
  }

  async function addProgram(name: string, script: string): Promise<void> {
    await writeFile(join(bin, name), `#!/usr/bin/env bash\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }

  await addProgram('claude-warroom', `exec ${CLI_ARGV.map(quote).join(' ')} "$@"`);
  return {
    run: async (commands) => {
      const argv = within(['bash', '--norc', '-euo', 'pipefail', '-c', commands]);
      const { end, stdout, stderr } = await runChild({ argv, env, cwd: home, timeoutMs: 120_000, maxBytes: MAX_BYTES });
      const said = { stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
      if (!isWell(end)) throw new Error(`${commands}\n${JSON.stringify(end)}\n${said.stdout}\n${said.stderr}`);
      return said;
    },
    addProgram,
    within,
    env,
  };
}

function isWell(end: ChildEnd): boolean {
  return end.kind === 'exited' && end.exit === 0;
}

export function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
