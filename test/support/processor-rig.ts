import { join } from 'node:path';
import { runProcessor } from '../../src/composition-processor.ts';
import type { ProcessorSettings } from '../../src/config/processor-settings.ts';
import type { ProcessorEvent } from '../../src/domain/events.ts';
import { inboxRef, requestPath, signaturePath } from '../../src/domain/repository-layout.ts';
import { createRequestId, type RequestId } from '../../src/domain/request-id.ts';
import { SIGNATURE_NAMESPACES } from '../../src/domain/signature.ts';
import type { OpenAppendFile } from '../../src/lib/append-file.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { randomHex, systemRandom } from '../../src/lib/random-text.ts';
import type { LeftOpen } from '../../src/processor/first-look.ts';
import type { WarRoom } from '../../src/repository/port.ts';
import type { ProcessorConfig, RequestSpec, TroubleshootingRequest } from '../../src/schema/generated.ts';
import { formatYaml } from '../../src/schema/format-document.ts';
import { exampleRequest } from './example-request.ts';
import { signWith, type TestKey } from './signing-rig.ts';

/** Settings of a quick processor for a war room on this machine. */
export function processorSettings(options: {
  readonly url: string;
  readonly folder: string;
  readonly holder?: string;
  readonly change?: Partial<ProcessorSettings>;
}): ProcessorSettings {
  const holder = options.holder ?? 'processor-a';
  return {
    file: join(options.folder, 'processor.yaml'),
    cluster: { type: 'host', name: 'this-host' },
    holder,
    trust: 'open',
    repository: { url: options.url, branch: 'main', refNamespace: 'refs/warroom' },
    stateDir: join(options.folder, holder),
    pauseFile: join(options.folder, holder, 'PAUSE'),
    disclosure: { publish: 'full', hold: false, allowPublicRemote: false },
    audit: { file: join(options.folder, holder, 'audit.jsonl') },
    target: { kind: 'local' },
    engine: 'auto',
    claude: {},
    concurrency: 2,
    maxTimeout: 1800,
    polling: { minSeconds: 0.1, maxSeconds: 0.2 },
    lease: { seconds: 20, renewSeconds: 5 },
    progressSeconds: 0.2,
    announceSeconds: 600,
    indexSeconds: 0,
    stopSeconds: 25,
    predecessorSeconds: 300,
    pushesPerMinute: 100_000,
    retention: { days: 30, megabytes: 256 },
    obfuscate: {},
    readKnownValues: () => Promise.resolve([]),
    readToken: () => Promise.resolve(undefined),
    ...options.change,
  };
}

export interface RunningProcessor {
  readonly events: readonly ProcessorEvent[];
  /** With `once` what was pending at the first look and has no end. */
  readonly done: Promise<readonly LeftOpen[]>;
  stop(): Promise<void>;
  abort(): Promise<void>;
}

/** A processor in this process; resolves `done` when it has stopped. */
export function startProcessor(
  settings: ProcessorSettings,
  options: {
    readonly once?: boolean;
    readonly acceptTip?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly onEvent?: (event: ProcessorEvent) => void;
    readonly openStateFile?: OpenAppendFile;
    readonly clock?: Clock;
  } = {},
): RunningProcessor {
  const events: ProcessorEvent[] = [];
  const stop = new AbortController();
  const abort = new AbortController();
  const done = runProcessor({
    settings,
    env: options.env ?? { PATH: process.env['PATH'] },
    once: options.once ?? false,
    stop: stop.signal,
    abort: abort.signal,
    emit: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
    ...(options.acceptTip === undefined ? {} : { acceptTip: options.acceptTip }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.openStateFile === undefined ? {} : { openStateFile: options.openStateFile }),
  });
  done.catch(() => undefined);
  return {
    events,
    done,
    stop: async () => {
      stop.abort();
      await done;
    },
    abort: async () => {
      abort.abort();
      await done;
    },
  };
}

/** A request of now, with a small change. */
export function newRequest(
  change: Partial<RequestSpec> = {},
  options: { readonly at?: Date; readonly slug?: string; readonly engineer?: string } = {},
): TroubleshootingRequest {
  const at = options.at ?? new Date();
  const name = createRequestId({ at, slug: options.slug ?? 'slow machine', random: systemRandom });
  return {
    ...exampleRequest,
    metadata: {
      ...exampleRequest.metadata,
      name,
      timestamp: at.toISOString(),
      engineer: options.engineer ?? exampleRequest.metadata.engineer,
    },
    spec: {
      ...exampleRequest.spec,
      expiresAt: new Date(at.getTime() + 86_400_000).toISOString(),
      nonce: randomHex(16, systemRandom),
      ...change,
    },
  };
}

/** Puts a request into the war room the way the client does; signed when there is a key. */
export async function send(warRoom: WarRoom, request: TroubleshootingRequest, key?: TestKey): Promise<RequestId> {
  const id = request.metadata.name as RequestId;
  const path = requestPath(id);
  const content = formatYaml('TroubleshootingRequest', request);
  const signature = key === undefined ? undefined : await signWith(key, content, SIGNATURE_NAMESPACES.request);
  await warRoom.submit({
    files: [{ path, content }, ...(signature === undefined ? [] : [{ path: signaturePath(path), content: signature }])],
    message: `request ${id}\n`,
    inboxRef: inboxRef(warRoom.refNamespace, id, 'request'),
  });
  return id;
}

/** Configuration file of a quick processor for the real command line. */
export function processorConfigText(options: {
  readonly url: string;
  readonly stateDir: string;
  readonly change?: Partial<ProcessorConfig>;
}): string {
  return formatYaml('ProcessorConfig', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'ProcessorConfig',
    cluster: { type: 'host', name: 'this-host' },
    holder: 'processor-a',
    trust: 'open',
    repository: { url: options.url },
    stateDir: options.stateDir,
    polling: { minSeconds: 0.1, maxSeconds: 0.2 },
    lease: { seconds: 20, renewSeconds: 5 },
    progressSeconds: 0.2,
    indexSeconds: 0,
    stopSeconds: 25,
    pushesPerMinute: 100_000,
    ...options.change,
  });
}
