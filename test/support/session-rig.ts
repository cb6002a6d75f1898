import { join } from 'node:path';
import { openLedger, type Ledger } from '../../src/admission/ledger.ts';
import type { ProcessorSettings, SessionSettings } from '../../src/config/processor-settings.ts';
import type { ProcessorEvent } from '../../src/domain/events.ts';
import { createRequestId, type RequestId } from '../../src/domain/request-id.ts';
import {
  sessionInboxPrefix,
  sessionOrderPath,
  sessionPath,
  sessionResultFolder,
  type SessionOrderName,
} from '../../src/domain/session-layout.ts';
import type { KubernetesClient } from '../../src/kubernetes/client.ts';
import { randomHex, systemRandom } from '../../src/lib/random-text.ts';
import { createTokenBucket } from '../../src/lib/token-bucket.ts';
import { decideSession } from '../../src/policy/decide-session.ts';
import type { SessionContext } from '../../src/processor/sessions/session-context.ts';
import { SessionKeeper, type SessionLook } from '../../src/processor/sessions/session-keeper.ts';
import { createRedaction } from '../../src/redaction/create-redaction.ts';
import type { PolicyRule, SessionOrderSpec, SessionRequestSpec } from '../../src/schema/generated.ts';
import { formatYaml } from '../../src/schema/format-document.ts';
import { openProcessorKey } from '../../src/signature/processor-key.ts';
import type { FakeClock } from './fake-clock.ts';
import { MemoryWarRoom } from './memory-war-room.ts';
import { aRule, compiled } from './policy-text.ts';
import { processorSettings } from './processor-rig.ts';

export const HUB = 'production-hub';
const IMAGE = `registry.example.com/claude-warroom@sha256:${'a1'.repeat(32)}`;

/** A secret of the processor, which no record may hold. */
export const KNOWN_SECRET = 'hunter2-of-the-zone';

export interface SessionRigOptions {
  readonly folder: string;
  readonly clock: FakeClock;
  readonly client: KubernetesClient | undefined;
  readonly warRoom?: MemoryWarRoom;
  readonly rule?: Partial<PolicyRule>;
  readonly sessions?: Partial<SessionSettings>;
  readonly settings?: Partial<ProcessorSettings>;
  readonly redaction?: SessionContext['createRedaction'];
  readonly sessionDoor?: SessionContext['sessionDoor'];
  readonly usdLeft?: () => number | undefined;
}

/** The part of a processor that keeps sessions, in an open war room in memory. */
export interface SessionRig {
  readonly warRoom: MemoryWarRoom;
  readonly ledger: Ledger;
  readonly events: readonly ProcessorEvent[];
  readonly keeper: SessionKeeper;
  look(change?: Partial<SessionLook>): Promise<void>;
  ask(spec?: Partial<SessionRequestSpec>, by?: string): RequestId;
  order(id: RequestId, order: SessionOrderName, change?: { readonly by?: string } & Partial<SessionOrderSpec>): void;
  /** A file of the answer. */
  answer(id: RequestId, name: string): string;
  close(): Promise<void>;
}

export async function createSessionRig(options: SessionRigOptions): Promise<SessionRig> {
  const { folder, clock, client, warRoom = new MemoryWarRoom({ isLocal: true }) } = options;
  const ledger = await openLedger({
    file: join(folder, 'ledger.jsonl'),
    clock,
    keepMs: 30 * 86_400_000,
    maxBytes: 1024 * 1024,
  });
  const events: ProcessorEvent[] = [];
  const policy = compiled({
    administrators: ['root@example.com'],
    rules: [aRule({ sessions: { maxSeconds: 14_400, maxPerPerson: 1 }, ...options.rule })],
  });
  const sessions = {
    ...{ kubeconfigFile: '/nowhere', namespace: client?.namespace ?? '', image: IMAGE },
    ...{ maxSessions: 2, idleSeconds: 1800, ...options.sessions },
  };
  const settings = processorSettings({
    url: '/nowhere',
    folder,
    change: {
      cluster: { type: 'hub', name: HUB },
      ...(client === undefined ? {} : { sessions }),
      ...options.settings,
    },
  });
  const context: SessionContext = {
    ...{ settings, warRoom, ledger, clock, verifier: undefined },
    policy: {
      ...NO_GATE,
      sha256: 'b'.repeat(64),
      decideSession: (ask) => decideSession(policy, ask, clock.now()),
      usdLeft: options.usdLeft ?? (() => undefined),
      isAdministrator: (principal) => policy.administrators.has(principal),
    },
    emit: (event) => events.push(event),
    createRedaction:
      options.redaction ??
      (() =>
        Promise.resolve(
          createRedaction({ knownValues: [{ name: 'zone', value: KNOWN_SECRET }], key: systemRandom(32) }),
        )),
    key: await openProcessorKey({ file: undefined, stateDir: folder, path: process.env['PATH'] ?? '' }),
    versions: { 'claude-warroom': '0.1.0' },
    pushBudget: createTokenBucket({ capacity: 100, perMinute: 100, clock }),
    incarnation: 'c'.repeat(16),
    noClaude: 'no model credential is configured',
    ...(options.sessionDoor === undefined ? {} : { sessionDoor: options.sessionDoor }),
  };
  const keeper = new SessionKeeper(context, client);
  return {
    ...{ warRoom, ledger, events, keeper },
    async look(change = {}) {
      const snapshot = await warRoom.refresh({ refPrefixes: [sessionInboxPrefix('refs/warroom')] });
      const { signal } = new AbortController();
      await keeper.look({ snapshot, isPaused: false, mayPublish: true, signal, ...change });
    },
    ask(spec = {}, by = 'alice@example.com') {
      const id = createRequestId({ at: clock.now(), slug: 'look-around', random: systemRandom });
      warRoom.put(
        sessionPath(id),
        formatYaml('SessionRequest', {
          apiVersion: 'warroom.intility.io/v1',
          kind: 'SessionRequest',
          metadata: { name: id, timestamp: clock.now().toISOString(), engineer: by },
          spec: {
            ...{ targetCluster: { type: 'hub', name: HUB }, seconds: 7200, nonce: randomHex(16, systemRandom) },
            ...{ repository: warRoom.address, ...spec },
          },
        }),
      );
      return id;
    },
    order(id, order, { by = 'alice@example.com', ...spec } = {}) {
      warRoom.put(
        sessionOrderPath(id, order),
        formatYaml('SessionOrder', {
          apiVersion: 'warroom.intility.io/v1',
          kind: 'SessionOrder',
          metadata: { name: id, timestamp: clock.now().toISOString(), engineer: by },
          spec: { action: order === 'stop' ? 'stop' : 'extend', nonce: randomHex(16, systemRandom), ...spec },
        }),
      );
    },
    answer: (id, name) => warRoom.text(`${sessionResultFolder(id)}/${name}`) ?? '',
    async close() {
      await keeper.close();
      await ledger.close();
    },
  };
}

function unused(): never {
  throw new Error('sessions do not ask this');
}

const NO_GATE = {
  isBroken: false,
  begin: unused,
  refresh: unused,
  askOf: unused,
  decide: unused,
  inTurn: unused,
  setAside: unused,
  release: unused,
};
