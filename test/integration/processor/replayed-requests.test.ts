import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestPath, resultFolder, signaturePath } from '../../../src/domain/repository-layout.ts';
import { SIGNATURE_NAMESPACES } from '../../../src/domain/signature.ts';
import type { TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { git, listRefs, pushFiles } from '../../support/git-rig.ts';
import { createMarker, type Marker } from '../../support/marker.ts';
import {
  addressed,
  countOf,
  createScene,
  cycles,
  idOf,
  quickRequest,
  requestText,
  type ProcessorScene,
} from '../../support/processor-scene.ts';
import { signWith } from '../../support/signing-rig.ts';
import { ALICE } from '../../support/test-zone.ts';

let scene: ProcessorScene;
let marker: Marker;

beforeEach(async () => {
  scene = await createScene({ trust: 'required' });
  marker = await createMarker(scene.folder);
});

afterEach(async () => {
  await scene.close();
});

function marked(slug: string): TroubleshootingRequest {
  return addressed(quickRequest({}, { slug, strategy: 'marked', engineer: ALICE }), scene.remote.url);
}

async function signed(request: TroubleshootingRequest): Promise<Readonly<Record<string, string>>> {
  const path = requestPath(idOf(request));
  const text = requestText(request);
  const key = scene.zone?.keyOf(ALICE);
  if (key === undefined) throw new Error('no zone');
  return { [path]: text, [signaturePath(path)]: await signWith(key, text, SIGNATURE_NAMESPACES.request) };
}

describe('threat 3: a request that is replayed', () => {
  it('does not run again when it is put back after its result was removed, also after a compaction of the ledger', async () => {
    const request = marked('once');
    const files = await signed(request);
    const id = idOf(request);
    await pushFiles(scene.remote, files, 'request');
    // A ledger of this size is compacted at every start.
    const retention = { days: 30, megabytes: 0.0001 };
    const first = scene.start({ retention });
    expect((await scene.ended(id)).phase).toBe('succeeded');
    await first.stop();
    const paths = Object.keys(files);
    const gone = Object.fromEntries([...paths, resultFolder(id)].map((path) => [path, undefined]));
    await pushFiles(scene.remote, gone, 'remove');
    const second = scene.start({ retention });
    await cycles(second, 2);
    await pushFiles(scene.remote, files, 'replay');
    await cycles(second, 3);
    expect(await scene.readStatus(id)).toBeUndefined();
    expect(countOf(second, 'claimed')).toBe(0);
    expect(await marker.runs()).toBe(1);
  });

  it('does not run on another branch, for another cluster, or in another war room', async () => {
    const request = marked('here');
    const files = await signed(request);
    const id = idOf(request);
    await pushFiles(scene.remote, files, 'request');
    await scene.start({}, { once: true }).done;
    expect(await marker.runs()).toBe(1);
    await pushFiles(scene.remote, files, 'branch', { ref: 'refs/heads/other' });
    await scene.start({}, { once: true }).done;
    const cluster = { type: 'host', name: 'other-host' } as const;
    await scene.start({ cluster }, { once: true, holder: 'processor-b' }).done;
    expect(await marker.runs()).toBe(1);
    const elsewhere = await createScene({ trust: 'required' });
    try {
      const { trustDir } = scene.zone ?? { trustDir: '' };
      await pushFiles(elsewhere.remote, files, 'copy');
      await elsewhere.start({ trustDir, playbookDir: scene.playbookDir }, { once: true }).done;
      expect(await elsewhere.readStatus(id)).toMatchObject({ phase: 'rejected', reason: { code: 'wrong-repository' } });
    } finally {
      await elsewhere.close();
    }
    expect(await marker.runs()).toBe(1);
  });

  it('is rejected under a new id when its nonce was used', async () => {
    const first = marked('first');
    const second = marked('second');
    const twin = { ...second, spec: { ...second.spec, nonce: first.spec.nonce } };
    scene.start();
    await pushFiles(scene.remote, await signed(first), 'first');
    expect((await scene.ended(idOf(first))).phase).toBe('succeeded');
    await pushFiles(scene.remote, await signed(twin), 'twin');
    expect(await scene.ended(idOf(twin))).toMatchObject({ phase: 'rejected', reason: { code: 'replayed' } });
    expect(await marker.runs()).toBe(1);
  });
});

describe('threat 7: attributes, filters and hooks of the war room', () => {
  it('change nothing of what is read, and none of them runs', async () => {
    const trap = `${scene.folder}/trap`;
    const hook = { mode: '100755', content: `#!/bin/sh\ntouch '${trap}'\n` };
    const attributes =
      '* text eol=crlf ident working-tree-encoding=UTF-16 filter=lfs diff=evil merge=evil export-subst\n';
    const names = ['post-checkout', 'post-merge', 'reference-transaction', 'fsmonitor-watchman'];
    await pushFiles(
      scene.remote,
      {
        '.gitattributes': attributes,
        'requests/.gitattributes': attributes,
        '.lfsconfig': `[lfs]\n\turl = file://${scene.folder}\n`,
        '.gitconfig': `[core]\n\tfsmonitor = touch '${trap}'\n[filter "lfs"]\n\tsmudge = touch '${trap}'\n`,
        ...Object.fromEntries(
          names.flatMap((name) => [`hooks/${name}`, `.githooks/${name}`].map((path) => [path, hook])),
        ),
      },
      'traps',
    );
    const request = marked('id-$Id$');
    await pushFiles(scene.remote, await signed(request), 'request');
    scene.start();
    expect(await scene.ended(idOf(request))).toMatchObject({ phase: 'succeeded', requester: ALICE });
    expect([await marker.runs(), existsSync(trap)]).toEqual([1, false]);
  });
});

describe('threat 7: replacement refs', () => {
  it('in the war room, or even in the mirror, change nothing of what is read', async () => {
    const [asked, replaced] = [marked('asked'), marked('replaced')];
    const files = await signed(asked);
    const processor = scene.start();
    await cycles(processor, 1);
    await processor.stop();
    const cwd = scene.remote.path;
    await pushFiles(scene.remote, files, 'request');
    const [path = ''] = Object.keys(files);
    const original = await git(['rev-parse', `main:${path}`], { cwd });
    const other = await git(['hash-object', '-w', '--stdin'], { cwd, stdin: requestText(replaced) });
    await git(['update-ref', `refs/replace/${original}`, other], { cwd });
    const mirror = `${scene.folder}/processor-a/mirror.git`;
    await git(['hash-object', '-w', '--stdin'], { cwd: mirror, stdin: requestText(replaced) });
    await git(['update-ref', `refs/replace/${original}`, other], { cwd: mirror });
    scene.start();
    expect(await scene.ended(idOf(asked))).toMatchObject({ phase: 'succeeded', requester: ALICE });
    expect(await scene.readStatus(idOf(replaced))).toBeUndefined();
    await git(['update-ref', '-d', `refs/replace/${original}`], { cwd: mirror });
    expect([...(await listRefs({ path: mirror }, 'refs/replace')).keys()]).toEqual([]);
  });
});
