import { isRecord } from '../path.ts';
import { both, type Attempt, type FilterChain, type FilterRule, type Fit } from './packet-filter.ts';

/** Chains of the table filter in the output of `iptables-save -c`. Undefined when the output is no list of lines. */
export function iptablesChains(root: unknown): readonly FilterChain[] | undefined {
  if (!isRecord(root) || !Array.isArray(root['lines'])) return undefined;
  const lines: readonly unknown[] = root['lines'];
  const chains: { name: string; policy: string; source: unknown; rules: FilterRule[] }[] = [];
  let isFilter = false;
  for (const line of lines) {
    const text = isRecord(line) && typeof line['text'] === 'string' ? line['text'].trim() : '';
    if (text.startsWith('*')) isFilter = text === '*filter';
    if (!isFilter) continue;
    const chain = /^:(?<name>\S+) (?<policy>\S+)/u.exec(text)?.groups;
    if (chain !== undefined) {
      chains.push({ name: chain['name'] ?? '', policy: chain['policy'] ?? '', source: line, rules: [] });
    }
    const rule = /^(?:\[(?<packets>\d+):\d+\] )?-A (?<chain>\S+)(?<rest>.*)$/u.exec(text)?.groups;
    if (rule === undefined) continue;
    const { rest = '', packets } = rule;
    chains
      .find(({ name }) => name === rule['chain'])
      ?.rules.push({
        ...filterRule(rest),
        place: `-A ${rule['chain'] ?? ''}${rest}`,
        source: line,
        ...(packets === undefined ? {} : { packets: Number(packets) }),
      });
  }
  return chains.map(({ policy, ...chain }) => ({
    ...chain,
    priority: 0,
    ...(chain.name === 'INPUT' ? { policy: policy === 'DROP' ? ('drop' as const) : ('accept' as const) } : {}),
  }));
}

const TARGETS: Readonly<Record<string, FilterRule['action']>> = {
  ACCEPT: { kind: 'accept' },
  DROP: { kind: 'drop' },
  REJECT: { kind: 'reject' },
  RETURN: { kind: 'return' },
  LOG: { kind: 'none' },
};

function filterRule(rest: string): Pick<FilterRule, 'fits' | 'action'> {
  const target = / -(?<flag>j|g) (?<target>\S+)/u.exec(rest)?.groups;
  const name = target?.['target'] ?? '';
  const call = { kind: target?.['flag'] === 'g' ? ('goto' as const) : ('jump' as const), chain: name };
  const conditions = rest.split(/ -[jg] /u, 1)[0] ?? '';
  return {
    fits: (attempt) => conditionsFit(conditions, attempt),
    action: target === undefined ? { kind: 'none' } : (TARGETS[name] ?? call),
  };
}

function conditionsFit(conditions: string, attempt: Attempt): Fit {
  let fit: Fit = 'yes';
  for (const { groups } of conditions.matchAll(/(?<not>! )?(?<option>--?[\w-]+)(?: (?<value>[^\s-]\S*))?/gu)) {
    const one = optionFits(groups?.['option'] ?? '', groups?.['value'] ?? '', attempt);
    fit = both(fit, groups?.['not'] === undefined || one === 'maybe' ? one : one === 'yes' ? 'no' : 'yes');
  }
  return fit;
}

function optionFits(option: string, value: string, { protocol, port }: Attempt): Fit {
  switch (option) {
    // Names of modules; what they test has options of its own.
    case '-m':
    case '--comment':
      return 'yes';
    case '-p':
      return value === protocol || value === 'all' ? 'yes' : 'no';
    case '-i':
      return value === 'lo' ? 'no' : 'maybe';
    case '--dport':
    case '--dports':
      return value.split(',').some((part) => isInRange(part, port)) ? 'yes' : 'no';
    // The ports that are asked about are those of this machine.
    case '--dst-type':
      return value === 'LOCAL' ? 'yes' : 'no';
    case '--state':
    case '--ctstate':
      return value.split(',').includes('NEW') ? 'yes' : 'no';
    default:
      return 'maybe';
  }
}

/** `80` or `6000:6010`. */
function isInRange(text: string, port: number): boolean {
  const [low, high = low] = text.split(':').map(Number);
  return low !== undefined && high !== undefined && low <= port && port <= high;
}
