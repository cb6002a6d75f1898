import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatYaml } from '../../src/schema/format-document.ts';
import { CLI_ARGV, createCliHome, runCli, startCli, type CliHome, type RunningCli } from '../support/cli.ts';
import { createBareRemote, git, pushFiles, readFileAt } from '../support/git-rig.ts';
import { canOpenTerminal, KEYS, openTerminal, type Terminal } from '../support/pty.ts';

let home: CliHome;
let warRoom: string;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  home = await createCliHome({ name: 'Alice', email: 'alice@example.com' });
  warRoom = join(home.path, 'warroom.git');
});

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
  await home.close();
});

function terminal(...args: readonly string[]): Terminal {
  const opened = openTerminal([...CLI_ARGV, ...args], { cwd: home.path, env: home.env, columns: 110 });
  open.push(opened);
  return opened;
}

async function run(...args: readonly string[]): Promise<string> {
  const { exit, stdout, stderr } = await runCli(args, { home });
  if (exit !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** A processor beside the terminal, so that menus have something to offer. */
async function startProcessor(): Promise<RunningCli> {
  const config = formatYaml('ProcessorConfig', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'ProcessorConfig',
    cluster: { name: 'web-1', type: 'host' },
    trust: 'open',
    repository: { url: warRoom },
    stateDir: join(home.path, 'state'),
    polling: { minSeconds: 0.2, maxSeconds: 0.2 },
    progressSeconds: 0,
  });
  await writeFile(join(home.path, 'processor.yaml'), config);
  const running = startCli(['processor', 'run'], { home });
  open.push(running);
  await running.waitFor(/"synced"/u);
  return running;
}

describe.runIf(await canOpenTerminal())('prompts in a terminal', () => {
  it('ask for what investigate needs, choosing from what processors offer', async () => {
    await run('init', '--repo', warRoom);
    await run('cluster', 'add', 'web-2', '--type', 'host', '--description', 'nobody is there');
    await startProcessor();
    const screen = terminal('investigate', '--follow');
    await screen.waitFor(/Cluster/u);
    // Whoever is alive stands on top.
    await screen.waitFor(/web-1 \(host\)[\s\S]*web-2 \(host\) · /u);
    screen.send(KEYS.enter);
    await screen.waitFor(/What do you see\?/u);
    screen.send(KEYS.enter);
    await screen.waitFor(/an answer is needed/u);
    screen.send(`everything is slow${KEYS.enter}`);
    await screen.waitFor(/Strategy/u);
    await screen.waitFor(/general .* checks · about \d+ s/u);
    screen.send(KEYS.down);
    screen.send(KEYS.enter);
    // A host has no namespaces.
    await screen.waitFor(/Anything else for the investigator/u);
    screen.send(KEYS.enter);
    await screen.waitFor(/sent +\S+-everything-is-slow-/u);
    await screen.waitFor(/claimed by web-1/u, 30_000);
    expect(await screen.exit).toBe(0);
    expect(screen.screen().text).not.toContain('Namespace');
    const list = JSON.parse(await run('list', '--json')) as {
      requests: readonly { strategy: string; phase: string }[];
    };
    expect(list.requests).toMatchObject([{ phase: 'succeeded', strategy: 'database-connectivity' }]);
  });

  it('end with 130 at Ctrl-C, and nothing is sent', async () => {
    await run('init', '--repo', warRoom);
    await run('cluster', 'add', 'web-1', '--type', 'host');
    const screen = terminal('investigate');
    await screen.waitFor(/Cluster/u);
    screen.send(KEYS.interrupt);
    expect(await screen.exit).toBe(130);
    expect(screen.screen().text).not.toContain('this is a bug');
    expect(await git(['log', '--format=%s', 'main'], { cwd: warRoom })).not.toContain('request');
  });

  it('ask init for the address, and before files are added to somebody’s repository', async () => {
    const remote = await createBareRemote({ folder: home.path });
    await pushFiles(remote, { 'README.md': 'ours' }, 'before');
    const declined = terminal('init');
    await declined.waitFor(/Where is the war room\?/u);
    declined.send(`./warroom.git${KEYS.enter}`);
    await declined.waitFor(/requests\/README\.md[\s\S]*Add them\?/u);
    declined.send(`n${KEYS.enter}`);
    expect(await declined.exit).toBe(1);
    expect(await readFileAt(remote, 'requests/README.md')).toBeUndefined();

    const accepted = terminal('init', '--repo', warRoom);
    await accepted.waitFor(/Add them\?/u);
    accepted.send(KEYS.enter);
    await accepted.waitFor(/completed the war room/u);
    expect(await accepted.exit).toBe(0);
    expect(await readFileAt(remote, 'README.md')).toBe('ours');

    const other = terminal('init', '--repo', './other.git');
    await other.waitFor(/Replace it\?/u);
    other.send(KEYS.enter);
    await other.waitFor(/still names .*warroom\.git/u);
    expect(await other.exit).toBe(0);
  });

  it('ask why everything is paused', async () => {
    await run('init', '--repo', warRoom);
    const screen = terminal('pause');
    await screen.waitFor(/Why\?/u);
    screen.send(`change freeze${KEYS.enter}`);
    await screen.waitFor(/paused: no processor/u);
    expect(await screen.exit).toBe(0);
    expect(await readFileAt({ path: warRoom }, 'PAUSE')).toContain('reason: change freeze');
  });

  it('show checks, clusters and log lines for people', async () => {
    await run('init', '--repo', warRoom);
    const processor = await startProcessor();
    const doctor = terminal('doctor');
    await doctor.waitFor(/✔ git +git \d/u);
    await doctor.waitFor(/✔ processors +web-1 was seen/u);
    expect(await doctor.exit).toBe(0);
    const clusters = terminal('cluster', 'list');
    await clusters.waitFor(/NAME +TYPE +STATE/u);
    await clusters.waitFor(/web-1 +host +live/u);
    expect(await clusters.exit).toBe(0);
    processor.signal('SIGTERM');
    expect(await processor.result()).toMatchObject({ exit: 0 });

    const log = terminal('processor', 'run');
    await log.waitFor(/\d\d:\d\d:\d\d {2}web-1\/\S+ serves .*warroom\.git · engines diagnostics · trust open/u);
    log.send(KEYS.interrupt);
    await log.waitFor(/stopping[\s\S]*stopped/u);
    expect(await log.exit).toBe(0);
  });
});
