import { resolve } from 'node:path';
import { fetchExternalFile } from '../client/external-evidence.ts';
import { findRequest, type FoundRequest } from '../client/find-request.ts';
import {
  readAggregate,
  readEvidence,
  readMarkdown,
  readReports,
  readResultFiles,
  type PublishedAggregate,
  type PublishedReport,
} from '../client/read-report.ts';
import { readThread, type Thread } from '../client/read-thread.ts';
import type { ResultVerification } from '../client/verify-result.ts';
import { WarroomError } from '../domain/errors.ts';
import type { PartView, RequestView } from '../client/request-view.ts';
import { isTerminal } from '../domain/phase.ts';
import { resultFolder } from '../domain/repository-layout.ts';
import { nearestName } from '../lib/nearest-name.ts';
import { unreachable } from '../lib/unreachable.ts';
import { randomHex } from '../lib/random-text.ts';
import { renderAggregateForAgent, renderAggregateTerminal } from '../report/aggregate/aggregate-terminal.ts';
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
import { fetchExternal, openStores } from './fetch-external.ts';
import { writeFilesInside } from './write-files.ts';

export type ResultFormat = 'terminal' | 'markdown' | 'json' | 'yaml';

export interface ResultFlags {
  readonly format?: ResultFormat;
  readonly output?: string;
  readonly evidence?: string;
  /** One part of a request to several clusters. */
  readonly cluster?: string;
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
    const { signal } = context;
    const cluster = flags.cluster === undefined ? undefined : partOf(view, flags.cluster);
    const exitCode = exitCodeOfRequest(cluster ?? view, flags.failOn);
    const checked = (await verifyAnswer(session, found)).filter((each) => cluster === undefined || isOf(each, cluster));
    if (flags.requireVerified === true) requireVerified(view.id, checked);
    // An assistant may read both streams: it is told inside the envelope.
    if (flags.forAgent !== true) tellUnverified(context.io, checked);
    const folder = cluster === undefined ? resultFolder(view.id) : partFolderOf(view, cluster.cluster);
    if (flags.output !== undefined && (await writeResult(context, found, { output: flags.output, folder })))
      return exitCode;
    const all = await readReports(snapshot, view.id, signal);
    const reports = all.filter(({ report }) => cluster === undefined || report.cluster.name === cluster.cluster);
    const isWhole = cluster === undefined && flags.evidence === undefined;
    const page = isWhole ? await readAggregate(snapshot, view.id, signal) : undefined;
    if (reports.length === 0 && page === undefined) {
      if (flags.forAgent === true) await printForAgent(context, 'standing', standingLines(context, found).join('\n'));
      else printStanding(context, found);
      return exitCode;
    }
    if (flags.evidence !== undefined) {
      await showEvidence(context, { snapshot, reports, evidence: flags.evidence, flags });
      return exitCode;
    }
    if (flags.forAgent === true) {
      await printForAgent(context, 'report', agentLines({ reports, page, checked }).join('\n'));
      return exitCode;
    }
    const format = flags.format ?? (context.flags.json ? 'json' : 'terminal');
    const { warRoom } = session;
    const options = { namespace: warRoom.refNamespace, now: context.clock.now(), signal };
    const thread = async (): Promise<Thread> => await readThread(snapshot, view, options);
    const text = await formatted(context, found, { reports, page, folder, format, thread, checked });
    await print(context, text, flags.pager && format === 'terminal');
    return exitCode;
  });
}

/** The part that `--cluster` names; throws `usage` with the nearest name. */
function partOf(view: RequestView, name: string): PartView {
  const part = view.parts.find(({ cluster }) => cluster === name);
  if (part !== undefined) return part;
  const nearest = nearestName(name, view.clusters);
  throw new WarroomError('usage', `${view.id} did not ask the cluster "${name}"`, {
    why: `it asked ${view.clusters.join(', ')}`,
    ...(nearest === undefined ? {} : { hint: `did you mean  --cluster ${nearest} ?` }),
  });
}

function partFolderOf({ id, clusters }: RequestView, cluster: string): string {
  return clusters.length > 1 ? resultFolder(id, cluster) : resultFolder(id);
}

function isOf({ cluster, isAggregate }: ResultVerification, part: PartView): boolean {
  return cluster === part.cluster && isAggregate !== true;
}

