import { isProblem, type Finding, type Judgement } from '../domain/finding.ts';

/** What a playbook said about one host. A host that could not be looked at is unknown, which is never health. */
export type HostLook =
  | { readonly kind: 'known'; readonly host: string; readonly judgement: Judgement }
  | { readonly kind: 'unknown'; readonly host: string; readonly why: string };

export type HostComparison =
  /** Says what most hosts say. */
  | { readonly kind: 'usual'; readonly host: string }
  | {
      /** `alone` is a host with problems when it is the only one: there is nothing that it could differ from. */
      readonly kind: 'outlier' | 'alone';
      readonly host: string;
      /** Problems that most hosts do not have. */
      readonly extra: readonly Finding[];
      /** Problems that most hosts have and this one has not, as `CODE object`. */
      readonly absent: readonly string[];
      /** Steps that gave no answer here: required ones, and all that were lost with the host. */
      readonly unknownSteps: readonly string[];
    }
  | { readonly kind: 'unknown'; readonly host: string; readonly why: string };

export interface FleetComparison {
  readonly hosts: readonly HostComparison[];
  /** Problems that more than half of the known hosts have. */
  readonly shared: readonly { readonly finding: Finding; readonly hosts: number }[];
  readonly known: number;
}

/**
 * Finds the hosts that differ from the majority of the known ones. With fewer than three known hosts there is no
 * majority: then everything that one of them has and not all is a difference.
 */
export function compareHosts(looks: readonly HostLook[]): FleetComparison {
  const known = looks.filter((look) => look.kind === 'known');
  const byHost = new Map(known.map((look) => [look.host, problemsOf(look.judgement)]));
  const counts = new Map<string, { finding: Finding; hosts: number }>();
  for (const problems of byHost.values()) {
    for (const [key, finding] of problems) {
      const entry = counts.get(key);
      if (entry === undefined) counts.set(key, { finding, hosts: 1 });
      else entry.hosts += 1;
    }
  }
  const isShared = (hosts: number): boolean =>
    known.length < 3 ? hosts === known.length && hosts > 1 : hosts * 2 > known.length;
  const shared = new Map([...counts].filter(([, { hosts }]) => isShared(hosts)));
  return {
    hosts: looks.map((look) => {
      const problems = byHost.get(look.host) ?? new Map<string, Finding>();
      return compareHost(look, { problems, shared, isAlone: looks.length === 1 });
    }),
    shared: [...shared.values()],
    known: known.length,
  };
}

function compareHost(
  look: HostLook,
  {
    problems,
    shared,
    isAlone,
  }: {
    readonly problems: ReadonlyMap<string, Finding>;
    readonly shared: ReadonlyMap<string, unknown>;
    readonly isAlone: boolean;
  },
): HostComparison {
  const { host } = look;
  if (look.kind === 'unknown') return { kind: 'unknown', host, why: look.why };
  const extra = [...problems].filter(([key]) => !shared.has(key)).map(([, finding]) => finding);
  const absent = [...shared.keys()].filter((key) => !problems.has(key));
  const unknownSteps = look.judgement.coverage
    .filter(({ required, known, status }) => !known && (required || status === 'unreachable'))
    .map(({ step }) => step);
  if (extra.length === 0 && absent.length === 0 && unknownSteps.length === 0) return { kind: 'usual', host };
  return { kind: isAlone ? 'alone' : 'outlier', host, extra, absent, unknownSteps };
}

/** By code and object: the same disk on two hosts is the same problem, two disks of one host are two. */
function problemsOf({ findings }: Judgement): ReadonlyMap<string, Finding> {
  return new Map(findings.filter(isProblem).map((finding) => [`${finding.code} ${finding.object}`, finding]));
}
