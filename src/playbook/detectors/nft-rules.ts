import { isRecord } from '../path.ts';
import { both, type Attempt, type FilterChain, type FilterRule, type Fit } from './packet-filter.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Chains of `nft -j list ruleset`; those that see incoming packets of the family have a policy. Undefined when it is no
 * ruleset.
 */
export function nftChains(root: unknown, family: Attempt['family'] = 4): readonly FilterChain[] | undefined {
  if (!isRecord(root) || !Array.isArray(root['nftables'])) return undefined;
  const items: readonly unknown[] = root['nftables'];
  const rules = new Map<string, FilterRule[]>();
  for (const item of items) {
    const rule = isRecord(item) && isRecord(item['rule']) ? item['rule'] : undefined;
    if (rule === undefined) continue;
    const name = chainName(rule, rule['chain']);
    rules.set(name, [...(rules.get(name) ?? []), filterRule(rule, name)]);
  }
  return items.flatMap((item): readonly FilterChain[] => {
    const chain = isRecord(item) && isRecord(item['chain']) ? item['chain'] : undefined;
    if (chain === undefined) return [];
    const name = chainName(chain, chain['name']);
    const isIncoming = chain['type'] === 'filter' && chain['hook'] === 'input' && sees(chain['family'], family);
    const policy = chain['policy'] === 'drop' ? 'drop' : 'accept';
    const priority = typeof chain['prio'] === 'number' ? chain['prio'] : 0;
    return [{ name, priority, rules: rules.get(name) ?? [], source: chain, ...(isIncoming ? { policy } : {}) }];
  });
}

function sees(tableFamily: unknown, family: Attempt['family']): boolean {
  return tableFamily === 'inet' || tableFamily === (family === 4 ? 'ip' : 'ip6');
}

function chainName(item: Json, chain: unknown): string {
  return [item['family'], item['table'], chain].map(String).join(' ');
}

function filterRule(rule: Json, chain: string): FilterRule {
  const parts = Array.isArray(rule['expr']) ? (rule['expr'] as readonly unknown[]).filter(isRecord) : [];
  const counter = parts.map((part) => part['counter']).find(isRecord);
  const packets = counter?.['packets'];
  return {
    fits: (attempt) => parts.map((part) => partFits(part, attempt)).reduce(both, 'yes'),
    action: actionOf(parts, chain),
    place: `${chain} handle ${String(rule['handle'])}`,
    source: rule,
    ...(typeof packets === 'number' ? { packets } : {}),
  };
}

function actionOf(parts: readonly Json[], chain: string): FilterRule['action'] {
  for (const part of parts) {
    if ('accept' in part) return { kind: 'accept' };
    if ('drop' in part) return { kind: 'drop' };
    if ('reject' in part) return { kind: 'reject' };
    if ('return' in part) return { kind: 'return' };
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

function partFits(part: Json, attempt: Attempt): Fit {
  const { match } = part;
  if (!isRecord(match)) return ASIDE.some((key) => key in part) ? 'yes' : 'maybe';
  const { left, right, op } = match;
  const fit = isRecord(left) ? valueFits(left, right, attempt) : 'maybe';
  if (op === '==' || op === 'in') return fit;
  return op === '!=' ? opposite(fit) : 'maybe';
}

function opposite(fit: Fit): Fit {
  if (fit === 'maybe') return fit;
  return fit === 'yes' ? 'no' : 'yes';
}

function valueFits(left: Json, right: unknown, { protocol, port, family }: Attempt): Fit {
  const { payload, meta, ct } = left;
  // Addresses of the other family, and rules that name a family.
  if (isRecord(payload) && payload['protocol'] === (family === 4 ? 'ip6' : 'ip')) return 'no';
  if (isRecord(meta) && meta['key'] === 'nfproto') return contains(right, `ipv${family}`);
  if (isRecord(payload) && payload['field'] === 'dport') {
    if (payload['protocol'] !== protocol && payload['protocol'] !== 'th') return 'no';
    return contains(right, port);
  }
  // Another protocol than that of the attempt, such as icmp.
  if (isRecord(payload) && ['icmp', 'icmpv6', 'arp', 'udp', 'tcp'].includes(String(payload['protocol']))) {
    return payload['protocol'] === protocol ? 'maybe' : 'no';
  }
  if (isRecord(meta) && meta['key'] === 'l4proto') return contains(right, protocol);
  if (isRecord(meta) && (meta['key'] === 'iif' || meta['key'] === 'iifname')) return right === 'lo' ? 'no' : 'maybe';
  if (isRecord(ct) && ct['key'] === 'state') return contains(right, 'new');
  return 'maybe';
}

/** Whether a value, a list, a set or a range has the wanted one; a named set is not known. */
function contains(right: unknown, wanted: string | number): Fit {
  if (typeof right === 'string' && right.startsWith('@')) return 'maybe';
  if (typeof right === 'string' || typeof right === 'number') return right === wanted ? 'yes' : 'no';
  if (Array.isArray(right)) return anyFits(right, wanted);
  if (!isRecord(right)) return 'maybe';
  const { set, range } = right;
  if (Array.isArray(set)) return anyFits(set, wanted);
  if (!Array.isArray(range) || typeof wanted !== 'number') return 'maybe';
  const [low, high] = range.map(Number);
  return low !== undefined && high !== undefined && low <= wanted && wanted <= high ? 'yes' : 'no';
}

function anyFits(values: readonly unknown[], wanted: string | number): Fit {
  const fits = values.map((value) => contains(value, wanted));
  if (fits.includes('yes')) return 'yes';
  return fits.includes('maybe') ? 'maybe' : 'no';
}
