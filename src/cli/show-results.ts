import { resolve } from 'node:path';
import { findRequest, type FoundRequest } from '../client/find-request.ts';
import {
  readEvidence,
  readMarkdown,
  readReports,
  readResultFiles,
  type PublishedReport,
} from '../client/read-report.ts';
import { readThread, type Thread } from '../client/read-thread.ts';
import type { ResultVerification } from '../client/verify-result.ts';
import { WarroomError } from '../domain/errors.ts';
import { isTerminal } from '../domain/phase.ts';
import { unreachable } from '../lib/unreachable.ts';
import { randomHex } from '../lib/random-text.ts';
import { renderReportForAgent } from '../report/agent-text.ts';
import { renderReportTerminal } from '../report/terminal.ts';
import { cleanLine, cleanMarkdown, cleanText } from '../report/untrusted.ts';
import { formatYaml } from '../schema/format-document.ts';
import type { CliContext } from './context.ts';
import { exitCodeOfRequest, type ExitCode, type FailOn } from './exit-codes.ts';
import { printPaged } from './pager.ts';
import { renderRequest } from './render/request-detail.ts';
import { renderThread, renderThreadMarkdown } from './render/thread.ts';
import { withWarRoom, type Session } from './session.ts';
import { requireVerified, tellUnverified, verificationMark, verificationText, verifyAnswer } from './verification.ts';
import { waitForRequest } from './wait.ts';
import { writeFilesInside } from './write-files.ts';

export type ResultFormat = 'terminal' | 'markdown' | 'json' | 'yaml';

export interface ResultFlags {
  readonly format?: ResultFormat;
  readonly output?: string;
  readonly evidence?: string;
  readonly wait?: number | true;
  readonly failOn?: readonly FailOn[];
  readonly pager: boolean;
  readonly requireVerified?: boolean;
  /** Wraps what is printed as data for an AI assistant. */
  readonly forAgent?: boolean;
}

/** Prints the report of a request, or where the request stands while there is none. */
export async function showResults(context: CliContext, selector: string, flags: ResultFlags): Promise<ExitCode> {
  checkForAgent(context, flags);
  return await withWarRoom(context, async (session) => {
    const found = await findEnded(session, selector, flags.wait);
    const { view, snapshot } = found;
    const exitCode = exitCodeOfRequest(view, flags.failOn);
    const checked = await verifyAnswer(session, found);
    if (flags.requireVerified === true) requireVerified(view.id, checked);
    // An assistant may read both streams: it is told inside the envelope.
    if (flags.forAgent !== true) tellUnverified(context.io, checked);
    if (flags.output !== undefined && (await writeResult(context, found, flags.output))) return exitCode;
    const reports = await readReports(snapshot, view.id, context.signal);
    if (reports.length === 0) {
      if (flags.forAgent === true) await printForAgent(context, 'standing', standingLines(context, found).join('\n'));
      else printStanding(context, found);
      return exitCode;
    }
    if (flags.evidence !== undefined) {
      const { signal } = context;
      const { evidence, text } = await readEvidence(snapshot, reports, { evidence: flags.evidence, signal });
      const { io } = context;
      const how = evidence.exit === undefined ? evidence.status : `exit ${evidence.exit}`;
      const source = `${evidence.id}  ${cleanLine(evidence.argv.join(' '))}  (${how}, ${evidence.ms} ms)`;
      if (flags.forAgent !== true) io.err(io.errorStyle.dim(source));
      if (flags.forAgent === true) await printForAgent(context, evidence.id, `${source}\n\n${text}`);
      else await print(context, cleanText(text).trimEnd(), flags.pager);
      return exitCode;
    }
    if (flags.forAgent === true) {
      const lines = reports.flatMap(({ report }, at) => [...(at === 0 ? [] : ['']), ...renderReportForAgent(report)]);
      const signatures = checked.map((each) => `signature: ${verificationText(each)}`);
      await printForAgent(context, 'report', [...signatures, ...lines].join('\n'));
      return exitCode;
    }
    const format = flags.format ?? (context.flags.json ? 'json' : 'terminal');
    const { warRoom } = session;
    const options = { namespace: warRoom.refNamespace, now: context.clock.now(), signal: context.signal };
    const thread = async (): Promise<Thread> => await readThread(snapshot, view, options);
    const text = await formatted(context, found, { reports, format, thread, checked });
    await print(context, text, flags.pager && format === 'terminal');
    return exitCode;
  });
}

