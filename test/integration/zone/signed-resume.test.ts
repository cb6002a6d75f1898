import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger, type Ledger } from '../../../src/admission/ledger.ts';
import { clearPause, setPause, type ResumeSigning } from '../../../src/client/pause.ts';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import { resumePath, signaturePath } from '../../../src/domain/repository-layout.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import { systemRandom } from '../../../src/lib/random-text.ts';
import { Brake } from '../../../src/processor/brake.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import type { WarRoom } from '../../../src/repository/port.ts';
import { openTrustFolder } from '../../../src/signature/trust-folder.ts';
import { createVerifyAdministrator } from '../../../src/zone/signed-file.ts';
import { createBareRemote, pushFiles, readFileAt, type BareRemote } from '../../support/git-rig.ts';
import { processorSettings } from '../../support/processor-rig.ts';
import { allowedLine, createKey, signWith, writeAllowedSigners, type TestKey } from '../../support/signing-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { openTestWarRoom, redacted } from '../../support/war-room-rig.ts';

let temp: TempFolder;
let remote: BareRemote;
let client: WarRoom;
let processor: WarRoom;
let ledger: Ledger;
let administrator: TestKey;
let engineer: TestKey;
let events: ProcessorEvent[];
let brake: Brake;

beforeEach(async () => {
  temp = await createTempFolder('resume');
  remote = await createBareRemote({ folder: temp.path });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
  client = openTestWarRoom({ url: remote.url, folder: temp.path });
  processor = openTestWarRoom({ url: remote.url, folder: temp.path, cache: 'processor' });
  administrator = await createKey(temp.path, 'carol');
  engineer = await createKey(temp.path, 'alice');
  await writeAllowedSigners(temp.path, [
    allowedLine('carol@example.com', administrator),
    allowedLine('alice@example.com', engineer, { namespaces: ['warroom-request@v1'] }),
  ]);
  events = [];
  brake = await openBrake();
});

afterEach(async () => {
  await ledger.close();
  await client.close();
  await processor.close();
  await temp.close();
});

/** A brake as a start of the processor makes it. */
async function openBrake(): Promise<Brake> {
  const file = join(temp.path, 'state', 'ledger.jsonl');
  ledger = await openLedger({ file, clock: systemClock, keepMs: 86_400_000, maxBytes: 1_000_000 });
  const privateDir = join(temp.path, 'private');
  const trust = await openTrustFolder({ dir: temp.path, privateDir, onProblem: () => undefined });
  const path = process.env['PATH'];
  const opened = new Brake(
    {
      settings: processorSettings({ url: remote.url, folder: temp.path, change: { trust: 'required' } }),
      warRoom: processor,
      ledger,
      clock: systemClock,
      emit: (event) => events.push(event),
      createRedaction: () => Promise.resolve(createRedaction({ knownValues: [], key: systemRandom(32) })),
      verifyAdministrator: createVerifyAdministrator({ trust, clock: systemClock, path }),
    },
    { environment: undefined, onSet: () => undefined, onChange: () => undefined },
  );
  await opened.open();
  return opened;
}

async function restart(): Promise<void> {
  await ledger.close();
  brake = await openBrake();
}

async function look(): Promise<Brake['pause']> {
  await brake.lookAtWarRoom(await processor.refresh({ refPrefixes: [] }));
  return brake.pause;
}

async function pause(reason: string): Promise<string> {
  await client.refresh({ refPrefixes: [] });
  await setPause(client, { reason, by: 'bob@example.com', at: new Date() }, { redact: redacted });
  return sha256((await readFileAt(remote, 'PAUSE')) ?? '');
}

function signing(key: TestKey, who: string, alsoLift: readonly string[] = []): ResumeSigning {
  const sign = async (text: string): Promise<string> => await signWith(key, text, 'warroom-resume@v1');
  return { engineer: who, reason: 'it is over', at: new Date(), random: systemRandom, alsoLift, sign };
}

describe('a pause that was seen where trust is required', () => {
  it('is lifted by a document that an administrator signed', async () => {
    await pause('freeze');
    expect(await look()).toMatchObject({ code: 'paused' });
    await clearPause(client, { signing: signing(administrator, 'carol@example.com') });
    expect(await look()).toBeUndefined();
    expect(events.map(({ type }) => type)).toEqual(['paused', 'resumed']);
  });

  it('stays when PAUSE is removed without a signature, also over a restart, until it is signed', async () => {
    const digest = await pause('freeze');
    await look();
    await clearPause(client);
    const held = { code: 'resume-unsigned', pauseSha256: digest };
    expect(await look()).toMatchObject(held);
    expect(brake.pause?.message).toContain('nobody who may has signed that work goes on: freeze (bob@example.com)');
    await restart();
    expect(brake.isSet).toBe(true);
    expect(await look()).toMatchObject(held);
    await clearPause(client, { signing: signing(administrator, 'carol@example.com', [digest]) });
    expect(await look()).toBeUndefined();
    await restart();
    expect(brake.isSet).toBe(false);
  });

  it('is not lifted by somebody who may only ask', async () => {
    await pause('freeze');
    await look();
    await clearPause(client, { signing: signing(engineer, 'alice@example.com') });
    expect(await look()).toMatchObject({ code: 'resume-unsigned' });
    expect(events.at(-1)).toMatchObject({ type: 'paused' });
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'resume-bad-signature' }));
  });

  it('is not lifted by the document of an earlier pause of the very same words', async () => {
    const stop = { PAUSE: 'stop\n' };
    await pushFiles(remote, stop, 'pause');
    await look();
    const digest = sha256('stop\n');
    await clearPause(client, { signing: signing(administrator, 'carol@example.com') });
    expect(await look()).toBeUndefined();
    const path = resumePath(digest);
    const [document, signature] = [await readFileAt(remote, path), await readFileAt(remote, signaturePath(path))];
    await pushFiles(remote, { ...stop, [path]: undefined, [signaturePath(path)]: undefined }, 'pause again');
    expect(await look()).toMatchObject({ code: 'paused' });
    const replay = { PAUSE: undefined, [path]: document, [signaturePath(path)]: signature };
    await pushFiles(remote, replay, 'replayed');
    expect(await look()).toMatchObject({ code: 'resume-unsigned' });
    expect(events).toContainEqual(expect.objectContaining({ code: 'resume-replayed' }));
  });

  it('follows the newest pause, and no document of another one', async () => {
    const first = await pause('freeze');
    await look();
    await clearPause(client);
    const second = await pause('a second reason');
    await look();
    await clearPause(client);
    await clearPause(client, { signing: signing(administrator, 'carol@example.com', [first]) });
    expect(await look()).toMatchObject({ code: 'resume-unsigned', pauseSha256: second });
    await clearPause(client, { signing: signing(administrator, 'carol@example.com', [second]) });
    expect(await look()).toBeUndefined();
  });

  it('is not made forgettable by a PAUSE that is too large to be read', async () => {
    await pause('freeze');
    await look();
    await pushFiles(remote, { PAUSE: 'x'.repeat(1024 * 1024 + 1) }, 'huge');
    expect(await look()).toMatchObject({ code: 'paused' });
    await pushFiles(remote, { PAUSE: undefined }, 'gone');
    expect(await look()).toMatchObject({ code: 'resume-unsigned' });
  });
});
