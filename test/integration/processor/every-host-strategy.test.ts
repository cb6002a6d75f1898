import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultFolder } from '../../../src/domain/repository-layout.ts';
import { parseRequestId, type RequestId } from '../../../src/domain/request-id.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import type { WarRoom } from '../../../src/repository/port.ts';
import type { Report } from '../../../src/schema/generated.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { createBareRemote, pushFiles, readFileAt, type BareRemote } from '../../support/git-rig.ts';
import { runCli } from '../../support/cli.ts';
import { hasGitHubParser } from '../../support/github-parser.ts';
import {
  newRequest,
  processorSettings,
  send,
  startProcessor,
  type RunningProcessor,
} from '../../support/processor-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { expectPageOnGitHub, expectUsableReport } from '../../support/usable-report.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { openTestWarRoom } from '../../support/war-room-rig.ts';

const canReadPages = hasGitHubParser();

/** What a host is asked by itself; a hub is asked the others (test/cluster/investigate.test.ts). */
const HOST_ONLY = [
  'general',
  'service-health',
  'database-connectivity',
  'performance',
  'security',
  'firewall',
  'served-certificates',
];
const loaded = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() }))
  .map(({ playbook }) => playbook)
  .filter(({ spec }) => spec.targets.includes('host'));

describe('an investigation of a host', () => {
  let folder: TempFolder;
  let remote: BareRemote;
  let client: WarRoom;
  let processor: RunningProcessor;
  const reports = new Map<string, { readonly report: Report; readonly page: string }>();

  // All at once: what takes long in a playbook is waiting.
  beforeAll(async () => {
    folder = await createTempFolder('strategies');
    remote = await createBareRemote({ folder: join(folder.path, 'served') });
    await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
    const settings = processorSettings({
      url: remote.url,
      folder: folder.path,
      change: { concurrency: loaded.length, lease: { seconds: 60, renewSeconds: 20 } },
    });
    processor = startProcessor(settings);
    client = openTestWarRoom({ url: remote.url, folder: folder.path });
    const [waited = '', ...others] = HOST_ONLY;
    const ids = new Map<string, RequestId>();
    for (const strategy of others) {
      const investigation = { strategy, timeout: 120, mode: 'read', engine: 'auto' } as const;
      ids.set(strategy, await send(client, newRequest({ investigation }, { slug: strategy })));
    }
    ids.set(waited, await askAndWait(waited));
    for (const [strategy, id] of ids) reports.set(strategy, await readResult(id));
  }, 120_000);

  afterAll(async () => {
    await processor.stop();
    await client.close();
    await folder.close();
  });

  it('has the strategies of a host', () => {
    expect(loaded.map(({ metadata }) => metadata.id).sort()).toEqual([...HOST_ONLY].sort());
  });

  it.each(loaded)('with $metadata.id ends in a report to act on', (playbook) => {
    const { report, page } = reportOf(reports, playbook.metadata.id);
    expect(report.phase).toBe('succeeded');
    expectUsableReport(report, playbook);
    if (canReadPages) expectPageOnGitHub(page);
  });

  /** As a person does it. */
  async function askAndWait(strategy: string): Promise<RequestId> {
    const sent = await runCli(
      [
        ...['investigate', '--repo', remote.url, '--cluster', 'this-host', '--type', 'host', '--yes', '--json'],
        ...['--strategy', strategy, '--issue', 'something is wrong', '--wait'],
      ],
      { timeoutMs: 100_000 },
    );
    expect(sent.exit, sent.stderr).toBe(0);
    const { id, request } = JSON.parse(sent.stdout) as { readonly id: string; readonly request: unknown };
    expect(request).toMatchObject({ phase: 'succeeded' });
    const parsed = parseRequestId(id);
    if (parsed === undefined) throw new Error(`not an id: ${id}`);
    return parsed;
  }

  async function readResult(id: RequestId): Promise<{ report: Report; page: string }> {
    const read = async (name: string): Promise<string | undefined> =>
      await readFileAt(remote, `${resultFolder(id)}/${name}`);
    const json = await waitUntil(async () => await read('report.json'), { what: `report of ${id}`, timeoutMs: 60_000 });
    const parsed = parseDocument('Report', json, { file: 'report.json' });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return { report: parsed.value, page: (await read('README.md')) ?? '' };
  }
});

function reportOf<Value>(reports: ReadonlyMap<string, Value>, strategy: string): Value {
  const found = reports.get(strategy);
  if (found === undefined) throw new Error(`no report of ${strategy}`);
  return found;
}
