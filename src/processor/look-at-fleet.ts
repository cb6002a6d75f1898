import { isWarroomError } from '../domain/errors.ts';
import type { Evidence } from '../domain/evidence.ts';
import type { InventoryEntry } from '../domain/inventory-host.ts';
import { fanOut } from '../hosts/fan-out.ts';
import { whyUnknown } from '../hosts/look-at-host.ts';
import type { HostLook } from '../hosts/outliers.ts';
import { shareBudget, turnMs } from '../hosts/share-budget.ts';
import type { Clock } from '../lib/clock.ts';
import { evaluateRules } from '../playbook/evaluate-rules.ts';
import type { PlaybookRun } from '../playbook/run-playbook.ts';
import type { PlaybookCommand } from '../playbook/run-step.ts';
import type { Playbook } from '../schema/generated.ts';
import type { Target } from '../target/port.ts';
import { mergeFleet, type FleetJudgement } from './merge-fleet.ts';

export interface FleetOptions {
  readonly playbook: Playbook;
  readonly hosts: readonly InventoryEntry[];
  /** Hosts that are asked at the same time. */
  readonly concurrency: number;
  /** For all of them together. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** The caller of this closes it. */
  readonly open: (host: InventoryEntry) => Promise<Target>;
  /** Runs the playbook, which holds the share of this host in its budget, on a host. */
  readonly run: (target: Target, host: InventoryEntry, playbook: Playbook) => Promise<PlaybookRun>;
}

export interface FleetLook extends FleetJudgement {
  /** Titles say the host. */
  readonly evidence: readonly Evidence[];
  readonly commands: readonly PlaybookCommand[];
}

/** Part of the time that is left for judging and publishing. */
const TIME_TO_LOOK = 0.8;

/**
 * Runs a playbook on each host of a group, several at a time. Time and output of the request are those of one run: each
 * host gets its share, and one that comes too late is unknown.
 */
export async function lookAtFleet(options: FleetOptions): Promise<FleetLook> {
  const { playbook, hosts, concurrency, clock } = options;
  const { budget } = playbook.spec;
  const endMs = clock.monotonicMs() + options.timeoutMs * TIME_TO_LOOK;
  const hostMs = turnMs(options.timeoutMs * TIME_TO_LOOK, { hosts: hosts.length, atOnce: concurrency });
  const output = shareBudget(budget.outputBytes, hosts.length);
  const evidence: Evidence[] = [];
  const commands: PlaybookCommand[] = [];

  async function lookAt(entry: InventoryEntry): Promise<HostLook> {
    const host = entry.name;
    const seconds = Math.min(budget.seconds, Math.min(hostMs, endMs - clock.monotonicMs()) / 1000);
    const outputBytes = output.take();
    if (seconds <= 0) return { kind: 'unknown', host, why: 'the time for all hosts was used up before its turn' };
    const target = await options.open(entry);
    try {
      const share: Playbook = { ...playbook, spec: { ...playbook.spec, budget: { ...budget, seconds, outputBytes } } };
      const run = await options.run(target, entry, share);
      output.giveBack(outputBytes - run.evidence.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0));
      evidence.push(...run.evidence.map((item) => ({ ...item, title: `${host}: ${item.title}` })));
      commands.push(...run.commands);
      const why = whyUnknown(run.steps);
      if (why !== undefined) return { kind: 'unknown', host, why };
      return { kind: 'known', host, judgement: evaluateRules({ ...run, playbook }) };
    } catch (error) {
      // One host must not hide what the others say.
      if (isWarroomError(error) && error.code !== 'redaction') return { kind: 'unknown', host, why: error.message };
      throw error;
    } finally {
      await target.close();
    }
  }

  const looks = await fanOut(hosts, concurrency, lookAt);
  evidence.sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  return { ...mergeFleet(looks), evidence, commands };
}
