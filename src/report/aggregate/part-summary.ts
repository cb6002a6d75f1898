import { isSkipped } from '../../domain/coordination.ts';
import { isProblem, severityRank } from '../../domain/finding.ts';
import { terminalPhase } from '../../domain/phase.ts';
import type { AggregatePart, Recommendation, Report, RequestTarget, Status } from '../../schema/generated.ts';
import { shortened } from '../untrusted.ts';

/** One part as whoever puts the parts together has found it. */
export type PartSource = { readonly target: RequestTarget } & (
  | { readonly kind: 'open' }
  /** Nobody took it in time, or whoever took it has gone. */
  | { readonly kind: 'expired'; readonly reason: string }
  | {
      readonly kind: 'ended';
      readonly status: Status;
      readonly signature: NonNullable<AggregatePart['signature']>;
      /** Why its words are not used. */
      readonly problem?: string;
      readonly manifestSha256?: string;
      readonly report?: Report;
    }
);

const MAX_FINDINGS = 10;
const MAX_RULED_OUT = 20;

/** What is kept of a part; of one that is broken nothing that it says. */
export function summarizePart(source: PartSource): AggregatePart {
  const { target } = source;
  const known = { cluster: target.name, type: target.type };
  switch (source.kind) {
    case 'open':
      return { ...known, phase: 'pending' };
    case 'expired':
      return { ...known, phase: 'expired', reason: source.reason };
    case 'ended':
      return { ...known, ...summarizeEnd(source) };
  }
}

function summarizeEnd(
  source: Extract<PartSource, { readonly kind: 'ended' }>,
): Omit<AggregatePart, 'cluster' | 'type'> {
  const { status, signature, problem, manifestSha256, report } = source;
  const { reason, times, attempts } = status;
  const phase = terminalPhase(status.phase);
  const known = {
    phase,
    signature,
    ...(manifestSha256 === undefined ? {} : { manifestSha256 }),
    ...(times.finishedAt === undefined ? {} : { finishedAt: times.finishedAt }),
  };
  if (signature === 'broken') {
    return { ...known, reason: shortened(`not used: ${problem ?? 'it is broken'}`, 1000), reasonCode: 'broken' };
  }
  const startedAt = report?.run.startedAt ?? attempts.at(-1)?.startedAt;
  return {
    ...known,
    ...(isSkipped(phase, reason?.code) ? { isSkipped: true } : {}),
    ...(status.outcome === undefined ? {} : { outcome: status.outcome }),
    ...(status.quality === undefined ? {} : { quality: status.quality }),
    ...(status.confidence === undefined ? {} : { confidence: status.confidence }),
    ...(status.bottomLine === undefined ? {} : { bottomLine: status.bottomLine }),
    ...(reason === undefined ? {} : { reason: reason.message, reasonCode: reason.code }),
    ...(status.strategy === undefined ? {} : { strategy: status.strategy }),
    ...(status.engine === undefined ? {} : { engine: status.engine }),
    processor: status.processor.holder,
    ...(startedAt === undefined ? {} : { startedAt }),
    attempts: status.attempt,
    ...(report === undefined ? {} : summarizeReport(report)),
  };
}

function summarizeReport(report: Report): Pick<AggregatePart, 'cause' | 'doNow' | 'findings' | 'ruledOut'> {
  const cause = causeOf(report);
  const findings = [...report.findings]
    .sort(
      (a, b) =>
        Number(b.code === cause) - Number(a.code === cause) || severityRank(a.severity) - severityRank(b.severity),
    )
    .filter((finding) => isProblem(finding) || finding.code === cause)
    .slice(0, MAX_FINDINGS)
    .map(({ code, severity, object, title, confidence, since }) => ({
      ...{ severity, confidence },
      code: shortened(code, 120),
      object: shortened(object, 400),
      title: shortened(title, 300),
      ...(since === undefined ? {} : { since }),
    }));
  const [first] = report.recommendations;
  return {
    ...(first === undefined ? {} : { doNow: shortened(`${first.action}${riskOf(first)}`, 700) }),
    ...(cause === undefined ? {} : { cause: shortened(cause, 120) }),
    findings,
    ruledOut: report.ruledOut.slice(0, MAX_RULED_OUT).map(({ text }) => shortened(text, 300)),
  };
}

function riskOf({ risk }: Recommendation): string {
  return risk === 'none' ? '' : ` (risk: ${risk})`;
}

/** Code of the finding that stands behind the root cause. */
function causeOf({ outcome, hypotheses, findings }: Report): string | undefined {
  if (outcome !== 'root-cause') return undefined;
  const [first] = hypotheses;
  return findings.find(({ id }) => id === first?.finding)?.code;
}
