import { isRecord } from '../path.ts';
import { both, type Attempt, type FilterChain, type FilterRule, type Fit } from './packet-filter.ts';

type Json = Readonly<Record<string, unknown>>;

/** Elements of named sets, by family, table and name. */
type Sets = ReadonlyMap<string, unknown>;

/** Hooks of the chains that a packet meets, in both directions. */
const HOOKS = { in: ['prerouting', 'input'], out: ['output', 'postrouting'] } as const;

/**
 * Chains of `nft -j list ruleset`; those that see packets of the family in this direction have a policy. Undefined when it
 * is no ruleset.
 */
export function nftChains(
  root: unknown,
  family: Attempt['family'] = 4,
  direction: keyof typeof HOOKS = 'in',
): readonly FilterChain[] | undefined {
  if (!isRecord(root) || !Array.isArray(root['nftables'])) return undefined;
  const items: readonly unknown[] = root['nftables'];
  const sets = setsOf(items);
  const rules = new Map<string, FilterRule[]>();
  for (const item of items) {
    const rule = isRecord(item) && isRecord(item['rule']) ? item['rule'] : undefined;
    if (rule === undefined) continue;
    const name = chainName(rule, rule['chain']);
    rules.set(name, [...(rules.get(name) ?? []), ...filterRules(rule, name, sets)]);
  }
  return items.flatMap((item): readonly FilterChain[] => {
    const chain = isRecord(item) && isRecord(item['chain']) ? item['chain'] : undefined;
    if (chain === undefined) return [];
    const name = chainName(chain, chain['name']);
    const hooks: readonly unknown[] = HOOKS[direction];
    const isMet = chain['type'] === 'filter' && hooks.includes(chain['hook']) && sees(chain['family'], family);
    const policy = chain['policy'] === 'drop' ? 'drop' : 'accept';
    const priority = typeof chain['prio'] === 'number' ? chain['prio'] : 0;
    const isEarly = chain['hook'] === 'prerouting';
    return [{ name, priority, rules: rules.get(name) ?? [], source: chain, ...(isMet ? { policy } : {}), isEarly }];
  });
}

function sees(tableFamily: unknown, family: Attempt['family']): boolean {
  return tableFamily === 'inet' || tableFamily === (family === 4 ? 'ip' : 'ip6');
}

function chainName(item: Json, chain: unknown): string {
  return [item['family'], item['table'], chain].map(String).join(' ');
}

function setsOf(items: readonly unknown[]): Sets {
  return new Map(
    items.flatMap((item): readonly [string, unknown][] => {
      const set = isRecord(item) && isRecord(item['set']) ? item['set'] : undefined;
      // A set that fills by itself, as one of addresses that tried too often, has other elements tomorrow.
      const isFixed = set !== undefined && Array.isArray(set['elem']) && !hasFlag(set['flags'], ['dynamic', 'timeout']);
      return isFixed ? [[chainName(set, `@${String(set['name'])}`), set['elem']]] : [];
    }),
  );
}

function hasFlag(flags: unknown, wanted: readonly string[]): boolean {
  const all: readonly unknown[] = Array.isArray(flags) ? flags : [flags];
  return all.some((flag) => typeof flag === 'string' && wanted.includes(flag));
}

/** The rule, or one for each entry of its map of verdicts. */
function filterRules(rule: Json, chain: string, sets: Sets): readonly FilterRule[] {
  const parts = Array.isArray(rule['expr']) ? (rule['expr'] as readonly unknown[]).filter(isRecord) : [];
  const map = parts.map((part) => part['vmap']).find(isRecord);
  if (map === undefined) return [filterRule(rule, parts, { chain, sets })];
  const others = parts.filter((part) => !('vmap' in part));
  const entries = isRecord(map['data']) && Array.isArray(map['data']['set']) ? map['data']['set'] : undefined;
  // What a named map says is not known: it may let in anybody.
  if (entries === undefined)
    return [filterRule(rule, [...others, { unknown: map }, { accept: null }], { chain, sets })];
  return entries.flatMap((entry: unknown) => {
    const [right, verdict] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    if (!isRecord(verdict)) return [];
    return [filterRule(rule, [...others, { match: { op: '==', left: map['key'], right } }, verdict], { chain, sets })];
  });
}

interface Place {
  readonly chain: string;
  readonly sets: Sets;
}

function filterRule(rule: Json, parts: readonly Json[], { chain, sets }: Place): FilterRule {
  const counter = parts.map((part) => part['counter']).find(isRecord);
  const packets = counter?.['packets'];
  return {
    fits: (attempt) => parts.map((part) => partFits(withElements(part, { chain, sets }), attempt)).reduce(both, 'yes'),
    action: actionOf(parts, chain),
    place: `${chain} handle ${String(rule['handle'])}`,
    source: rule,
    ...(typeof packets === 'number' ? { packets } : {}),
  };
}

/** The part with what its named set holds, when that is known. */
function withElements(part: Json, { chain, sets }: Place): Json {
  const { match } = part;
  if (!isRecord(match) || typeof match['right'] !== 'string' || !match['right'].startsWith('@')) return part;
  const elements = sets.get([...chain.split(' ').slice(0, 2), match['right']].join(' '));
  return elements === undefined ? part : { match: { ...match, right: elements } };
}

