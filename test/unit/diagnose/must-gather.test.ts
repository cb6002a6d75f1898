import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureTimeOf, findRecording } from '../../../src/diagnose/must-gather/find-recording.ts';
import { createMustGatherTarget } from '../../../src/diagnose/must-gather/must-gather-target.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { CommandResult } from '../../../src/target/port.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;

beforeEach(async () => {
  folder = await createTempFolder('warroom-must-gather');
  await write('quay-io-x/timestamp', '2026-11-20 11:58:00.1 +0000 UTC m=+0.1\n2026-11-20 12:01:30.2 +0100 CET m=+90\n');
  await write(
    'quay-io-x/namespaces/shop/core/pods.yaml',
    'kind: PodList\nitems:\n  - metadata: {name: a, labels: {app: web}}\n    status: {phase: Running}\n  - metadata: {name: b}\n    status: {phase: Pending}\n',
  );
  await write('quay-io-x/namespaces/shop/apps/deployments.yaml', 'kind: DeploymentList\nitems: []\n');
  await write(
    'quay-io-x/namespaces/clusters/hypershift.openshift.io/nodepools/np1.yaml',
    'kind: NodePool\nmetadata: {name: np1}\n',
  );
  await write('quay-io-x/cluster-scoped-resources/core/nodes/n1.yaml', 'kind: Node\nmetadata: {name: n1}\n');
  await write('quay-io-x/namespaces/shop/pods/a/web/web/logs/previous.log', 'one\ntwo\nthree\n');
});

afterEach(async () => {
  await folder.close();
});

async function write(path: string, text: string): Promise<void> {
  const file = join(folder.path, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function kubectl(line: string, maxBytes = 100_000): Promise<CommandResult> {
  const root = await findRecording(folder.path);
  const target = createMustGatherTarget(root ?? '', systemClock);
  return await target.run({ argv: ['kubectl', ...line.split(' ').map(decodeURIComponent)], timeoutMs: 1000, maxBytes });
}

function namesIn({ stdout }: CommandResult): readonly string[] {
  return [...stdout.matchAll(/"name":"([^"]+)"/gu)].map((match) => match[1] ?? '');
}

describe('a must-gather', () => {
  it('tells when it was made, and is found inside the folder of its image', async () => {
    const root = await findRecording(folder.path);
    expect(root).toBe(join(folder.path, 'quay-io-x'));
    expect(await captureTimeOf(root ?? '')).toEqual(new Date('2026-11-20T11:01:30Z'));
  });

  it.each([
    ['-n shop get pods -o json', ['a', 'b']],
    ['--kubeconfig=/x --request-timeout=15s get pods --namespace=shop -l app=web -o json', ['a']],
    ['-n shop get pods --field-selector=status.phase!=Running -o json', ['b']],
    ['-n shop get pods a b -o json', ['a', 'b']],
    ['-n shop get pods a gone -o json --ignore-not-found', ['a']],
    ['-n shop get pods gone lost -o json --ignore-not-found', []],
    ['-n shop get pods -l app%20in%20(db,web) -o json', ['a']],
    ['-n shop get deployments.apps -o json', []],
    ['-n clusters get nodepools.hypershift.openshift.io -o json', ['np1']],
    ['-n clusters get nodepools.hypershift.openshift.io np1 -o json', ['np1']],
    ['get nodes -o json', ['n1']],
    ['-n shop get pods,deployments.apps -o json', ['a', 'b']],
  ])('answers kubectl %s', async (line, names) => {
    const result = await kubectl(line);
    expect([result.end, result.truncated]).toEqual([{ kind: 'exited', exit: 0 }, false]);
    expect(namesIn(result)).toEqual(names);
  });

  it('is only a part of all namespaces', async () => {
    expect((await kubectl('get pods -A -o json')).truncated).toBe(true);
  });

  it.each([
    '-n shop get events -o json',
    '-n other get pods -o json',
    'get persistentvolumes -o json',
    'get --raw /readyz',
    '-n shop get pods -o yaml',
    '-n shop get pods -l app(x) -o json',
    '-n shop logs deployment/a -c web',
    '-n shop logs ../../x -c web --previous',
    'version -o json',
  ])('says that it does not know the answer to kubectl %s', async (line) => {
    expect((await kubectl(line)).end).toEqual({ kind: 'unreachable' });
  });

  it('knows that an object is not there where the whole list is', async () => {
    expect((await kubectl('-n shop get pods c -o json')).end).toEqual({ kind: 'exited', exit: 1 });
    const allowed = await kubectl('-n shop get pods c -o json --ignore-not-found');
    expect([allowed.end, allowed.stdout]).toEqual([{ kind: 'exited', exit: 0 }, '']);
  });

  it('holds the logs of containers', async () => {
    expect((await kubectl('-n shop logs a -c web --previous --tail=2')).stdout).toBe('two\nthree\n');
    expect((await kubectl('-n shop logs a -c web')).end).toEqual({ kind: 'unreachable' });
  });

  it('is cut where a step reads no further', async () => {
    const result = await kubectl('-n shop get pods -o json', 60);
    expect([result.stdout.length, result.truncated]).toEqual([60, true]);
  });
});
