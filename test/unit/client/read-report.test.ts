import { describe, expect, it } from 'vitest';
import { readEvidence, readReports, readResultFiles } from '../../../src/client/read-report.ts';
import { resultFolder } from '../../../src/domain/repository-layout.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import type { Snapshot } from '../../../src/repository/port.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { aManifest, API_TIMEOUT, aReport, putReport } from '../../support/war-room-content.ts';

async function snapshotOf(warRoom: MemoryWarRoom): Promise<Snapshot> {
  return await warRoom.refresh({ refPrefixes: [] });
}

describe('readReports', () => {
  it('is empty while there is none', async () => {
    expect(await readReports(await snapshotOf(new MemoryWarRoom()), API_TIMEOUT)).toEqual([]);
  });

  it('reads the report of every cluster, and nothing that only has the name of one', async () => {
    const warRoom = new MemoryWarRoom();
    for (const folder of ['hub-a', 'hub-b', 'evidence', 'hub-a/evidence']) {
      const report = aReport(API_TIMEOUT, { cluster: { type: 'hub', name: folder.slice(0, 5) } });
      warRoom.put(`${resultFolder(API_TIMEOUT)}/${folder}/report.json`, formatJson('Report', report));
    }
    const reports = await readReports(await snapshotOf(warRoom), API_TIMEOUT);
    expect(reports.map(({ report }) => report.cluster.name)).toEqual(['hub-a', 'hub-b']);
  });

  it('says what is wrong with a report that it cannot read', async () => {
    const warRoom = new MemoryWarRoom();
    warRoom.put(`${resultFolder(API_TIMEOUT)}/report.json`, '{"kind":"Report"}');
    const snapshot = await snapshotOf(warRoom);
    await expect(readReports(snapshot, API_TIMEOUT)).rejects.toMatchObject({ code: 'invalid-file' });
  });
});

describe('readEvidence', () => {
  const fetchExternal = ({ key }: { readonly key: string }): Promise<Uint8Array> =>
    Promise.resolve(Buffer.from(`the object ${key}\n`));

  it('takes what the manifest names elsewhere from there', async () => {
    const warRoom = new MemoryWarRoom();
    putReport(warRoom, aReport());
    const manifest = formatJson('Manifest', aManifest({ external: 'hub/E001' }));
    warRoom.put(`${resultFolder(API_TIMEOUT)}/manifest.json`, manifest);
    const snapshot = await snapshotOf(warRoom);
    const reports = await readReports(snapshot, API_TIMEOUT);
    const { text } = await readEvidence(snapshot, reports, { evidence: 'E001', fetchExternal });
    expect(text).toBe('the object hub/E001\n');
  });

  it.each(['E001', 'e001', '1', '001', 'E1'])('finds %s', async (evidence) => {
    const warRoom = new MemoryWarRoom();
    putReport(warRoom, aReport());
    const snapshot = await snapshotOf(warRoom);
    const reports = await readReports(snapshot, API_TIMEOUT);
    expect((await readEvidence(snapshot, reports, { evidence, fetchExternal })).text).toBe('wal_fsync p99 1.92\n');
  });

  it('names what there is instead', async () => {
    const warRoom = new MemoryWarRoom();
    putReport(warRoom, aReport());
    const snapshot = await snapshotOf(warRoom);
    const reports = await readReports(snapshot, API_TIMEOUT);
    await expect(readEvidence(snapshot, reports, { evidence: 'E009', fetchExternal })).rejects.toMatchObject({
      code: 'not-found',
      why: 'the report has E001',
    });
  });
});

describe('readResultFiles', () => {
  it('reads plain files only', async () => {
    const warRoom = new MemoryWarRoom();
    putReport(warRoom, aReport());
    warRoom.put(`${resultFolder(API_TIMEOUT)}/link`, '/etc/passwd', '120000');
    const files = await readResultFiles(await snapshotOf(warRoom), { id: API_TIMEOUT });
    expect([...files.keys()].sort()).toEqual(['README.md', 'evidence/E001-etcd.txt', 'report.json']);
  });
});
