import { mkdir, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import type { ClusterAccess } from '../../cluster-broker/open-cluster-access.ts';
import { openAgentAccess } from '../../cluster-broker/open-agent-access.ts';
import { writeKubectlFiles } from '../../cluster-broker/run-files.ts';
import type { BrokerAccess } from '../../cluster-broker/start-cluster-broker.ts';
import { OWN_CLUSTER } from '../../domain/config-checks.ts';
import { isWarroomError } from '../../domain/errors.ts';
import { runChild, type ChildEnd } from '../../lib/child-process.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomHex, type RandomBytes } from '../../lib/random-text.ts';
import { clusterIdOf } from '../cluster-identity.ts';
import { commandEnd } from '../command-end.ts';
import { hasReachedLogLimit } from '../log-limit.ts';
import { createBrokeredMetrics } from '../metrics/open-metrics.ts';
import type { Command, CommandEnd, CommandResult, Target, TargetIdentity } from '../port.ts';
import { readComplaint } from '../read-complaint.ts';
import { kubectlArgv, readStepCommand } from './step-command.ts';

export interface KubernetesTargetOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly access: ClusterAccess;
  /** For kubeconfigs of the broker and what kubectl keeps; emptied at the start. */
  readonly folder: string;
  /** Where kubectl and oc are looked for. */
  readonly path: string;
}

const GRACE_MS = 500;
const IDENTIFY_MS = 20_000;
/** Name of the playbooks' own run in audit lines. */
const PLAYBOOK_RUN = 'playbook';

interface Way {
  readonly broker: BrokerAccess;
  readonly kubeconfig: string;
  readonly cacheDir: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A cluster, looked at by kubectl through the cluster broker: no command ever holds the credential. */
export async function createKubernetesTarget(options: KubernetesTargetOptions): Promise<Target> {
  const { clock, random, access, folder, path } = options;
  const base = { PATH: path, LANG: 'C.UTF-8', LC_ALL: 'C', TZ: 'UTC' };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ways = new Map<string, Promise<Way>>();
  let identity: TargetIdentity | undefined;

  async function openWay(cluster: string, signal: AbortSignal): Promise<Way> {
    const broker = await access.openCluster(cluster, PLAYBOOK_RUN, signal);
    const own = join(folder, 'steps', cluster);
    await mkdir(own, { recursive: true, mode: 0o700 });
    const environment = await writeKubectlFiles(own, broker);
    return { broker, environment, kubeconfig: join(own, 'kubeconfig'), cacheDir: join(own, 'cache') };
  }

  /** One way for each cluster; one that could not be opened is tried again by the next step. */
  async function wayTo(cluster: string, signal: AbortSignal): Promise<Way> {
    const known = ways.get(cluster);
    if (known !== undefined) return await known;
    const opening = openWay(cluster, signal);
    ways.set(cluster, opening);
    try {
      return await opening;
    } catch (error) {
      ways.delete(cluster);
      throw error;
    }
  }

  async function run(command: Command, signal: AbortSignal = new AbortController().signal): Promise<CommandResult> {
    const startedAt = clock.now();
    const startedMs = clock.monotonicMs();
    const without = (end: CommandEnd, stderr: string): CommandResult => {
      return { end, stdout: '', stderr, truncated: false, startedAt, ms: Math.round(clock.monotonicMs() - startedMs) };
    };
    const step = readStepCommand(command.argv);
    if (step.kind === 'refused') return without({ kind: 'exited', exit: 126 }, `permission denied: ${step.why}`);
    let way: Way;
    try {
      way = await wayTo(step.cluster, AbortSignal.any([signal, AbortSignal.timeout(command.timeoutMs)]));
    } catch (error) {
      if (signal.aborted) return without({ kind: 'aborted' }, '');
      if (!isWarroomError(error)) throw error;
      const said = error.why === undefined ? error.message : `${error.message}: ${error.why}`;
      if (error.code === 'not-allowed') return without({ kind: 'exited', exit: 126 }, `permission denied: ${said}`);
      return without({ kind: 'unreachable' }, said);
    }
    const result = await runChild({
      argv: kubectlArgv(step, { ...way, timeoutMs: command.timeoutMs }),
      cwd: folder,
      env: { ...base, ...way.environment },
      timeoutMs: command.timeoutMs,
      maxBytes: command.maxBytes,
      keep: command.keep ?? 'start',
      graceMs: GRACE_MS,
      signal,
    });
    const complaint = readComplaint(result.stderr.toString('utf8'));
    const stdout = result.stdout.toString('utf8');
    return {
      end: endOf(result.end, complaint.isUnreachable),
      stdout,
      stderr: result.end.kind === 'not-started' ? `not started: ${result.end.code}` : complaint.stderr,
      truncated: result.truncated || hasReachedLogLimit(step.args, stdout),
      startedAt,
      ms: Math.round(result.ms),
    };
  }

  async function identify(signal?: AbortSignal): Promise<TargetIdentity> {
    if (identity !== undefined) return identity;
    const id = await clusterIdOf({ run, timeoutMs: IDENTIFY_MS, signal });
    const facts = { kind: 'kubernetes', name: access.address(OWN_CLUSTER), platform: os.platform() };
    // A cluster that does not answer is asked again: what is not known must not be remembered.
    if (id === undefined) return { ...facts, identity: 'unknown' };
    identity = { ...facts, identity: id };
    return identity;
  }

  const openRun = async (signal: AbortSignal): Promise<BrokerAccess> => (await wayTo(OWN_CLUSTER, signal)).broker;

  return {
    kind: 'kubernetes',
    identify,
    run,
    ...(access.hasMetrics ? { metrics: createBrokeredMetrics(clock, openRun) } : {}),
    collect: () =>
      Promise.resolve({
        end: { kind: 'unreachable' },
        stdout: '',
        stderr: 'a cluster has no facts of a host; ask the host',
        truncated: false,
        startedAt: clock.now(),
        ms: 0,
      }),
    openAgentAccess: async (name, signal) => {
      const own = join(folder, `agent-${randomHex(8, random)}`);
      return await openAgentAccess(access, { cluster: OWN_CLUSTER, run: name, folder: own, signal });
    },
    async close() {
      for (const way of ways.values()) (await way.catch(() => undefined))?.broker.close();
      ways.clear();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A server that nobody reached is no answer of the command. */
function endOf(end: ChildEnd, isUnreachable: boolean): CommandEnd {
  const ended = commandEnd(end);
  return ended.kind === 'exited' && ended.exit !== 0 && isUnreachable ? { kind: 'unreachable' } : ended;
}