async function showEvidence(
  context: CliContext,
  {
    snapshot,
    reports,
    evidence: wanted,
    flags,
  }: {
    readonly snapshot: FoundRequest['snapshot'];
    readonly reports: readonly PublishedReport[];
    readonly evidence: string;
    readonly flags: ResultFlags;
  },
): Promise<void> {
  const { io, signal } = context;
  const { evidence, text } = await readEvidence(snapshot, reports, {
    evidence: wanted,
    fetchExternal: async (file) => await fetchExternalFile(file, { openStore: await openStores(context), signal }),
    signal,
  });
  const how = evidence.exit === undefined ? evidence.status : `exit ${evidence.exit}`;
  const source = `${evidence.id}  ${cleanLine(evidence.argv.join(' '))}  (${how}, ${evidence.ms} ms)`;
  if (flags.forAgent === true) {
    await printForAgent(context, evidence.id, `${source}\n\n${text}`);
    return;
  }
  io.err(io.errorStyle.dim(source));
  await print(context, cleanText(text).trimEnd(), flags.pager);
}

interface Answers {
  readonly reports: readonly PublishedReport[];
  /** Over all parts. */
  readonly page: PublishedAggregate | undefined;
  readonly checked: readonly ResultVerification[];
}

function agentLines({ reports, page, checked }: Answers): readonly string[] {
  const signatures = checked.map((each) => `signature: ${verificationText(each)}`);
  const whole = page === undefined ? [] : [renderAggregateForAgent(page.aggregate)];
  const parts = [...whole, ...reports.map(({ report }) => renderReportForAgent(report))];
  return [...signatures, ...parts.flatMap((lines, at) => [...(at === 0 ? [] : ['']), ...lines])];
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
  { io, signal, clock }: CliContext,
  { view, snapshot }: FoundRequest,
  {
    reports,
    page,
    folder,
    format,
    thread,
    checked,
  }: Answers & {
    /** Whose README.md it is. */
    readonly folder: string;
    readonly format: ResultFormat;
    readonly thread: () => Promise<Thread>;
  },
): Promise<string> {
  switch (format) {
    case 'terminal': {
      const options = { width: io.width, style: io.style };
      const marked = (of: readonly ResultVerification[]): { verification?: 'VERIFIED' | 'UNVERIFIED' } => {
        const verification = verificationMark(of);
        return verification === undefined ? {} : { verification };
      };
      const pages =
        page === undefined
          ? reports.map(({ report }) => {
              const own = marked(checked.filter(({ cluster }) => cluster === report.cluster.name));
              const part = view.clusters.length > 1 ? ` --cluster ${report.cluster.name}` : '';
              const evidenceCommand = (evidence: string): string =>
                `claude-warroom get-results ${view.id}${part} --evidence ${evidence}`;
              const moreCommand = (): string => `claude-warroom get-results ${view.id}${part} --format markdown`;
              return renderReportTerminal(report, { ...options, ...own, evidenceCommand, moreCommand }).trimEnd();
            })
          : [renderAggregateTerminal(page.aggregate, { ...options, ...marked(checked), now: clock.now() })];
      return [...pages, renderThread(await thread(), options).join('\n')].filter(Boolean).join('\n\n');
    }
    case 'markdown': {
      const text = cleanMarkdown(await readMarkdown(snapshot, folder, signal)).trimEnd();
      return [text, renderThreadMarkdown(await thread()).join('\n')].filter(Boolean).join('\n\n');
    }
    case 'json':
      if (page !== undefined) return page.json.trimEnd();
      // One report: its bytes. Several: a list of them.
      return reports.length === 1
        ? (reports[0]?.json ?? '').trimEnd()
        : `[${reports.map(({ json }) => json.trimEnd()).join(',\n')}]`;
    case 'yaml':
      if (page !== undefined) return formatYaml('Aggregate', page.aggregate).trimEnd();
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
  context: CliContext,
  { view, snapshot }: FoundRequest,
  { output, folder: source }: { readonly output: string; readonly folder: string },
): Promise<boolean> {
  const { io, cwd, signal, flags } = context;
  const files = await readResultFiles(snapshot, { id: view.id, folder: source, signal });
  if (files.size === 0) return false;
  const folder = resolve(cwd, output);
  const { fetched, missing } = await fetchExternal(context, files);
  const written = await writeFilesInside(folder, new Map([...files, ...fetched]));
  const left = missing.length === 0 ? {} : { missing };
  if (flags.json) io.out(JSON.stringify({ id: view.id, folder, files: written, ...left }));
  else for (const path of written) io.out(path);
  io.err(`${io.errorStyle.good('✔')} ${written.length} files of ${view.id} in ${output}`);
  return true;
}
