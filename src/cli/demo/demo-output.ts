import { resultFolder } from '../../domain/repository-layout.ts';
import type { RequestId } from '../../domain/request-id.ts';
import { renderReportTerminal } from '../../report/terminal.ts';
import type { Io } from '../context.ts';
import { verificationMark } from '../verification.ts';
import { renderBottomLine } from '../render/bottom-line.ts';
import type { EngineName } from './choose-engine.ts';
import type { DemoAnswer } from './demo-question.ts';
import type { DemoPlaces } from './demo-war-room.ts';

/** The report, or why there is none. Evidence of a demo that is not `kept` is gone when somebody wants to open it. */
export function renderDemoReport(
  { view, report, checked }: DemoAnswer,
  { io, kept }: { readonly io: Io; readonly kept: DemoPlaces | undefined },
): string {
  const { width, style } = io;
  if (report === undefined) return renderBottomLine(view, { recommendations: [], style, width }).join('\n');
  const command = (rest: string): string | undefined => {
    if (kept === undefined) return undefined;
    return `claude-warroom get-results ${view.id} --repo ${kept.repository.url} ${rest}`;
  };
  const commands = {
    evidenceCommand: (evidence: string) => command(`--evidence ${evidence}`),
    moreCommand: () => command('--format markdown'),
  };
  const mark = verificationMark(checked);
  const verification = mark === undefined ? {} : { verification: mark };
  return renderReportTerminal(report, { width, style, ...commands, ...verification }).trimEnd();
}

/** The last line of `demo --json`; its names are a promise. */
export function demoJson(
  { view, report, checked }: DemoAnswer,
  run: { readonly engine: EngineName; readonly seconds: number; readonly warRoom: string },
): Readonly<Record<string, unknown>> {
  return {
    id: view.id,
    phase: view.phase,
    outcome: view.outcome ?? null,
    engine: report?.engine.name ?? run.engine,
    evidence: report?.evidence.length ?? 0,
    verified: verificationMark(checked) === 'VERIFIED',
    usd: report?.run.cost?.usd ?? null,
    seconds: run.seconds,
    warRoom: run.warRoom,
  };
}

export function printNextSteps(io: Io, id: RequestId, kept: DemoPlaces | undefined): void {
  const look =
    kept === undefined
      ? ['claude-warroom demo --keep warroom-demo']
      : [`${kept.workTree}/${resultFolder(id)}/`, `claude-warroom status --repo ${kept.repository.url}`];
  const rows = [
    ['look at the files it made', ...look],
    ['connect a real repository', 'claude-warroom init --github-repo owner/name'],
    ['put a processor into a cluster', 'claude-warroom cluster add --help', 'claude-warroom processor run --help'],
  ];
  io.err('');
  io.err(io.errorStyle.bold('Next'));
  for (const [at, [title = '', ...lines]] of rows.entries()) {
    for (const [index, line] of lines.entries()) {
      const left = index === 0 ? `${at + 1}. ${title}` : '';
      io.err(`  ${left.padEnd(34)} ${line}`);
    }
  }
}