function checkForAgent(context: CliContext, { forAgent, format, output }: ResultFlags): void {
  if (forAgent !== true) return;
  const other = [
    ...(format === undefined ? [] : ['--format']),
    ...(output === undefined ? [] : ['--output']),
    ...(context.flags.json ? ['--json'] : []),
  ];
  if (other.length === 0) return;
  throw new WarroomError('usage', `--for-agent cannot be used with ${other.join(' and ')}`, {
    why: 'it prints the report as untrusted text in a form of its own',
    hint: 'leave one of them out',
  });
}

/** The request as it is, or as it is when waiting has ended. */
async function findEnded(session: Session, selector: string, wait: number | true | undefined): Promise<FoundRequest> {
  const { clock, signal } = session.context;
  const { warRoom, principal } = session;
  const found = await findRequest(warRoom, { selector, now: clock.now(), principal, signal });
  const isEnded = found.view.phase === 'invalid' || isTerminal(found.view.phase);
  if (wait === undefined || isEnded) return found;
  await waitForRequest(session, found.view.id, { timeoutMs: wait === true ? undefined : wait });
  return await findRequest(warRoom, { selector: found.view.id, now: clock.now(), principal, signal });
}

async function formatted(
  { io, signal }: CliContext,
  { view, snapshot }: FoundRequest,
  {
    reports,
    format,
    thread,
    checked,
  }: {
    readonly reports: readonly PublishedReport[];
    readonly format: ResultFormat;
    readonly thread: () => Promise<Thread>;
    readonly checked: readonly ResultVerification[];
  },
): Promise<string> {
  switch (format) {
    case 'terminal': {
      const options = { width: io.width, style: io.style };
      const pages = reports.map(({ report }) => {
        const verification = verificationMark(checked.filter(({ cluster }) => cluster === report.cluster.name));
        const own = verification === undefined ? {} : { verification };
        return renderReportTerminal(report, { ...options, ...own }).trimEnd();
      });
      return [...pages, renderThread(await thread(), options).join('\n')].filter(Boolean).join('\n\n');
    }
    case 'markdown': {
      const page = cleanMarkdown(await readMarkdown(snapshot, view.id, signal)).trimEnd();
      return [page, renderThreadMarkdown(await thread()).join('\n')].filter(Boolean).join('\n\n');
    }
    case 'json':
      // One report: its bytes. Several: a list of them.
      return reports.length === 1
        ? (reports[0]?.json ?? '').trimEnd()
        : `[${reports.map(({ json }) => json.trimEnd()).join(',\n')}]`;
    case 'yaml':
      return reports.map(({ report }) => formatYaml('Report', report).trimEnd()).join('\n---\n');
    default:
      return unreachable(format);
  }
}

async function print({ io, env }: CliContext, text: string, isPaged: boolean): Promise<void> {
  if (isPaged) await printPaged(io, text, env);
  else io.out(text);
}

/** There is nothing for stdout: a script sees it by the exit code. */
function printStanding(context: CliContext, found: FoundRequest): void {
  for (const line of standingLines(context, found)) context.io.err(line);
}

function standingLines({ io, clock }: CliContext, { view }: FoundRequest): readonly string[] {
  const options = { now: clock.now(), width: io.width, style: io.errorStyle };
  const isKept = view.phase === 'succeeded';
  const where = isKept ? `; it stays in the secure zone of ${view.clusters.join(', ')}` : '';
  return [`there is no report of ${view.id}${where}`, ...renderRequest(view, options)];
}

/** Nothing of others goes anywhere but into the envelope; an assistant may read both streams. */
async function printForAgent({ io, random }: CliContext, name: string, text: string): Promise<void> {
  const { renderAgentEnvelope } = await import('./render/agent-envelope.ts');
  io.out(renderAgentEnvelope({ name, text }, randomHex(16, random)));
}

/** False when there is nothing to write yet. */
async function writeResult(
  { io, cwd, signal, flags }: CliContext,
  { view, snapshot }: FoundRequest,
  output: string,
): Promise<boolean> {
  const files = await readResultFiles(snapshot, view.id, signal);
  if (files.size === 0) return false;
  const folder = resolve(cwd, output);
  const written = await writeFilesInside(folder, files);
  if (flags.json) io.out(JSON.stringify({ id: view.id, folder, files: written }));
  else for (const path of written) io.out(path);
  io.err(`${io.errorStyle.good('✔')} ${written.length} files of ${view.id} in ${output}`);
  return true;
}
