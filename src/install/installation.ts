import type { EvidenceStore } from './parse-store.ts';
import type { PodResources } from './pod-needs.ts';

/** Where the processor finds git and the model. */
export type Egress =
  | { readonly kind: 'addresses'; readonly cidrs: readonly string[] }
  | { readonly kind: 'proxy'; readonly host: string; readonly port: number }
  /** OVN-Kubernetes only: names, of which git and the model are known. */
  | { readonly kind: 'firewall'; readonly names: readonly string[] };

/** What makes one installation differ from another. All of it was checked: `parseInstallation`. */
export interface Installation {
  readonly type: 'hub' | 'hosted' | 'hosted-processor';
  /** Name under which people ask. */
  readonly cluster: string;
  readonly platform: 'openshift' | 'kubernetes';
  /** With its digest. */
  readonly image: string;
  readonly repository: { readonly url: string; readonly branch?: string };
  /** Addresses of the API server, as `192.0.2.10/32`. */
  readonly apiServer: readonly string[];
  readonly apiPort: number;
  readonly egress: Egress;
  /** Names of hosted clusters that the hub's processor reads too. */
  readonly hosted: readonly string[];
  /** Further namespaces whose logs may be read. */
  readonly logNamespaces: readonly string[];
  readonly engine: 'auto' | 'diagnostics' | 'claude';
  readonly parts: readonly Part[];
  /** Most agents at the same time, when they are Jobs, and what each may use. */
  readonly maxJobs: number;
  readonly agent: PodResources;
  /** Most sessions of everybody at the same time, when there are any. */
  readonly maxSessions: number;
  readonly storage: { readonly size: string; readonly className?: string };
  /** Where large evidence goes; Git when absent. */
  readonly store?: EvidenceStore;
  /** Where the pages that alerts name are served; alerts name none when absent. */
  readonly runbooks?: string;
  /** Whom the processor trusts; what the manifests have, which is nobody, when absent. */
  readonly trust?: Readonly<Partial<Record<'allowed_signers' | 'revoked_keys' | 'policy.yaml', string>>>;
}

/** Components that an administrator may add. */
export const PARTS = [
  'thanos',
  'signing-key',
  'brake-configmap',
  'metrics',
  'canary',
  'job-executor',
  'sessions',
  'results-configmap',
  's3-publisher',
] as const;
export type Part = (typeof PARTS)[number];
