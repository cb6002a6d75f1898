import { expect, it } from 'vitest';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import { refusePublicRemote, type StrangerLook } from '../../../src/processor/refuse-public-remote.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { processorSettings } from '../../support/processor-rig.ts';

async function events(look: StrangerLook, options: { isLocal?: boolean; isAllowed?: boolean } = {}): Promise<unknown> {
  const emitted: ProcessorEvent[] = [];
  const { isLocal = false, isAllowed = false } = options;
  const disclosure = { publish: 'full', hold: false, allowPublicRemote: isAllowed } as const;
  const settings = processorSettings({ url: 'https://example.com/w.git', folder: '/srv', change: { disclosure } });
  const emit = (event: ProcessorEvent): void => void emitted.push(event);
  await refusePublicRemote({ settings, warRoom: new MemoryWarRoom({ isLocal }), emit }, () => Promise.resolve(look));
  return emitted;
}

it('refuses a war room that strangers can read', async () => {
  await expect(events({ kind: 'readable' })).rejects.toMatchObject({
    code: 'not-allowed',
    message: 'everybody can read this war room',
    hint: expect.stringContaining('allowPublicRemote') as unknown,
  });
});

it('goes on where strangers are refused, where it is allowed, and on this machine', async () => {
  expect(await events({ kind: 'refused' })).toEqual([]);
  expect(await events({ kind: 'readable' }, { isAllowed: true })).toEqual([]);
  expect(await events({ kind: 'readable' }, { isLocal: true })).toEqual([]);
});

it('warns when nobody can say, and goes on', async () => {
  expect(await events({ kind: 'unknown', why: 'no route' })).toMatchObject([
    { type: 'warning', code: 'public-remote', message: expect.stringContaining('no route') as unknown },
  ]);
});
