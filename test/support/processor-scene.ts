import { join } from 'node:path';
import type { ProcessorSettings } from '../../src/config/processor-settings.ts';
import { resultFolder } from '../../src/domain/repository-layout.ts';
import { createRequestId, parseRequestId, type RequestId } from '../../src/domain/request-id.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { systemRandom } from '../../src/lib/random-text.ts';
import type { WarRoom } from '../../src/repository/port.ts';
import { formatYaml } from '../../src/schema/format-document.ts';
import type { RequestSpec, Status, TroubleshootingRequest } from '../../src/schema/generated.ts';
import { parseDocument } from '../../src/schema/parse-document.ts';
import { createBareRemote, pushFiles, readFileAt, type BareRemote } from './git-rig.ts';
import { newRequest, processorSettings, send, startProcessor, type RunningProcessor } from './processor-rig.ts';
import { writePlaybook } from './site-playbook.ts';
import { createTempFolder } from './temp-folder.ts';
import { createZone, type TestZone } from './test-zone.ts';
import { waitUntil } from './wait-until.ts';
import { openTestWarRoom } from './war-room-rig.ts';

/** A war room that is only `README.md`, somebody who asks, and processors that know the quick strategy `quick`. */
export interface ProcessorScene {
  /** For files of the test. */
  readonly folder: string;
  readonly remote: BareRemote;
  readonly client: WarRoom;
  readonly playbookDir: string;
  /** Undefined where anybody may ask. */
  readonly zone: TestZone | undefined;
  /** Sends a request, signed by its engineer where signatures are required. */
  send(request: TroubleshootingRequest): Promise<RequestId>;
  /** A processor in this process, with a lease that no busy machine loses. */
  start(
    change?: Partial<ProcessorSettings>,
    options?: { readonly holder?: string; readonly once?: boolean; readonly url?: string; readonly clock?: Clock },
  ): RunningProcessor;
  readStatus(id: RequestId): Promise<Status | undefined>;
  /** Waits for a terminal status. */
  ended(id: RequestId): Promise<Status>;
  /** Sends a request as an honest person does and waits for the phase that it ends in. */
  phaseOfHonestRequest(engineer?: string): Promise<Status['phase']>;
  close(): Promise<void>;
}

/** With `required` the processors run signed requests only, and the people of `TestZone` are enrolled. */
export async function createScene({
  trust = 'open',
}: { readonly trust?: 'open' | 'required' } = {}): Promise<ProcessorScene> {
  const temp = await createTempFolder('scene');
  const remote = await createBareRemote({ folder: join(temp.path, 'served') });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
  const client = openTestWarRoom({ url: remote.url, folder: temp.path });
  const playbookDir = await writePlaybook(temp.path, 'quick', ['true']);
  const zone = trust === 'required' ? await createZone(join(temp.path, 'zone')) : undefined;
  const processors: RunningProcessor[] = [];

  async function sendSigned(request: TroubleshootingRequest): Promise<RequestId> {
    if (zone === undefined) return await send(client, request);
    return await send(client, addressed(request, remote.url), zone.keyOf(request.metadata.engineer));
  }

  async function readStatus(id: RequestId): Promise<Status | undefined> {
    const text = await readFileAt(remote, `${resultFolder(id)}/status.yaml`);
    const parsed = text === undefined ? undefined : parseDocument('Status', text, { file: 'status.yaml' });
    return parsed?.ok === true ? parsed.value : undefined;
  }

  async function ended(id: RequestId): Promise<Status> {
    return await waitUntil(
      async () => {
        const status = await readStatus(id);
        return status?.times.finishedAt === undefined ? undefined : status;
      },
      { what: `the end of ${id}`, timeoutMs: 50_000, intervalMs: 50 },
    );
  }

  return {
    folder: temp.path,
    remote,
    client,
    playbookDir,
    zone,
    send: sendSigned,
    readStatus,
    ended,
    start: (change = {}, { holder, url = remote.url, ...rest } = {}) => {
      const lease = { seconds: 60, renewSeconds: 20 };
      const settings = processorSettings({
        url,
        folder: temp.path,
        change: {
          lease,
          playbookDir,
          ...(zone === undefined ? {} : { trust: 'required', trustDir: zone.trustDir }),
          ...change,
        },
        ...(holder === undefined ? {} : { holder }),
      });
      const processor = startProcessor(settings, rest);
      processors.push(processor);
      return processor;
    },
    phaseOfHonestRequest: async (engineer = 'alice@example.com') => {
      const id = await sendSigned(quickRequest({}, { slug: 'honest', engineer }));
      return (await ended(id)).phase;
    },
    close: async () => {
      for (const processor of processors) await processor.abort().catch(() => undefined);
      await client.close();
      await temp.close();
    },
  };
}

/** The same request for the war room at this address. */
export function addressed(request: TroubleshootingRequest, repository: string): TroubleshootingRequest {
  return { ...request, spec: { ...request.spec, repository } };
}

/** A request of now for a strategy of the site folder; `quick` when none is named. */
export function quickRequest(
  change: Partial<RequestSpec> = {},
  options: Parameters<typeof newRequest>[1] & { readonly strategy?: string } = {},
): TroubleshootingRequest {
  const investigation = { strategy: options.strategy ?? 'quick', timeout: 60, mode: 'read', engine: 'auto' } as const;
  return newRequest({ investigation, ...change }, options);
}

export function idOf(request: TroubleshootingRequest): RequestId {
  const id = parseRequestId(request.metadata.name);
  if (id === undefined) throw new Error(`not an id: ${request.metadata.name}`);
  return id;
}

export function newId(slug: string): RequestId {
  return createRequestId({ at: new Date(), slug, random: systemRandom });
}

export function requestText(request: TroubleshootingRequest): string {
  return formatYaml('TroubleshootingRequest', request);
}

export function countOf(processor: RunningProcessor, type: RunningProcessor['events'][number]['type']): number {
  return processor.events.filter((event) => event.type === type).length;
}

/** Waits until the processor has looked at the war room so many times more. */
export async function cycles(processor: RunningProcessor, count: number): Promise<void> {
  const before = countOf(processor, 'synced');
  await waitUntil(() => countOf(processor, 'synced') >= before + count, { what: `${count} looks` });
}
