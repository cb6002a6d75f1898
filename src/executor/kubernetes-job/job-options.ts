import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AgentRun } from '../executor.ts';
import type { AgentResources } from './job-object.ts';
import type { RelayOptions } from './relay-server.ts';

export interface JobExecutorOptions {
  /** In the processor's own namespace. Closed with the executor. */
  readonly client: KubernetesClient;
  readonly relay: Omit<RelayOptions, 'clock'>;
  readonly holder: string;
  /** With its digest. */
  readonly image: string;
  /** Version of Claude Code that passed the self test of this processor. */
  readonly claudeVersion: string;
  readonly maxJobs: number;
  /** Seconds that a finished Job stays to be looked at. */
  readonly ttlSeconds: number;
  /** Time from the making of a Job to the first word of its agent. */
  readonly startMs: number;
  /** Time in which a quota that is used up may be made room in; 30 s by default, and never longer than `startMs`. */
  readonly quotaMs?: number;
  /** Silence after which an agent is taken for lost. */
  readonly silentMs: number;
  /** Time in which a Job and its pod complete what the other one has said of its end; 2 s by default. */
  readonly settleMs?: number;
  readonly resources: AgentResources;
  /** Where the report of a request will stand. */
  readonly reportLink: (id: AgentRun['id']) => string;
  readonly clock: Clock;
  readonly randomHex: (bytes: number) => string;
  readonly onWarning: (message: string) => void;
}
