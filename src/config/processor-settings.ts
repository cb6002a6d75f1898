import type {
  ConfigMapPublisherConfig,
  ProcessorBroker,
  ProcessorCanary,
  ProcessorClaude,
  ProcessorConfig,
  ProcessorCredential,
  ProcessorDisclosure,
  ProcessorHostedCluster,
  ProcessorLease,
  ProcessorMetrics,
  ProcessorPolling,
  ProcessorRetention,
  ProcessorSessions,
  S3PublisherConfig,
  SshTargetConfig,
  RedactionObfuscation,
  TargetMetrics,
} from '../schema/generated.ts';
import type { KnownValue } from './known-values.ts';

/** Configuration of a processor with every default filled in and every path absolute. */
export interface ProcessorSettings {
  readonly file: string;
  readonly cluster: ProcessorConfig['cluster'];
  readonly holder: string;
  readonly trust: ProcessorConfig['trust'];
  /** Folder with allowed_signers, revoked_keys and policy.yaml; absolute. */
  readonly trustDir?: string;
  /** Absolute; private key that signs results. */
  readonly signingKeyFile?: string;
  readonly repository: ProcessorRepositorySettings;
  readonly stateDir: string;
  /** Absolute; pauses this processor while it exists and is not empty. */
  readonly pauseFile: string;
  readonly disclosure: Required<ProcessorDisclosure>;
  readonly audit: {
    /** Absolute. */
    readonly file: string;
    /** `udp://host:port`, `tcp://host:port` or `unix:/path`. */
    readonly syslog?: string;
  };
  /** Where metrics and health are served; nowhere when absent. */
  readonly metrics?: ProcessorMetrics;
  /** Requests of the processor to itself; none when absent. */
  readonly canary?: CanarySettings;
  readonly target: TargetSettings;
  /** Playbook steps may run a reader inside a container of the target. */
  readonly execRead?: boolean;
  /** Paths absolute. */
  readonly broker?: ProcessorBroker;
  /** Paths absolute. */
  readonly sessions?: SessionSettings;
  readonly engine: NonNullable<ProcessorConfig['engine']>;
  /** Paths absolute; what is absent is looked up in the environment. */
  readonly claude: ProcessorClaude;
  /** Each agent runs as a Job; as a child of the processor when absent. */
  readonly jobs?: JobSettings;
  readonly playbookDir?: string;
  readonly concurrency: number;
  /** Seconds. */
  readonly maxTimeout: number;
  readonly polling: ProcessorPolling;
  readonly lease: ProcessorLease;
  readonly progressSeconds: number;
  readonly announceSeconds: number;
  readonly indexSeconds: number;
  /** Time that running work has after SIGTERM. */
  readonly stopSeconds: number;
  /** Time that the cluster before this one has to begin, when a request asks one after the other. */
  readonly predecessorSeconds: number;
  readonly pushesPerMinute: number;
  readonly retention: ProcessorRetention;
  /** Places besides Git that results go to; absent when there are none. */
  readonly publishers?: readonly PublisherSettings[];
  /** What gets a pseudonym in results although it is no secret. */
  readonly obfuscate: RedactionObfuscation;
  /** Why nothing may run: the text of `WARROOM_PAUSE`. */
  readonly pauseReason?: string;
  /** Place at which a test wants the process to die: the text of `WARROOM_FAILPOINT`. */
  readonly failpoint?: string;
  /** Every secret that is known now; throws `redaction` when a configured one cannot be read. */
  readonly readKnownValues: () => Promise<readonly KnownValue[]>;
  /** The token for git over HTTP as it is now; throws `authentication` when a configured one cannot be read. */
  readonly readToken: () => Promise<string | undefined>;
}

export interface CanarySettings extends Required<Omit<ProcessorCanary, 'keyFile'>> {
  /** Absolute; absent where signatures are not required. */
  readonly keyFile?: string;
}

/** How agents run as Jobs; paths absolute. */
export interface JobSettings {
  readonly image: string;
  /** Token, authority and namespace of the account that makes Jobs. */
  readonly credentialDir?: string;
  readonly kubeconfigFile?: string;
  readonly namespace?: string;
  /** Where agents find the processor; `address` is what they are told. */
  readonly listen: { readonly host: string; readonly port: number; readonly address: string };
  readonly maxJobs: number;
  readonly startSeconds: number;
  readonly ttlSeconds: number;
  readonly resources: { readonly cpu: string; readonly memory: string; readonly storage: string };
}

/** Interactive sessions with every default filled in. */
export type SessionSettings = Required<Omit<ProcessorSessions, 'model'>> & { readonly model?: SessionModelSettings };

export type SessionModelSettings =
  | { readonly kind: 'gateway'; readonly baseUrl: string; readonly tokenSecret: string }
  | {
      readonly kind: 'broker';
      /** US dollars of one session. */
      readonly maxUsd: number;
      readonly listen: {
        readonly host: string;
        readonly port: number;
        /** IP address, or the name of a Service. */
        readonly address: string;
      };
    };

/** Paths absolute. */
export type PublisherSettings =
  | { readonly kind: 's3'; readonly s3: S3PublisherConfig }
  | { readonly kind: 'configmap'; readonly configmap: ConfigMapPublisherConfig };

/** Where steps run; paths absolute. */
export type TargetSettings =
  | { readonly kind: 'local'; readonly metrics?: TargetMetrics }
  | { readonly kind: 'ssh'; readonly ssh: SshTargetConfig; readonly metrics?: TargetMetrics }
  | { readonly kind: 'inventory'; readonly inventoryFile: string }
  /** Of another machine where `ssh` says so. */
  | {
      readonly kind: 'containers';
      readonly engine: 'docker' | 'podman';
      readonly ssh?: SshTargetConfig;
      readonly metrics?: TargetMetrics;
    }
  | {
      readonly kind: 'kubernetes';
      /** The service account of the pod when absent. */
      readonly kubeconfigFile?: string;
      readonly context?: string;
      readonly hosted: readonly ProcessorHostedCluster[];
    };

export interface ProcessorRepositorySettings {
  /** URL, or absolute path. */
  readonly url: string;
  readonly branch: string;
  readonly refNamespace: string;
  readonly credential?: ProcessorCredential;
  /** `http://host:port`, for git over https. */
  readonly proxy?: string;
}
