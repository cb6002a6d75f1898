import { WarroomError } from '../domain/errors.ts';
import { createRequestId, type RequestId } from '../domain/request-id.ts';
import { MAX_EXTENSIONS, type SessionOrderName } from '../domain/session-layout.ts';
import { randomHex, type RandomBytes } from '../lib/random-text.ts';
import { formatYaml } from '../schema/format-document.ts';
import type { SessionOrder } from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';
import type { SessionView } from './sessions.ts';

export interface SessionDraft {
  readonly cluster: { readonly type: string; readonly name: string };
  readonly seconds: number;
  readonly namespace?: string | undefined;
  readonly purpose?: string | undefined;
}

interface Surroundings {
  readonly engineer: string;
  readonly now: Date;
  readonly random: RandomBytes;
}

const API_VERSION = 'warroom.intility.io/v1';

/** As schemas/session-request.schema.json has them; the flag is told in the words of the command line. */
const MAX_SESSION_SECONDS = 86_400;
const SESSION_TARGETS: readonly string[] = ['hub', 'hosted'];

/** Throws `usage` naming what the schema does not allow. */
export function draftSession(
  draft: SessionDraft,
  { engineer, repository, now, random }: Surroundings & { readonly repository: string },
): { readonly id: RequestId; readonly text: string } {
  const { cluster, seconds, namespace, purpose } = draft;
  if (seconds > MAX_SESSION_SECONDS) {
    throw new WarroomError('usage', `--duration: at most ${MAX_SESSION_SECONDS / 3600}h`, {
      why: `${Math.round(seconds / 360) / 10}h were asked for`,
      hint: 'ask for less, and extend the session while it runs: claude-warroom session extend',
    });
  }
  if (!SESSION_TARGETS.includes(cluster.type)) {
    throw new WarroomError('usage', 'sessions need a hub or hosted cluster', {
      why: `${cluster.name} is a ${cluster.type}`,
      hint: 'see which there are: claude-warroom cluster list',
    });
  }
  const id = createRequestId({ at: now, slug: purpose ?? 'session', random });
  const text = checked('SessionRequest', {
    apiVersion: API_VERSION,
    kind: 'SessionRequest',
    metadata: { name: id, timestamp: now.toISOString(), engineer },
    spec: {
      targetCluster: cluster,
      seconds,
      ...(namespace === undefined ? {} : { namespace }),
      ...(purpose === undefined ? {} : { purpose }),
      nonce: randomHex(16, random),
      repository,
    },
  });
  return { id, text };
}

export type OrderDraft =
  | { readonly action: 'stop'; readonly reason?: string | undefined }
  | { readonly action: 'extend'; readonly until: Date };

export function draftOrder(
  session: Pick<SessionView, 'id' | 'orders'>,
  draft: OrderDraft,
  { engineer, now, random }: Surroundings,
): { readonly order: SessionOrderName; readonly text: string } {
  const spec: SessionOrder['spec'] = {
    action: draft.action,
    ...(draft.action === 'extend' ? { until: draft.until.toISOString() } : {}),
    ...(draft.action === 'stop' && draft.reason !== undefined ? { reason: draft.reason } : {}),
    nonce: randomHex(16, random),
  };
  const text = checked('SessionOrder', {
    apiVersion: API_VERSION,
    kind: 'SessionOrder',
    metadata: { name: session.id, timestamp: now.toISOString(), engineer },
    spec,
  });
  return { order: draft.action === 'stop' ? 'stop' : nextExtension(session), text };
}

function nextExtension({ id, orders }: Pick<SessionView, 'id' | 'orders'>): SessionOrderName {
  for (let number = 1; number <= MAX_EXTENSIONS; number++) {
    if (!orders.includes(`extend-${number}`)) return `extend-${number}`;
  }
  throw new WarroomError('not-allowed', `${id} was extended ${MAX_EXTENSIONS} times already`, {
    hint: 'let it end, and start a new one',
  });
}

function checked(kind: 'SessionRequest' | 'SessionOrder', document: unknown): string {
  const parsed = parseDocument(kind, JSON.stringify(document), { file: 'session' });
  if (parsed.ok) return formatYaml(kind, parsed.value);
  throw new WarroomError('usage', 'this is not a valid session', {
    why: parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'),
    hint: 'the fields and their limits are in docs/sessions.md',
  });
}
