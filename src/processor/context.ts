import type { Ledger } from '../admission/ledger.ts';
import type { ProcessorSettings } from '../config/processor-settings.ts';
import type { ProcessorEvent } from '../domain/events.ts';
import type { ClaudeEngine } from '../claude/engine.ts';
import type { SessionDoor } from '../claude/session-door.ts';
import type { Clock } from '../lib/clock.ts';
import type { RandomBytes } from '../lib/random-text.ts';
import type { TokenBucket } from '../lib/token-bucket.ts';
import type { LoadedPlaybook } from '../playbook/load-playbooks.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { ExtraPublishers } from '../publisher/extra-publishers.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import type { WarRoom } from '../repository/port.ts';
import type { ProcessorKey } from '../signature/processor-key.ts';
import type { Presence } from '../schema/generated.ts';
import type { SignatureVerifier } from '../signature/signature-verifier.ts';
import type { Target, TargetIdentity } from '../target/port.ts';
import type { AuditLog } from '../zone/audit-log.ts';
import type { VerifyAdministrator } from '../zone/signed-file.ts';
import type { AccessWatch } from './access-watch.ts';
import type { EngineKeeper } from './engine-keeper.ts';
import type { ProcessorFailpoints } from './failpoints.ts';
import type { HostChooser } from './host-chooser.ts';
import type { Outbox } from './outbox.ts';
import type { PolicyGate } from './policy-gate.ts';

/** What every part of a running processor shares. */
export interface ProcessorContext {
  readonly settings: ProcessorSettings;
  readonly warRoom: WarRoom;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly target: Target;
  readonly identity: TargetIdentity;
  /** Present when requests name a host of an inventory; `target` is then none of them. */
  readonly hosts?: HostChooser;
  /** Present when clusters are read. */
  readonly access?: AccessWatch;
  /** For the pods of sessions, in a namespace of their own; present when the configuration has sessions. */
  readonly sessionPods?: KubernetesClient;
  /**
   * The model for sessions, opened as soon as there is one; present when the configuration lets them use that of this
   * processor. Throws `not-allowed` when it cannot be served.
   */
  readonly sessionDoor?: () => Promise<SessionDoor | undefined>;
  readonly playbooks: readonly LoadedPlaybook[];
  /** Tries the model again that was lost at the start; present when there may be one. */
  readonly engines?: Pick<EngineKeeper, 'look'>;
  /** Undefined as long as there is no usable Claude here; `noClaude` says why. */
  readonly claude: ClaudeEngine | undefined;
  readonly noClaude: string;
  /** What an administrator should know; announced as long as it holds. */
  readonly warnings: NonNullable<Presence['warnings']>;
  /** Undefined without trustDir, which only open trust allows. */
  readonly policy: PolicyGate | undefined;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Undefined where signatures are not required. */
  readonly verifier: SignatureVerifier | undefined;
  /** Signs what is published. */
  readonly key: ProcessorKey;
  /** Tells the world; what matters later is also written to `audit`. */
  readonly emit: (event: ProcessorEvent) => void;
  readonly audit: AuditLog;
  /** Present when results go to other places than Git as well. */
  readonly publishers?: ExtraPublishers;
  readonly failpoint: ProcessorFailpoints;
  /**
   * A redaction session with the secrets that this processor knows. One for a `result` also puts pseudonyms in place of
   * what the configuration wants hidden; claims and presence need their names as they are.
   */
  readonly createRedaction: (use?: 'result') => Promise<Redaction>;
  /** Pushes that may be left out when the remote asks for few; never blocks a claim or a result. */
  readonly pushBudget: TokenBucket;
  /** Undefined where no trust data is configured: then nothing that must be signed by an administrator has any effect. */
  readonly verifyAdministrator: VerifyAdministrator | undefined;
  /** Random value of this start. */
  readonly incarnation: string;
  /** Versions for manifests: claude-warroom, node, git. */
  readonly versions: Readonly<Record<string, string>>;
}
