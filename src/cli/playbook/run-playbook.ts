import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { diagnose, type Diagnosis } from '../../diagnose/diagnose.ts';
import { recordRun } from '../../diagnose/record-run.ts';
import { replayRecording } from '../../diagnose/replay-recording.ts';
import { resolveAll } from '../../diagnose/run-case.ts';
import { WarroomError } from '../../domain/errors.ts';
import type { Target as Asked } from '../../domain/request.ts';
import type { Inputs } from '../../playbook/expand.ts';
import type { LoadedPlaybook } from '../../playbook/load-playbooks.ts';
import { createRedaction, type Redaction } from '../../redaction/create-redaction.ts';
import type { Playbook } from '../../schema/generated.ts';
import { renderReportTerminal } from '../../report/terminal.ts';
import { formatJson } from '../../schema/format-document.ts';
import { createKubeconfigTarget } from '../../target/kubeconfig-target.ts';
import type { TargetIdentity } from '../../target/port.ts';
import type { CliContext } from '../context.ts';
import { exitCodeOfRequest, type ExitCode } from '../exit-codes.ts';
import { isAboutHosts, runOnHosts } from '../run-on-hosts.ts';
import { writeFilesInside } from '../write-files.ts';
import { againCommand, isAboutCluster, sameCommand } from './again-command.ts';
import { findPlaybook, isForClusters, loadAll } from './find-playbook.ts';
import { reportOfRun } from './local-report.ts';
import { readNamedKubeconfig, type NamedKubeconfig } from './read-named-kubeconfig.ts';
import type { RunFlags } from './run-flags.ts';

/** Diagnoses this machine, a cluster, or a recording, and prints the report that a war room would get. */
export async function runByHand(context: CliContext, name: string, flags: RunFlags): Promise<ExitCode> {
  const { io, clock, random } = context;
  if (isAboutHosts(flags)) refuseBesideHosts(flags);
  const all = await loadAll(context, flags.dir);
  const loaded = findPlaybook(name, all, { isCluster: isAboutCluster(flags) });
  if (isAboutHosts(flags)) {
    return await runOnHosts(context, loaded.playbook, { flags, resolveInputs: () => inputsOf(loaded, flags) });
  }
  const redaction = createRedaction({ knownValues: [], key: random(32) });
  const startedAt = clock.now();
  const ran = await (flags.from === undefined
    ? runLive(context, { loaded, redaction, flags })
    : runRecorded(context, { loaded, redaction, flags, dir: resolve(context.cwd, flags.from) }));
  const report = await reportOfRun(context, {
    ...{ loaded, redaction, diagnosis: ran.diagnosis, identity: ran.identity },
    type: typeOf(loaded.playbook, flags),
    againCommand: (strategy) => againCommand(strategy, { flags, all, inputs: ran.inputs, isOpen: ran.isOpen }),
    startedAt: ran.now ?? startedAt,
    finishedAt: ran.now ?? clock.now(),
  });
  if (flags.save !== undefined) await save(context, flags.save, { loaded, ran, now: ran.now ?? startedAt });
  if (context.flags.json) io.out(formatJson('Report', report).trimEnd());
  else {
    const commands = {
      evidenceCommand: () => undefined,
      moreCommand: () => `${sameCommand(loaded.playbook.metadata.id, flags)} --json`,
    };
    io.out(renderReportTerminal(report, { width: io.width, style: io.style, ...commands }).trimEnd());
  }
  return exitCodeOfRequest({ phase: 'succeeded', outcome: report.outcome, quality: report.quality }, flags.failOn);
}

/** Hosts are looked at now and by SSH; what these flags mean for many of them nobody could say. */
function refuseBesideHosts(flags: RunFlags): void {
  const { from, now, save: folder, kubeconfig, hostedKubeconfig, failOn, hosts, all } = flags;
  const given = Object.entries({
    ...{ '--from': from, '--now': now, '--save': folder, '--kubeconfig': kubeconfig },
    ...{ '--hosted-kubeconfig': hostedKubeconfig, '--fail-on': failOn },
  }).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  if (hosts !== undefined && all === true) {
    throw new WarroomError('usage', '--hosts and --all cannot go together', { hint: 'leave one of them out' });
  }
  if (given.length === 0) return;
  throw new WarroomError('usage', `${given.join(' and ')} cannot go together with hosts of an inventory`, {
    hint: 'leave it out, or leave --hosts and --all out',
  });
}

interface Ran {
  readonly diagnosis: Diagnosis;
  readonly identity: TargetIdentity;
  readonly inputs: Inputs;
  /** Capture time of a recording. */
  readonly now?: Date;
  /** Whether other playbooks can look at the same: not so at the recorded run of one. */
  readonly isOpen: boolean;
}

/** What was looked at; of a recording only the playbook can tell. */
function typeOf({ spec }: Playbook, flags: RunFlags): Asked['type'] {
  const looked = flags.kubeconfig !== undefined ? 'hub' : flags.hostedKubeconfig !== undefined ? 'hosted' : 'host';
  if (flags.from === undefined && spec.targets.includes(looked)) return looked;
  return spec.targets[0] ?? 'host';
}

interface RunFacts {
  readonly loaded: LoadedPlaybook;
  readonly redaction: Redaction;
  readonly flags: RunFlags;
}

