import { readVersion } from '../../config/package-version.ts';
import { titleOf } from '../../client/draft-request.ts';
import type { Diagnosis } from '../../diagnose/diagnose.ts';
import { isProblem } from '../../domain/finding.ts';
import { createRequestId } from '../../domain/request-id.ts';
import type { Target } from '../../domain/request.ts';
import type { LoadedPlaybook } from '../../playbook/load-playbooks.ts';
import type { Redaction } from '../../redaction/create-redaction.ts';
import { buildReport } from '../../report/build-report.ts';
import type { Question } from '../../report/report-parts.ts';
import type { Report } from '../../schema/generated.ts';
import type { TargetIdentity } from '../../target/port.ts';
import type { CliContext } from '../context.ts';
import { sha256 } from '../../lib/digest.ts';

export interface LocalRun {
  readonly loaded: LoadedPlaybook;
  readonly diagnosis: Diagnosis;
  readonly identity: TargetIdentity;
  readonly type: Target['type'];
  /** Command that looks again, or closer with another strategy; undefined where nothing can be looked at again. */
  readonly againCommand: (strategy: string) => string | undefined;
  readonly redaction: Redaction;
  /** Capture time. */
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** The report of a run that nobody requested: the same as in a war room, with the playbook as the question. */
export async function reportOfRun(context: CliContext, run: LocalRun): Promise<Report> {
  const { loaded, diagnosis, identity, type, redaction } = run;
  const { metadata, spec } = loaded.playbook;
  const name = targetName(identity.name);
  const strategy = spec.strategies[0] ?? metadata.id;
  const question: Question = {
    metadata: {
      name: createRequestId({ at: run.startedAt, slug: metadata.id, random: context.random }),
      title: titleOf(metadata.title),
      timestamp: run.startedAt.toISOString(),
    },
    spec: { issue: { description: `What does ${metadata.id} find?` }, investigation: {} },
  };
  return await redaction.redactValue(
    buildReport({
      request: question,
      requestSha256: sha256(JSON.stringify(question)),
      investigateCommand: run.againCommand,
      cluster: { type, name },
      target: { kind: identity.kind, identity: identity.identity.slice(0, 200), name: identity.name.slice(0, 200) },
      requester: { name: 'local', verified: false },
      assessment: diagnosis.assessment,
      strategy: { name: strategy, chosenBy: 'request' },
      engine: { name: 'diagnostics', why: problemsText(diagnosis) },
      judgement: diagnosis.judgement,
      hypotheses: diagnosis.hypotheses,
      evidence: diagnosis.evidence,
      redactions: redaction.counts(),
      run: {
        startedAt: run.startedAt,
        finishedAt: run.finishedAt,
        attempt: 1,
        attempts: [],
        holder: 'local',
        version: await readVersion(),
        playbook: { id: metadata.id, version: metadata.version, sha256: loaded.sha256 },
      },
    }),
  );
}

function problemsText({ judgement }: Diagnosis): string {
  const problems = judgement.findings.filter(isProblem).length;
  return `run by hand: ${problems} ${problems === 1 ? 'problem' : 'problems'} found by rules`;
}

/** Host names may hold what names of clusters may not. */
function targetName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/gu, '-')
    .replace(/^-+|-+$/gu, '')
    .slice(0, 63)
    .replace(/-+$/u, '');
  return plain === '' ? 'this-host' : plain;
}
