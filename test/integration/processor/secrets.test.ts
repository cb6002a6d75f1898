import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestPath } from '../../../src/domain/repository-layout.ts';
import { parseRequestId } from '../../../src/domain/request-id.ts';
import { runCli } from '../../support/cli.ts';
import { git, pushFiles } from '../../support/git-rig.ts';
import { createScene, idOf, quickRequest, requestText, type ProcessorScene } from '../../support/processor-scene.ts';
import { writePlaybook } from '../../support/site-playbook.ts';

const CANARY = 'canary-5f3a"9c\\1e+77/b0=d2 41';

/** The canary as commands print it. */
const ENCODED = [
  CANARY,
  JSON.stringify(CANARY).slice(1, -1),
  encodeURIComponent(CANARY),
  Buffer.from(CANARY).toString('base64'),
  Buffer.from(CANARY).toString('base64url'),
  Buffer.from(CANARY).toString('hex'),
];

/** What must be nowhere: a base64 text tells most of what is inside whatever stands before it. */
const TELLING = [
  ...ENCODED.map((text) => text.slice(0, -4)),
  ...['x', 'xy'].map((before) => Buffer.from(`${before}${CANARY}`).toString('base64').slice(4, -4)),
];

let scene: ProcessorScene;

beforeEach(async () => {
  scene = await createScene();
});

afterEach(async () => {
  await scene.close();
});

/** The text of all objects of the remote, also of those that no ref leads to. */
async function everyObject(): Promise<string> {
  const args = ['cat-file', '--batch-all-objects', '--batch', '--buffer', '--unordered'];
  return await git(args, { cwd: scene.remote.path });
}

describe('threat 9: a secret', () => {
  it('of the zone, or in an attachment, is in no object of the remote and in no event', async () => {
    const leak = join(scene.folder, 'leak.txt');
    await writeFile(leak, ENCODED.map((text) => `value ${text} end\n`).join(''));
    await writePlaybook(scene.folder, 'leak', ['cat', leak]);
    const readKnownValues = (): Promise<{ name: string; value: string }[]> =>
      Promise.resolve([{ name: 'canary', value: CANARY }]);
    const processor = scene.start({ readKnownValues });

    const attached = 'zQ4rT9vW2xY7bN5mK8';
    const log = join(scene.folder, 'app.log');
    await writeFile(log, `start\nAuthorization: Bearer ${attached}\npassword=${attached}\nend\n`);
    const sent = await runCli([
      'investigate',
      ...['--repo', scene.remote.url, '--cluster', 'this-host', '--type', 'host'],
      ...['--issue', 'it leaks', '--strategy', 'leak', '--attach', log, '--yes', '--json'],
    ]);
    expect(sent.exit, sent.stderr).toBe(0);
    const id = parseRequestId((JSON.parse(sent.stdout) as { id: string }).id);
    if (id === undefined) throw new Error(sent.stdout);
    expect((await scene.ended(id)).phase).toBe('succeeded');
    await processor.stop();

    const objects = await everyObject();
    expect(objects).toContain('attached by the requester: app.log');
    expect(objects).toContain('[REDACTED:canary:');
    const events = JSON.stringify(processor.events);
    for (const text of [...TELLING, attached]) {
      expect(objects, text).not.toContain(text);
      expect(events, text).not.toContain(text);
    }
  });

  it('that a requester names is repeated neither in the refusal nor in an event', async () => {
    const request = quickRequest({}, { strategy: 'canary-5f3a' });
    const text = requestText(request);
    await pushFiles(scene.remote, { [requestPath(idOf(request))]: text }, 'request');
    const readKnownValues = (): Promise<{ name: string; value: string }[]> =>
      Promise.resolve([{ name: 'canary', value: 'canary-5f3a' }]);
    const processor = scene.start({ readKnownValues }, { once: true });
    await processor.done;
    expect(await scene.readStatus(idOf(request))).toMatchObject({
      phase: 'rejected',
      reason: { code: 'unknown-strategy' },
    });
    expect((await everyObject()).replace(text, '')).not.toContain('canary-5f3a');
    expect(JSON.stringify(processor.events)).not.toContain('canary-5f3a');
  });
});