function actionOf(parts: readonly Json[], chain: string): FilterRule['action'] {
  for (const part of parts) {
    if ('accept' in part) return { kind: 'accept' };
    if ('drop' in part) return { kind: 'drop' };
    if ('reject' in part) return { kind: 'reject' };
    if ('return' in part) return { kind: 'return' };
    // A rule of iptables; of the other targets none decides.
    if (isRecord(part['xt']) && part['xt']['type'] === 'target' && part['xt']['name'] === 'REJECT')
      return { kind: 'reject' };
    for (const kind of ['jump', 'goto'] as const) {
      const to = part[kind];
      // A chain is called by a name of the same table.
      if (isRecord(to)) return { kind, chain: [...chain.split(' ').slice(0, 2), String(to['target'])].join(' ') };
    }
  }
  return { kind: 'none' };
}

/** Parts that change nothing about which packets fit. */
const ASIDE = ['counter', 'log', 'accept', 'drop', 'reject', 'return', 'jump', 'goto', 'comment', 'mangle'];

function isAside(part: Json): boolean {
  return ASIDE.some((key) => key in part) || (isRecord(part['xt']) && part['xt']['type'] === 'target');
}

function partFits(part: Json, attempt: Attempt): Fit {
  const { match } = part;
  if (!isRecord(match)) return isAside(part) ? 'yes' : 'maybe';
  const { left, right, op } = match;
  const fit = isRecord(left) ? valueFits(left, right, attempt) : 'maybe';
  if (op === '==' || op === 'in') return fit;
  return op === '!=' ? opposite(fit) : 'maybe';
}

function opposite(fit: Fit): Fit {
  if (fit === 'maybe') return fit;
  return fit === 'yes' ? 'no' : 'yes';
}

function valueFits(left: Json, right: unknown, attempt: Attempt): Fit {
  const { protocol, port, family, isAnswer = false } = attempt;
  const { payload, meta, ct } = left;
  // Addresses of the other family, and rules that name a family.
  if (isRecord(payload) && payload['protocol'] === (family === 4 ? 'ip6' : 'ip')) return 'no';
  if (isRecord(meta) && meta['key'] === 'nfproto') return contains(right, `ipv${family}`);
  if (isRecord(payload) && (payload['field'] === 'dport' || (isAnswer && payload['field'] === 'sport'))) {
    if (payload['protocol'] !== protocol && payload['protocol'] !== 'th') return 'no';
    return isAnswer && payload['field'] === 'dport' ? containsAnyOf(right, PORTS_OF_CLIENTS) : contains(right, port);
  }
  // Another protocol than that of the attempt, such as icmp.
  if (isRecord(payload) && ['icmp', 'icmpv6', 'arp', 'udp', 'tcp'].includes(String(payload['protocol']))) {
    return payload['protocol'] === protocol ? 'maybe' : 'no';
  }
  if (isRecord(meta) && meta['key'] === 'l4proto') return contains(right, protocol);
  const interfaces = isAnswer ? ['oif', 'oifname'] : ['iif', 'iifname'];
  if (isRecord(meta) && interfaces.includes(String(meta['key']))) return right === 'lo' ? 'no' : 'maybe';
  if (isRecord(ct) && ct['key'] === 'state') return contains(right, isAnswer ? 'established' : 'new');
  return 'maybe';
}

/** Systems choose the port of a client from these, most of them above 32768. */
const PORTS_OF_CLIENTS = [2000, 33_000, 45_000, 61_000];

function containsAnyOf(right: unknown, wanted: readonly number[]): Fit {
  const fits = wanted.map((one) => contains(right, one));
  if (fits.every((fit) => fit === 'yes')) return 'yes';
  return fits.every((fit) => fit === 'no') ? 'no' : 'maybe';
}

/** Whether a value, a list, a set or a range has the wanted one; a named set is not known. */
function contains(right: unknown, wanted: string | number): Fit {
  if (typeof right === 'string' && right.startsWith('@')) return 'maybe';
  if (typeof right === 'string' || typeof right === 'number') return right === wanted ? 'yes' : 'no';
  if (Array.isArray(right)) return anyFits(right, wanted);
  if (!isRecord(right)) return 'maybe';
  const { set, range, elem } = right;
  if (Array.isArray(set)) return anyFits(set, wanted);
  // An element with a counter or a comment.
  if (isRecord(elem)) return contains(elem['val'], wanted);
  if (!Array.isArray(range) || typeof wanted !== 'number') return 'maybe';
  const [low, high] = range.map(Number);
  return low !== undefined && high !== undefined && low <= wanted && wanted <= high ? 'yes' : 'no';
}

function anyFits(values: readonly unknown[], wanted: string | number): Fit {
  const fits = values.map((value) => contains(value, wanted));
  if (fits.includes('yes')) return 'yes';
  return fits.includes('maybe') ? 'maybe' : 'no';
}
