import type { StepData } from '../parse-output.ts';
import { isRecord } from '../path.ts';
import type { Candidate } from './detector.ts';
import { nftChains } from './nft-rules.ts';
import { decide, type Attempt } from './packet-filter.ts';
import { rowsOf } from './rows.ts';

const LOOPBACK = /^(?:127\.|\[?::1\]?|\[?::ffff:127\.)/u;

/**
 * Ports of step `listening` that a connection may come to, and whose answer the packet filter (`nft -j list ruleset`)
 * drops or rejects for every client on its way out: `verdict`, and `place` of the rule.
 */
export function filteredAnswers(
  data: StepData,
  other: (step: string) => StepData | undefined,
): readonly Candidate[] | undefined {
  const chains = nftChains(data.root, 4, 'out');
  const sockets = rowsOf(other('listening')?.root);
  // The rule that lets a port in may be in the part that was cut off.
  if (data.isPartial) return undefined;
  if (chains === undefined || sockets === undefined) return undefined;
  const seen = new Set<string>();
  return sockets.flatMap(({ protocol = '', address = '', port = '', local = '' }): readonly Candidate[] => {
    const attempt: Attempt = { family: 4, protocol: 'tcp', port: Number(port), isAnswer: true };
    if (!protocol.startsWith('tcp') || !/^\d+$/u.test(port) || LOOPBACK.test(address) || seen.has(port)) return [];
    seen.add(port);
    const decision = decide(chains, attempt);
    if (decision === undefined || decision.verdict === 'accept' || decision.exceptions > 0) return [];
    const { source, verdict, place } = decision;
    const handle = isRecord(source) ? source['handle'] : undefined;
    return [{ item: { port, local, verdict, place, handle }, source }];
  });
}
