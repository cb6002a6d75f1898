import { listClusters, type ClusterView } from '../../client/clusters.ts';
import { draftOrder, draftSession, type OrderDraft } from '../../client/draft-session.ts';
import { resolveTarget } from '../../client/resolve-target.ts';
import { chooseSession, isOpen, listSessions, submitSession, type SessionView } from '../../client/sessions.ts';
import { WarroomError } from '../../domain/errors.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { requirePrincipal, withWarRoom, type Session } from '../session.ts';
import { signDocument } from '../sign-document.ts';

export interface StartFlags {
  readonly cluster: string;
  /** Seconds. */
  readonly duration: number;
  readonly namespace?: string;
  readonly purpose?: string;
  readonly signingKey?: string;
}

/** Asks for a session; its processor answers within one look. */
export async function startSession(context: CliContext, flags: StartFlags): Promise<ExitCode> {
  const { io, clock, random, signal } = context;
  return await withWarRoom(
    context,
    async (session) => {
      const { warRoom } = session;
      const engineer = await requirePrincipal(session);
      const clusters = await clustersOf(session);
      const { type, name } = resolveTarget(clusters, { name: flags.cluster });
      const { duration: seconds, namespace, purpose } = flags;
      const { id, text } = draftSession(
        { cluster: { type, name }, seconds, namespace, purpose },
        { engineer, repository: warRoom.address, now: clock.now(), random },
      );
      const signature = await signDocument(session, { text, purpose: 'session', targets: [name], clusters });
      const { path, commit, isWaiting } = await submitSession(warRoom, { id, text, signature }, { signal });
      if (context.flags.json) {
        io.out(JSON.stringify({ id, cluster: name, seconds, path, commit, signed: signature !== undefined }));
        return EXIT.done;
      }
      const how = signature === undefined ? ' (unsigned)' : `, signed as ${engineer}`;
      io.err(`${io.errorStyle.good('✔')} session ${id} asked of ${name}${how}${isWaiting ? ', in the inbox' : ''}`);
      io.err(`  connect when it runs:  claude-warroom session connect ${id}`);
      if (!io.isTerminal) io.out(id);
      return EXIT.done;
    },
    { isWriting: true, signingKey: flags.signingKey },
  );
}

export interface OrderFlags {
  readonly signingKey?: string;
}

/** Extends or stops a session; `draft` gets it as it stands. */
export async function orderSession(
  context: CliContext,
  selector: string,
  { flags, draft }: { readonly flags: OrderFlags; readonly draft: (view: SessionView) => OrderDraft },
): Promise<ExitCode> {
  const { io, clock, random, signal } = context;
  return await withWarRoom(
    context,
    async (session) => {
      const { warRoom } = session;
      const engineer = await requirePrincipal(session);
      const view = chooseSession(await listSessions(warRoom, { now: clock.now(), signal }), selector, engineer);
      const wanted = draft(view);
      refuseClosed(view, wanted.action);
      const { order, text } = draftOrder(view, wanted, { engineer, now: clock.now(), random });
      const clusters = await clustersOf(session);
      const document = { text, purpose: 'session' as const, targets: [view.cluster], clusters };
      const signature = await signDocument(session, document);
      const { path, commit } = await submitSession(warRoom, { id: view.id, order, text, signature }, { signal });
      if (context.flags.json) {
        const until = wanted.action === 'extend' ? { until: wanted.until.toISOString() } : {};
        io.out(JSON.stringify({ id: view.id, action: wanted.action, ...until, path, commit }));
        return EXIT.done;
      }
      const how = signature === undefined ? ' (unsigned)' : `, signed as ${engineer}`;
      io.err(`${io.errorStyle.good('✔')} ${wanted.action} sent for ${view.id}${how}`);
      io.err(`  what comes of it:  claude-warroom session list`);
      if (!io.isTerminal) io.out(view.id);
      return EXIT.done;
    },
    { isWriting: true, signingKey: flags.signingKey },
  );
}

function refuseClosed(view: SessionView, action: string): void {
  if (isOpen(view) && !(action === 'stop' && view.orders.includes('stop'))) return;
  throw new WarroomError('not-found', `${view.id} cannot be changed`, {
    why: isOpen(view) ? 'it was told to stop before' : `it is over: ${view.phase}`,
    hint: 'start a new one:  claude-warroom session start',
  });
}

async function clustersOf({ warRoom, context }: Session): Promise<readonly ClusterView[]> {
  const { clusters } = await listClusters(warRoom, { now: context.clock.now(), signal: context.signal });
  return clusters;
}

const MINUTE_MS = 60_000;

/** Later by `by` milliseconds than it would end now, on a whole minute. */
export async function extendSession(
  context: CliContext,
  selector: string,
  flags: OrderFlags & { readonly by: number },
): Promise<ExitCode> {
  return await orderSession(context, selector, {
    flags,
    draft: ({ expiresAt, createdAt, seconds }) => {
      const from = expiresAt === undefined ? Date.parse(createdAt) + seconds * 1000 : Date.parse(expiresAt);
      return { action: 'extend', until: new Date(Math.ceil((from + flags.by) / MINUTE_MS) * MINUTE_MS) };
    },
  });
}
