/** What a rule says about a new connection from outside; `maybe` when it depends on what is not known, such as its source. */
export type Fit = 'yes' | 'no' | 'maybe';

export type Verdict = 'accept' | 'drop' | 'reject';

/** A connection that nobody has opened yet: its source is unknown, and it comes in over no loopback interface. */
export interface Attempt {
  /** Version of the Internet Protocol that it comes over. */
  readonly family: 4 | 6;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** Asked is about the answer that leaves the port, to a client whose own port is not known. */
  readonly isAnswer?: boolean;
}

export interface FilterRule {
  readonly fits: (attempt: Attempt) => Fit;
  readonly action:
    { readonly kind: Verdict | 'return' | 'none' } | { readonly kind: 'jump' | 'goto'; readonly chain: string };
  /** The rule as a person would look it up. */
  readonly place: string;
  /** Packets that it counted, when it counts. */
  readonly packets?: number;
  /** Part of the parsed output that it came from. */
  readonly source: unknown;
}

export interface FilterChain {
  readonly name: string;
  /** Only for a chain that sees what comes in: the verdict when no rule decides. */
  readonly policy?: Verdict;
  /** It sees the packet before it is known for whom it is: what it does to some only need not concern this machine. */
  readonly isEarly?: boolean;
  readonly priority: number;
  readonly rules: readonly FilterRule[];
  readonly source: unknown;
}

export interface Decision {
  readonly verdict: Verdict;
  readonly place: string;
  readonly packets?: number;
  readonly source: unknown;
  /** Rules before it that decide otherwise for some clients. */
  readonly exceptions: number;
  /** A rule after the one that decides, which names the port and would accept what is closed already: it has no effect. */
  readonly tooLate?: string;
}

/** Chains that call each other in a circle are refused by the kernel; a file may still say so. */
const MAX_DEPTH = 16;

interface Walk {
  readonly end?: Omit<Decision, 'exceptions'>;
  /** Verdicts that hold for some clients only. */
  readonly possible: readonly Verdict[];
}

/** What the filter does with an attempt: every chain for incoming packets must let it through, the first drop is final. */
export function decide(chains: readonly FilterChain[], attempt: Attempt): Decision | undefined {
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const possible: Verdict[] = [];
  let last: Decision | undefined;
  const incoming = chains.filter(({ policy }) => policy !== undefined).sort((a, b) => a.priority - b.priority);
  for (const chain of incoming) {
    const walk = walkChain(chain, attempt, byName, 0);
    if (chain.isEarly === true && (walk.end?.verdict ?? chain.policy) === 'accept') continue;
    if (chain.isEarly !== true) possible.push(...walk.possible);
    const end = walk.end ?? {
      verdict: chain.policy ?? 'accept',
      place: `policy of ${chain.name}`,
      source: chain.source,
    };
    last = { ...end, exceptions: possible.filter((verdict) => verdict !== end.verdict).length };
    if (end.verdict !== 'accept') return last;
  }
  return last;
}

function walkChain(
  chain: FilterChain,
  attempt: Attempt,
  byName: ReadonlyMap<string, FilterChain>,
  depth: number,
): Walk {
  const possible: Verdict[] = [];
  // Some clients may have left the chain before: what comes then holds for the others only.
  let mayHaveLeft = false;
  for (const [index, { fits, action, place, packets, source }] of chain.rules.entries()) {
    const fit = action.kind === 'none' ? 'no' : both(fits(attempt), mayHaveLeft ? 'maybe' : 'yes');
    if (fit === 'no') continue;
    switch (action.kind) {
      case 'none':
        break;
      case 'return':
        if (fit === 'yes') return { possible };
        mayHaveLeft = true;
        break;
      case 'jump':
      case 'goto': {
        const target = byName.get(action.chain);
        if (target === undefined || depth >= MAX_DEPTH) break;
        const inner = walkChain(target, attempt, byName, depth + 1);
        possible.push(...inner.possible);
        if (inner.end !== undefined && fit === 'yes') return { end: inner.end, possible };
        if (inner.end !== undefined) possible.push(inner.end.verdict);
        if (action.kind === 'goto' && fit === 'yes') return { possible };
        break;
      }
      default:
        if (fit === 'yes') {
          const tooLate = action.kind === 'accept' ? undefined : acceptedLater(chain.rules.slice(index + 1), attempt);
          return {
            end: {
              ...{ verdict: action.kind, place, source },
              ...(packets === undefined ? {} : { packets }),
              ...(tooLate === undefined ? {} : { tooLate }),
            },
            possible,
          };
        }
        possible.push(action.kind);
    }
  }
  return { possible };
}

/** The first rule that names the port of the attempt and would accept it, were it ever asked. */
function acceptedLater(rules: readonly FilterRule[], attempt: Attempt): string | undefined {
  const another = { ...attempt, port: attempt.port === 1 ? 2 : 1 };
  return rules.find(({ action, fits }) => action.kind === 'accept' && fits(attempt) !== 'no' && fits(another) === 'no')
    ?.place;
}

/** The weaker of two: a rule fits only when all its parts do. */
export function both(a: Fit, b: Fit): Fit {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'yes' && b === 'yes' ? 'yes' : 'maybe';
}