async function runLive(context: CliContext, { loaded, redaction, flags }: RunFacts): Promise<Ran> {
  const { io, clock, signal } = context;
  const { playbook } = loaded;
  requireFittingPlace(loaded, flags);
  const inputs = inputsOf(loaded, flags);
  const hubFile = await kubeconfigOf(context, flags.kubeconfig);
  const hostedFile = await kubeconfigOf(context, flags.hostedKubeconfig);
  const { openLocalTarget } = await import('../../composition.ts');
  const local = await openLocalTarget();
  const cacheDir = await mkdtemp(join(tmpdir(), 'warroom-kubectl-'));
  try {
    const hub = hubFile === undefined ? undefined : createKubeconfigTarget(local, { ...hubFile, cacheDir });
    const hosted = hostedFile === undefined ? undefined : createKubeconfigTarget(local, { ...hostedFile, cacheDir });
    const target = hub ?? hosted ?? local;
    const identified = target.identify(signal);
    const diagnosing = diagnose({
      ...{ playbook, inputs, redaction, clock, signal, target },
      allowsExec: flags.execRead === true,
      targets: {
        ...{ processor: local, host: local, docker: local },
        ...(hub === undefined ? {} : { hub }),
        ...(hosted === undefined ? {} : { hosted }),
      },
      onStep: (event) => {
        if (event.kind === 'finished' && io.isLive) {
          io.err(io.errorStyle.dim(`${event.done}/${event.total}  ${event.title}  ${event.status}  ${event.ms} ms`));
        }
      },
    });
    const [diagnosis, identity] = await Promise.all([diagnosing, identified]);
    return { diagnosis, inputs, identity, isOpen: true };
  } finally {
    await local.close();
    await rm(cacheDir, { recursive: true, force: true });
  }
}

/** Without one every kubectl would ask this machine for a cluster; with one a playbook for machines would look at this one. */
function requireFittingPlace(loaded: LoadedPlaybook, flags: RunFlags): void {
  const { metadata, spec } = loaded.playbook;
  const { id } = metadata;
  if (isAboutCluster(flags) && !isForClusters(loaded)) {
    throw new WarroomError('usage', `playbook ${id} looks at machines, not at clusters`, {
      hint: 'leave the kubeconfig out, or choose another one: claude-warroom playbook list',
    });
  }
  if (isAboutCluster(flags) || spec.targets.includes('host')) return;
  throw new WarroomError('usage', `playbook ${id} looks at clusters, and none is named`, {
    why: 'there is no --kubeconfig, and those of your shell are not used',
    hint: `name the cluster:  claude-warroom playbook run ${id} --kubeconfig FILE`,
  });
}

async function kubeconfigOf({ cwd }: CliContext, file: string | undefined): Promise<NamedKubeconfig | undefined> {
  return file === undefined ? undefined : await readNamedKubeconfig(cwd, file);
}

async function runRecorded(context: CliContext, facts: RunFacts & { readonly dir: string }): Promise<Ran> {
  const { io, clock, signal } = context;
  const { loaded, redaction, flags, dir } = facts;
  const { playbook } = loaded;
  const replayed = await replayRecording(dir, {
    ...{ playbook, redaction, clock, signal },
    inputs: { ...namespaceInputs(playbook, flags.namespace), ...flags.input },
    ...(flags.now === undefined ? {} : { now: flags.now }),
  });
  if (replayed.kind === 'invalid') throw invalidInputs(playbook.metadata.id, replayed.problems);
  if (replayed.kind === 'no-recording') {
    throw new WarroomError('not-found', `no recording in ${dir}`, {
      why: `it holds neither a recorded run of ${playbook.metadata.id} nor a must-gather`,
      hint: `record one with claude-warroom playbook run ${playbook.metadata.id} --save DIR`,
    });
  }
  if (!replayed.isTimeKnown) {
    io.err(
      `${io.errorStyle.warn('warning:')} nothing says when this was recorded; ages are measured by the clock of this machine, or give --now`,
    );
  }
  return { ...replayed, isOpen: !replayed.isRun };
}

function inputsOf({ playbook }: LoadedPlaybook, { input = {}, namespace }: RunFlags): Inputs {
  const resolved = resolveAll(playbook, { ...namespaceInputs(playbook, namespace), ...input });
  if (resolved.kind === 'ready') return resolved.inputs;
  throw invalidInputs(playbook.metadata.id, resolved.problems);
}

/** The namespace for every input that takes one; a wrong name is refused with the other inputs. */
function namespaceInputs({ metadata, spec }: Playbook, namespace: string | undefined): Inputs {
  if (namespace === undefined) return {};
  const names = Object.entries(spec.inputs ?? {})
    .filter(([name, { from }]) => from === 'namespace' || (from === undefined && name === 'namespace'))
    .map(([name]) => name);
  if (names.length > 0) return Object.fromEntries(names.map((name) => [name, namespace]));
  throw new WarroomError('usage', `playbook ${metadata.id} looks at no namespace`, { hint: 'leave --namespace out' });
}

function invalidInputs(id: string, problems: readonly string[]): WarroomError {
  return new WarroomError('usage', `cannot run playbook ${id}`, {
    why: problems.join('\n'),
    hint: 'give inputs with --input name=value; claude-warroom playbook show lists them',
  });
}

async function save(
  context: CliContext,
  dir: string,
  { loaded, ran, now }: { readonly loaded: LoadedPlaybook; readonly ran: Ran; readonly now: Date },
): Promise<void> {
  const { io, cwd } = context;
  const platform = ran.identity.platform === 'darwin' ? 'darwin' : 'linux';
  const files = recordRun(ran.diagnosis, { playbook: loaded.playbook, inputs: ran.inputs, now, platform });
  const written = await writeFilesInside(resolve(cwd, dir), files);
  io.err(
    `${io.errorStyle.good('✔')} ${written.length} files in ${dir}; replay them: claude-warroom playbook run ${loaded.playbook.metadata.id} --from ${dir}`,
  );
}
