import type { StepData } from '../parse-output.ts';
import { isRecord } from '../path.ts';
import type { Candidate } from './detector.ts';
import { iptablesChains } from './iptables-rules.ts';
import { nftChains } from './nft-rules.ts';
import { decide, type Attempt, type FilterChain } from './packet-filter.ts';
import { rowsOf } from './rows.ts';

const LOOPBACK = /^(?:127\.|\[?::1\]?|\[?::ffff:127\.)/u;

/**
 * What the packet filter of a machine (`nft -j list ruleset` or `iptables-save -c`) does with a new connection from
 * outside to each port that step `listening` shows: `verdict`, `place` of the rule, `packets` that it counted, how many
 * rules before it make `exceptions` for some clients, and `tooLate`, a rule after it that would open the port. Ports that
 * only the machine itself reaches are left out, and all of them when no chain looks at incoming packets. What iptables has
 * set is read in its own words (step `tables`), because nft does not show the matches of such rules.
 */
export function reachablePorts(
  data: StepData,
  other: (step: string) => StepData | undefined,
): readonly Candidate[] | undefined {
  const chains = withTables(nftChains(data.root), other('tables')) ?? iptablesChains(data.root);
  const sockets = rowsOf(other('listening')?.root);
  // The rule that lets a port in may be in the part that was cut off.
  if (data.isPartial) return undefined;
  if (chains === undefined || sockets === undefined) return undefined;
  const seen = new Set<string>();
  return sockets.flatMap(({ protocol = '', address = '', port = '', local = '' }): readonly Candidate[] => {
    const attempt: Attempt = { family: 4, protocol: protocol.startsWith('udp') ? 'udp' : 'tcp', port: Number(port) };
    const key = `${attempt.protocol} ${port}`;
    if (!/^\d+$/u.test(port) || LOOPBACK.test(address) || seen.has(key)) return [];
    seen.add(key);
    const decision = decide(chains, attempt);
    if (decision === undefined) return [];
    const { source, ...facts } = decision;
    // What nft names a rule by, for the quote.
    const handle = isRecord(source) ? source['handle'] : undefined;
    return [{ item: { protocol: attempt.protocol, port, local, ...facts, handle }, source }];
  });
}

const OF_IPTABLES = 'ip filter ';

function withTables(
  chains: readonly FilterChain[] | undefined,
  tables: StepData | undefined,
): readonly FilterChain[] | undefined {
  const own = iptablesChains(tables?.root);
  if (chains === undefined || own === undefined || own.length === 0) return chains;
  // What is quoted stands in the output of nft, so each chain keeps its source there.
  const sourceOf = new Map(chains.map(({ name, source }) => [name, source]));
  return [
    ...chains.filter(({ name }) => !name.startsWith(OF_IPTABLES)),
    ...own.map((chain) => {
      const source = sourceOf.get(`${OF_IPTABLES}${chain.name}`);
      return { ...chain, source, rules: chain.rules.map((rule) => ({ ...rule, source })) };
    }),
  ];
}
