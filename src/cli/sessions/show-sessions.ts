import { chooseSession, findSessions, isOpen, listSessions, type SessionView } from '../../client/sessions.ts';
import type { ResultVerification } from '../../client/verify-result.ts';
import { WarroomError } from '../../domain/errors.ts';
import { sessionPodName, sessionResultFolder } from '../../domain/session-layout.ts';
import { cleanLine, cleanMarkdown } from '../../report/untrusted.ts';
import { fileText } from '../../repository/file-content.ts';
import type { CliContext, Io } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderTable, renderTsv } from '../render/table.ts';
import { formatMinute } from '../render/time.ts';
import { withWarRoom } from '../session.ts';
import { verificationMark, verificationText } from '../verification.ts';
import { verifyRecords } from './verify-records.ts';

/** All sessions of the last days. */
export async function showSessions(context: CliContext): Promise<ExitCode> {
  const { io, clock, signal, flags } = context;
  return await withWarRoom(context, async (session) => {
    const found = await findSessions(session.warRoom, { now: clock.now(), signal });
    const { sessions } = found;
    const checked = await verifyRecords(session, found);
    if (flags.json) {
      const shown = sessions.map((each) => sessionJson(each, checked.get(each.id)));
      io.out(JSON.stringify({ sessions: shown }, null, 2));
      return EXIT.done;
    }
    if (sessions.length === 0) io.err('no sessions; start one:  claude-warroom session start');
    for (const line of renderSessions(sessions, io)) io.out(line);
    return EXIT.done;
  });
}

/** The record of a session that is over, and whether its processor has signed it. */
export async function showSession(
  context: CliContext,
  selector: string,
  { requireVerified = false }: { readonly requireVerified?: boolean },
): Promise<ExitCode> {
  const { io, clock, signal, flags } = context;
  return await withWarRoom(context, async (session) => {
    const { sessions, snapshot } = await findSessions(session.warRoom, { now: clock.now(), signal });
    const view = chooseSession(sessions, selector, await session.principal());
    const checked = (await verifyRecords(session, { sessions: [view], snapshot })).get(view.id);
    if (requireVerified && checked?.kind !== 'verified') {
      throw new WarroomError('not-allowed', `the record of ${view.id} is not verified`, {
        why: checked === undefined ? `there is none: it is ${view.phase}` : cleanLine(checked.why),
      });
    }
    const path = `${sessionResultFolder(view.id)}/README.md`;
    const page = fileText((await snapshot.readPaths([path], { maxBytes: MAX_PAGE_BYTES, signal })).get(path));
    if (flags.json) {
      io.out(JSON.stringify({ ...sessionJson(view, checked), record: page ?? null }, null, 2));
      return EXIT.done;
    }
    if (page === undefined) {
      io.err(`${view.id} is ${view.phase}${view.reason === undefined ? '' : `: ${cleanLine(view.reason.message)}`}`);
      return isOpen(view) ? EXIT.pending : EXIT.done;
    }
    if (checked?.kind === 'verified') io.err(verificationText(checked));
    io.out(cleanMarkdown(page).trimEnd());
    return EXIT.done;
  });
}

/** A conversation has 1 MiB at most, and a page some marks besides. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;

/** Names that scripts may rely on; null where there is nothing. */
function sessionJson(session: SessionView, checked: ResultVerification | undefined): object {
  const { purpose, expiresAt, pod, reason, requestSha256: _requestSha256, ...rest } = session;
  return {
    ...rest,
    purpose: purpose ?? null,
    expiresAt: expiresAt ?? null,
    pod: pod ?? null,
    reason: reason ?? null,
    verification: (checked === undefined ? undefined : verificationMark([checked])) ?? null,
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
