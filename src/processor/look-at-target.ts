import type { Evidence } from '../domain/evidence.ts';
import type { Judgement } from '../domain/finding.ts';
import { inputsOfRequest, resolveInputs, type RequestFocus } from '../playbook/expand.ts';
import type { LoadedPlaybook } from '../playbook/load-playbooks.ts';
import { runPlaybook, type PlaybookRun, type StepEvent } from '../playbook/run-playbook.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import type { Playbook, TroubleshootingRequest } from '../schema/generated.ts';
import { judgeRun } from '../synthesis/judge-run.ts';
import type { Target, TargetIdentity } from '../target/port.ts';
import { createEvidenceCounter } from './evidence-counter.ts';
import type { HostChoice, HostChooser } from './host-chooser.ts';
import { lookAtFleet } from './look-at-fleet.ts';
import { refuseOtherTarget } from './refuse-other-target.ts';
import { aimedAt, focusFor, placesOf, suppliedInputs } from './request-places.ts';
import { stopSignal } from './work-facts.ts';
import type { Work } from './work.ts';

/** What was seen of the target, before anybody judges it with others. */
export interface Look {
  readonly evidence: readonly Evidence[];
  readonly commands: PlaybookRun['commands'];
  /** Raw. */
  readonly judgement: Judgement;
  readonly checks: number;
  readonly focus: RequestFocus;
  readonly target: Pick<TargetIdentity, 'kind' | 'identity' | 'name'>;
  /** Raw; which of several hosts are in trouble. */
  readonly impact?: string;
}

interface Asked {
  readonly loaded: LoadedPlaybook;
  readonly redaction: Redaction;
}

/** Looks at what a request is about; hosts of an inventory are opened for it alone. */
export async function lookAtTarget(work: Work, request: TroubleshootingRequest, asked: Asked): Promise<Look> {
  const { context } = work;
  const { hosts } = context;
  const choice = hosts?.choose(request.spec.issue.affectedResources ?? []);
  if (hosts === undefined || choice === undefined)
    return await lookAtOne(work, request, { ...asked, target: context.target });
  switch (choice.kind) {
    case 'refused':
      throw new Error(`${choice.message}, and was admitted`);
    case 'chosen': {
      const target = await hosts.open(choice.host);
      try {
        return await lookAtOne(work, request, { ...asked, target });
      } finally {
        await target.close();
      }
    }
    case 'several':
      return await lookAtSeveral(work, request, { ...asked, hosts, choice });
  }
}

async function lookAtOne(
  work: Work,
  request: TroubleshootingRequest,
  asked: Asked & { readonly target: Target },
): Promise<Look> {
  const { loaded, target } = asked;
  const { playbook } = loaded;
  await refuseOtherTarget(target, { request, cluster: work.context.settings.cluster });
  const run = await collect(work, request, { ...asked, playbook, nextEvidence: createEvidenceCounter(0) });
  return {
    evidence: run.evidence,
    commands: run.commands,
    judgement: judgeRun({ ...run, playbook }),
    checks: run.steps.length,
    focus: focusFor(playbook, request),
    target: await target.identify(),
  };
}

async function lookAtSeveral(
  work: Work,
  request: TroubleshootingRequest,
  asked: Asked & { readonly hosts: HostChooser; readonly choice: Extract<HostChoice, { readonly kind: 'several' }> },
): Promise<Look> {
  const { loaded, redaction, hosts, choice } = asked;
  const { context } = work;
  const { playbook } = loaded;
  const nextEvidence = createEvidenceCounter(0);
  const { evidence, commands, judgement, summary } = await lookAtFleet({
    playbook,
    hosts: choice.hosts,
    concurrency: hosts.concurrency,
    timeoutMs: request.spec.investigation.timeout * 1000,
    clock: context.clock,
    open: async (host) => await hosts.open(host),
    run: async (target, { name }, share) => {
      await refuseOtherTarget(target, { request, cluster: context.settings.cluster });
      return await collect(work, request, { loaded, redaction, target, nextEvidence, playbook: share, host: name });
    },
  });
  const { resources, ...focus } = focusFor(playbook, request);
  return {
    ...{ evidence, commands, judgement, impact: summary },
    checks: playbook.spec.steps.length * choice.hosts.length,
    // All of them are meant; their names say nothing about which is the cause.
    focus: { ...focus, resources: (resources ?? []).filter((each) => !/^(?:host|group)\//u.test(each)) },
    target: {
      kind: 'inventory',
      identity: context.settings.cluster.name,
      name: `${choice.name} (${choice.hosts.length} hosts)`.slice(0, 253),
    },
  };
}

async function collect(
  work: Work,
  request: TroubleshootingRequest,
  {
    playbook,
    redaction,
    target,
    nextEvidence,
    host,
  }: Asked & {
    /** With the budget that counts here. */
    readonly playbook: Playbook;
    readonly target: Target;
    readonly nextEvidence: () => string;
    /** Named when it is one of several. */
    readonly host?: string;
  },
): Promise<PlaybookRun> {
  const { context } = work;
  const inputs = resolveInputs(
    playbook,
    inputsOfRequest(playbook, focusFor(playbook, request)),
    suppliedInputs(playbook, request, context.settings),
  );
  // A request without what the playbook needs was not admitted.
  if (inputs.kind === 'invalid') throw new Error(inputs.problems.join('; '));
  return await runPlaybook({
    playbook: aimedAt(playbook, request),
    target,
    targets: placesOf(target, request, context.settings),
    inputs: inputs.inputs,
    allowsExec: context.settings.execRead === true,
    redaction,
    clock: context.clock,
    signal: stopSignal(work),
    deadlineMs: request.spec.investigation.timeout * 1000,
    judge: judgeRun,
    nextEvidence,
    onStep: (event) => {
      tellStep(work, host === undefined ? event : { ...event, title: `${host}: ${event.title}` });
    },
    onCommand: (event) => {
      if (event.kind === 'started') {
        work.watch.commandStarted(event.argv);
        return;
      }
      const { kind: _kind, ...command } = event;
      work.watch.commandEnded({ source: 'playbook', decision: 'allowed', ...command });
    },
  });
}

function tellStep({ context, keeper, candidate, watch }: Work, event: StepEvent): void {
  const { title, done, total } = event;
  if (event.kind === 'finished') context.failpoint('in-collect');
  keeper?.report({ phase: 'collecting', message: title, done, total });
  watch.progress({ phase: 'collecting', message: title });
  context.emit({ type: 'progress', id: candidate.id, phase: 'collecting', message: title, done, total });
}
