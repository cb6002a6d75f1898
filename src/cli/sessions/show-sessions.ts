import { chooseSession, listSessions, type SessionView } from '../../client/sessions.ts';
import { WarroomError } from '../../domain/errors.ts';
import { sessionPodName } from '../../domain/session-layout.ts';
import { cleanLine } from '../../report/untrusted.ts';
import type { CliContext, Io } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderTable, renderTsv } from '../render/table.ts';
import { formatMinute } from '../render/time.ts';
import { withWarRoom } from '../session.ts';

/** All sessions of the last days. */
export async function showSessions(context: CliContext): Promise<ExitCode> {
  const { io, clock, signal, flags } = context;
  return await withWarRoom(context, async ({ warRoom }) => {
    const sessions = await listSessions(warRoom, { now: clock.now(), signal });
    if (flags.json) {
      io.out(JSON.stringify({ sessions: sessions.map(sessionJson) }, null, 2));
      return EXIT.done;
    }
    if (sessions.length === 0) io.err('no sessions; start one:  claude-warroom session start');
    for (const line of renderSessions(sessions, io)) io.out(line);
    return EXIT.done;
  });
}

/** Names that scripts may rely on; null where there is nothing. */
function sessionJson(session: SessionView): object {
  const { purpose, expiresAt, pod, reason, ...rest } = session;
  return {
    ...rest,
    purpose: purpose ?? null,
    expiresAt: expiresAt ?? null,
    pod: pod ?? null,
    reason: reason ?? null,
  };
}

const HEADINGS = ['ID', 'PHASE', 'CLUSTER', 'REQUESTER', 'UNTIL', 'ABOUT'];

function renderSessions(sessions: readonly SessionView[], io: Io): readonly string[] {
  if (!io.isTerminal) {
    return sessions.map(({ id, phase, cluster, requester, expiresAt = '', purpose = '' }) =>
      renderTsv([id, phase, cluster, requester, expiresAt, purpose].map(cleanLine)),
    );
  }
  if (sessions.length === 0) return [];
  const rows = sessions.map(({ id, phase, cluster, requester, expiresAt, purpose, reason }) => [
    id,
    phase,
    cluster,
    cleanLine(requester),
    expiresAt === undefined ? '-' : formatMinute(new Date(expiresAt)),
    cleanLine((phase === 'refused' ? reason?.message : undefined) ?? purpose ?? '-'),
  ]);
  return renderTable([HEADINGS.map((heading) => io.style.dim(heading)), ...rows], io.width);
}

/** The line to run where the cluster can be reached. */
export function connectCommand({ id, pod }: Pick<SessionView, 'id' | 'pod'>): string | undefined {
  // The name follows from the id: whoever can write the state cannot point it at another pod.
  return pod === undefined
    ? undefined
    : `kubectl exec -it -n ${pod.namespace} ${sessionPodName(id)} -c session -- claude`;
}

export async function connectSession(context: CliContext, selector: string): Promise<ExitCode> {
  const { io, clock, signal, flags } = context;
  return await withWarRoom(context, async (session) => {
    const sessions = await listSessions(session.warRoom, { now: clock.now(), signal });
    const view = chooseSession(sessions, selector, await session.principal());
    const line = view.phase === 'running' ? connectCommand(view) : undefined;
    if (line !== undefined) {
      io.out(flags.json ? JSON.stringify({ id: view.id, command: line, expiresAt: view.expiresAt ?? null }) : line);
      if (!flags.json) io.err(`  until ${view.expiresAt ?? 'its end'}; run it on the secure workstation`);
      return EXIT.done;
    }
    if (view.phase === 'pending' || view.phase === 'starting') {
      io.err(`${view.id} is ${view.phase}${view.reason === undefined ? '' : `: ${cleanLine(view.reason.message)}`}`);
      if (flags.json) io.out(JSON.stringify({ id: view.id, command: null, phase: view.phase }));
      return EXIT.pending;
    }
    throw new WarroomError('not-found', `${view.id} is ${view.phase}`, {
      why: view.reason === undefined ? 'no processor of its cluster answered' : cleanLine(view.reason.message),
      ...(view.reason?.hint === undefined ? {} : { hint: cleanLine(view.reason.hint) }),
    });
  });
}
