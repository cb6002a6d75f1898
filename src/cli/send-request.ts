import type { ClusterView } from '../client/clusters.ts';
import type { ReadyRequest } from '../client/draft-request.ts';
import { submitRequest, type SubmittedRequest } from '../client/submit-request.ts';
import { coordinationOf } from '../domain/coordination.ts';
import { requestTargets } from '../domain/request.ts';
import type { RequestView } from '../client/request-view.ts';
import { EXIT, exitCodeOfRequest, type ExitCode, type FailOn } from './exit-codes.ts';
import { requestJson } from './render/request-json.ts';
import { formatAgo } from './render/time.ts';
import type { Session } from './session.ts';
import { signDocument } from './sign-document.ts';
import { printBottomLine, waitForRequest } from './wait.ts';

/** Time that a processor may take to begin, on top of what the investigation itself may take. */
const START_MS = 5 * 60 * 1000;

export interface SendFlags {
  readonly wait?: number | true;
  readonly follow?: boolean;
  readonly failOn?: readonly FailOn[];
}

export interface Outgoing extends ReadyRequest {
  readonly signature?: string | undefined;
  readonly clusters: readonly ClusterView[];
}

/** Sends a request, says what happens next, and waits when asked to. */
export async function sendRequest(session: Session, outgoing: Outgoing, flags: SendFlags): Promise<ExitCode> {
  const { context, warRoom } = session;
  const { io, signal } = context;
  warnAboutProcessors(session, outgoing);
  const signature = outgoing.signature ?? (await signRequest(session, outgoing));
  const sent = await submitRequest(warRoom, { ...outgoing, signature }, { signal });
  printSent(session, outgoing, { ...sent, isSigned: signature !== undefined });
  const isWaiting = flags.follow === true || flags.wait !== undefined;
  if (!isWaiting) {
    if (context.flags.json) io.out(JSON.stringify(sentJson(sent, signature)));
    else if (!io.isTerminal) io.out(sent.id);
    return EXIT.done;
  }
  const view = await waitForRequest(session, sent.id, { timeoutMs: waitLimit(outgoing, flags) });
  if (context.flags.json) io.out(JSON.stringify({ ...sentJson(sent, signature), request: jsonOf(view) }));
  else if (view !== undefined && exitCodeOfRequest(view) !== EXIT.pending) await printBottomLine(session, view);
  else io.err(`${sent.id} is not done yet; follow it: claude-warroom follow ${sent.id}`);
  return view === undefined ? EXIT.pending : exitCodeOfRequest(view, flags.failOn);
}

/** `--follow` waits as long as it takes; `--wait` as long as the investigation may take, or as long as it says. */
function waitLimit({ request }: Outgoing, { wait, follow }: SendFlags): number | undefined {
  if (typeof wait === 'number') return wait;
  if (follow === true) return undefined;
  // One after the other each has its time.
  const turns = coordinationOf(request).mode === 'sequential' ? requestTargets(request).length : 1;
  return turns * (START_MS + request.spec.investigation.timeout * 1000);
}

async function signRequest(session: Session, { text, request, clusters }: Outgoing): Promise<string | undefined> {
  const targets = requestTargets(request).map(({ name }) => name);
  return await signDocument(session, { text, purpose: 'request', targets, clusters });
}

function printSent(
  { context, warRoom }: Session,
  outgoing: Outgoing,
  sent: SubmittedRequest & { readonly isSigned: boolean },
): void {
  const { io, clock } = context;
  const style = io.errorStyle;
  const { engineer } = outgoing.request.metadata;
  const own = sent.isSigned ? `signed as ${engineer}` : `unsigned, as ${engineer}`;
  const signature = outgoing.signature === undefined ? own : `with its signature, as ${engineer}`;
  io.err(`${style.good('✔')} sent  ${style.bold(sent.id)}   ${signature}`);
  if (sent.inbox !== undefined) {
    const why = sent.inbox === 'protected' ? `${warRoom.branch} is protected` : `${warRoom.branch} is busy`;
    io.err(`  ${why}: it waits in the inbox, where its processor takes it from`);
  }
  const seen = liveTargets(outgoing).map((cluster) => seenText(cluster, clock.now()));
  io.err(`  ${[...seen, 'follow it: claude-warroom follow @last'].join(' · ')}`);
}

function seenText({ name, lastSeenAt, processors }: ClusterView, now: Date): string {
  const poll = processors.at(0)?.pollSeconds;
  const polling = poll === undefined ? '' : ` and looks every ${poll} s`;
  return `${name} was seen ${lastSeenAt === undefined ? 'never' : formatAgo(lastSeenAt, now)}${polling}`;
}

function liveTargets({ request, clusters }: Outgoing): readonly ClusterView[] {
  const names = new Set(requestTargets(request).map(({ name }) => name));
  return clusters.filter(({ name, isLive }) => isLive && names.has(name));
}

/** Whoever asks should know before that nobody is there to answer. */
function warnAboutProcessors({ context }: Session, { request, clusters }: Outgoing): void {
  const { io, clock } = context;
  const warn = (text: string): void => {
    io.err(`${io.errorStyle.warn('warning:')} ${text}`);
  };
  for (const { name } of requestTargets(request)) {
    const cluster = clusters.find((candidate) => candidate.name === name);
    if (cluster?.lastSeenAt === undefined) {
      warn(`no processor of ${name} announces itself; start one there: claude-warroom processor run`);
    } else if (!cluster.isLive) {
      warn(
        `the processor of ${name} was last seen ${formatAgo(cluster.lastSeenAt, clock.now())}; see claude-warroom cluster list`,
      );
    }
    const paused = cluster?.processors.find((processor) => processor.isLive && processor.paused !== undefined);
    if (paused !== undefined) warn(`${name} is paused: ${paused.paused ?? ''}; see claude-warroom resume --help`);
    const engines = cluster?.processors.filter(({ isLive }) => isLive).flatMap((processor) => processor.engines) ?? [];
    if (request.spec.investigation.engine === 'claude' && engines.length > 0 && !engines.includes('claude')) {
      warn(`no processor of ${name} has the engine claude; use --engine auto to take what it has`);
    }
  }
}

function sentJson(
  { id, path, commit, url, inbox }: SubmittedRequest,
  signature: string | undefined,
): Readonly<Record<string, unknown>> {
  const signed = signature !== undefined;
  return { id, path, commit, url: url ?? null, signed, ...(inbox === undefined ? {} : { inbox }) };
}

function jsonOf(view: RequestView | undefined): unknown {
  return view === undefined ? null : requestJson(view);
}
