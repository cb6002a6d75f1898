import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listClusters } from '../../../src/client/clusters.ts';
import { resultFolder } from '../../../src/domain/repository-layout.ts';
import { readFileAt } from '../../support/git-rig.ts';
import { send } from '../../support/processor-rig.ts';
import { createScene, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { startSshd, type Sshd } from '../../support/sshd-rig.ts';

const sshd = await startSshd();

describe.skipIf(sshd === undefined)('a processor that serves an inventory', () => {
  let rig: Sshd;
  let scene: ProcessorScene;

  beforeAll(async () => {
    if (sshd === undefined) throw new Error('skipped');
    rig = sshd;
    scene = await createScene();
    const inventoryFile = join(scene.folder, 'inventory.yaml');
    const ssh = `address: 127.0.0.1, user: ${rig.user}, keyFile: ${rig.identityFile}, knownHostsFile: ${rig.knownHostsFile}`;
    const groups = '{ web: web servers }';
    const at = (name: string, port: number): string => `{ name: ${name}, ${ssh}, port: ${port}, groups: [web] }`;
    const hosts = `[${at('web-1', rig.port)}, ${at('web-2', rig.port)}, ${at('away', 1)}]`;
    await writeFile(
      inventoryFile,
      `apiVersion: warroom.intility.io/v1\nkind: Inventory\ngroups: ${groups}\nhosts: ${hosts}\n`,
    );
    scene.start({ target: { kind: 'inventory', inventoryFile } });
  });
  afterAll(async () => {
    await scene.close();
    await rig.close();
  });

  async function ask(affectedResources: string[]): Promise<{ phase: string; reason?: unknown; report: string }> {
    const issue = { description: 'it is slow', affectedResources };
    const id = await send(scene.client, quickRequest({ issue }, { slug: `asked-${affectedResources.length}` }));
    const { phase, reason } = await scene.ended(id);
    return { phase, reason, report: (await readFileAt(scene.remote, `${resultFolder(id)}/report.json`)) ?? '' };
  }

  it('looks at the host that the request names, and says so in the report', async () => {
    const { phase, report } = await ask(['host/web-1']);
    expect(phase).toBe('succeeded');
    const { target } = JSON.parse(report) as { target: unknown };
    expect(target).toMatchObject({ kind: 'ssh', name: 'web-1' });
  });

  it('reports a host that is away as unknown, never as healthy', async () => {
    const { phase, report } = await ask(['host/away']);
    expect(phase).toBe('succeeded');
    expect(JSON.parse(report)).toMatchObject({
      outcome: 'inconclusive',
      target: { kind: 'ssh', name: 'away', identity: 'unknown' },
      coverage: [{ step: 'only', status: 'unreachable', known: false }],
    });
  });

  it('looks at every host of a group, and names the one that is away', async () => {
    const { phase, report } = await ask(['group/web', 'x']);
    expect(phase).toBe('succeeded');
    const { evidence, ...said } = JSON.parse(report) as { evidence: { id: string; title: string; file: string }[] };
    expect(evidence.map(({ title }) => title).sort()).toEqual(['web-1: the only step', 'web-2: the only step']);
    expect(said).toMatchObject({
      outcome: 'inconclusive',
      quality: 'degraded',
      impact: '1 could not be looked at: away; 2 say the same',
      target: { kind: 'inventory', name: 'group/web (3 hosts)' },
      coverage: [
        { step: 'host', title: 'host away', required: true, status: 'unreachable', known: false },
        { step: 'only', title: 'the only step (2 of 2 hosts)', known: true },
      ],
    });
    const { clusters } = await listClusters(scene.client, { now: new Date() });
    expect(clusters[0]?.groups).toEqual([{ name: 'web', description: 'web servers', hosts: 3 }]);
  });

  it('rejects a request that names none of its hosts, in words', async () => {
    const { phase, reason } = await ask(['host/web-3', 'x', 'y']);
    expect(phase).toBe('rejected');
    expect(reason).toMatchObject({
      code: 'unknown-host',
      message: 'there is no host "web-3" in the inventory of this processor',
      hint: 'did you mean host/web-1?',
    });
  });
});
