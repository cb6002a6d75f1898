import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Runs a built image by runc: `run-image.ts ROOT-FILE-SYSTEM WORK-FOLDER`. */

const [root = '', work = ''] = process.argv.slice(2);
const run = promisify(execFile);

/** What a restricted pod gives, and what it takes away. */
interface Confinement {
  readonly uid: number;
  readonly args: readonly string[];
}

interface Spec {
  process: Record<string, unknown>;
  root: Record<string, unknown>;
  linux: { resources?: unknown; namespaces: { type: string }[] };
  mounts: { destination: string; type?: string; source?: string; options?: string[] }[];
}

let bundles = 0;

/** A bundle with a read-only root, two writable folders, no capability, and a network of its own with nothing in it. */
function createBundle({ uid, args }: Confinement): string {
  const bundle = join(work, `bundle-${++bundles}`);
  mkdirSync(bundle);
  execFileSync('runc', ['spec', '--bundle', bundle]);
  const file = join(bundle, 'config.json');
  const spec = JSON.parse(readFileSync(file, 'utf8')) as Spec;
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  spec.process = {
    args,
    terminal: false,
    user: { uid, gid: 0 },
    cwd: '/var/lib/claude-warroom',
    env: [`PATH=${path}`, 'HOME=/tmp', 'TMPDIR=/tmp', 'NODE_ENV=production'],
    noNewPrivileges: true,
    capabilities: { bounding: [], effective: [], permitted: [] },
  };
  spec.root = { path: root, readonly: true };
  delete spec.linux.resources;
  spec.linux.namespaces = spec.linux.namespaces.filter(({ type }) => type !== 'cgroup');
  spec.mounts = [
    ...spec.mounts.filter(({ destination }) => destination !== '/sys/fs/cgroup'),
    { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
    {
      destination: '/var/lib/claude-warroom',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'nodev', 'mode=2770', 'gid=0'],
    },
  ];
  writeFileSync(file, JSON.stringify(spec));
  return bundle;
}

interface Ended {
  readonly exit: number | null;
  readonly output: string;
}

/** Runs it to its end; `onOutput` may signal it by its name. */
async function inContainer(
  args: readonly string[],
  options: { readonly uid?: number; readonly onOutput?: (output: string, name: string) => void } = {},
): Promise<Ended> {
  const name = `warroom-image-${process.pid}-${bundles}`;
  const bundle = createBundle({ uid: options.uid ?? 1_000_650_000, args });
  const child = spawn('runc', ['run', '--bundle', bundle, name], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      options.onOutput?.(output, name);
    });
  }
  const exit = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exit, output };
}

const ENTRYPOINT = '/usr/local/lib/claude-warroom/entrypoint.sh';

async function check(title: string, action: () => Promise<void>): Promise<void> {
  const started = performance.now();
  await action();
  console.log(`ok  ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

async function megabytes(path: string): Promise<number> {
  const { stdout } = await run('du', ['-sm', join(root, path)]).catch(() => ({ stdout: '0' }));
  return Number.parseInt(stdout, 10);
}

await check('says its version as a user without an entry', async () => {
  const { exit, output } = await inContainer([ENTRYPOINT, '--version']);
  assert.equal(exit, 0, output);
  assert.match(output, /^\d+\.\d+\.\d+/u);
});

await check('finds git, ssh-keygen and, where it is in the image, Claude Code', async () => {
  const { output } = await inContainer([ENTRYPOINT, 'doctor', '--json']);
  const { checks } = JSON.parse(output) as { checks: { name: string; state: string; text: string }[] };
  const states = Object.fromEntries(checks.map(({ name, state }) => [name, state]));
  assert.deepEqual([states['node'], states['git'], states['ssh-keygen']], ['ok', 'ok', 'ok'], output);
});

await check('writes nowhere but where it may', async () => {
  const script =
    'for d in / /etc /opt/claude-warroom /usr/local/bin; do touch "$d/x" 2>/dev/null && exit 9; done; touch /tmp/x /var/lib/claude-warroom/x';
  const { exit, output } = await inContainer(['/bin/sh', '-c', script]);
  assert.equal(exit, 0, output);
});

for (const uid of [1_000_650_000, 10_001]) {
  await check(`asks and answers a whole question as user ${uid}, without a network`, async () => {
    const { exit, output } = await inContainer([ENTRYPOINT, 'demo', '--json'], { uid });
    assert.equal(exit, 0, output);
    const line = output.split('\n').find((each) => each.startsWith('{')) ?? '';
    const result = JSON.parse(line) as { phase: string; verified: boolean };
    assert.deepEqual([result.phase, result.verified], ['succeeded', true], output);
  });
}

/** A processor on an empty war room of the container itself. */
const PROCESSOR = `set -e
cd /var/lib/claude-warroom
git init -q --bare war-room.git
git -C war-room.git config uploadpack.allowFilter true
claude-warroom init --repo /var/lib/claude-warroom/war-room.git --yes >/dev/null 2>&1 || true
cat > processor.yaml <<'YAML'
apiVersion: warroom.intility.io/v1
kind: ProcessorConfig
cluster: { type: host, name: container }
trust: open
repository: { url: /var/lib/claude-warroom/war-room.git }
stateDir: /var/lib/claude-warroom/state
engine: diagnostics
YAML
exec ${ENTRYPOINT} processor run --config processor.yaml --log json
`;

await check('stops in order at SIGTERM, and ends with 0', async () => {
  let isSignalled = false;
  const { exit, output } = await inContainer(['/bin/sh', '-c', PROCESSOR], {
    onOutput: (said, name) => {
      if (isSignalled || !said.includes('"event":"started"')) return;
      isSignalled = true;
      execFileSync('runc', [
        'exec',
        '--user',
        '1000650000:0',
        name,
        'claude-warroom',
        'status',
        '--local',
        '--config',
        '/var/lib/claude-warroom/processor.yaml',
      ]);
      execFileSync('runc', ['kill', name, 'TERM']);
    },
  });
  assert.ok(isSignalled, output);
  assert.equal(exit, 0, output);
});

await check('passes the exit code of what it runs on', async () => {
  const { exit } = await inContainer([ENTRYPOINT, 'status', '--local', '--config', '/nonexistent.yaml']);
  assert.equal(exit, 2);
});

const [all, claude, app] = await Promise.all(['', 'usr/local/bin/claude', 'opt/claude-warroom'].map(megabytes));
console.log(`size: ${all} MB on disk, of which Claude Code ${claude} MB and this program with its packages ${app} MB`);
