import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { iptablesChains } from './iptables-rules.ts';
import { nftChains } from './nft-rules.ts';
import { decide, type Attempt, type Decision, type FilterChain } from './packet-filter.ts';
import { rowsOf } from './rows.ts';

/** Addresses that `ss` prints for a socket that takes connections of the family from everywhere. */
const EVERYWHERE: Readonly<Record<Attempt['family'], readonly string[]>> = {
  4: ['*', '0.0.0.0'],
  6: ['*', '[::]', '::'],
};

/**
 * Ports that listen (step `listening`) on all addresses of both families and that the packet filter treats differently
 * over IPv4 and over IPv6: `verdict4` and `verdict6` with `place4` and `place6`. Of `iptables-save` the rules of the other
 * family stand in step `filter6`. A family that no chain looks at is accepted.
 */
export function familyDifferences(
  data: StepData,
  other: (step: string) => StepData | undefined,
): readonly Candidate[] | undefined {
  const chains4 = nftChains(data.root, 4) ?? iptablesChains(data.root);
  const chains6 = nftChains(data.root, 6) ?? iptablesChains(other('filter6')?.root);
  const sockets = rowsOf(other('listening')?.root);
  // The rule that lets a port in may be in the part that was cut off.
  if (data.isPartial) return undefined;
  if (chains4 === undefined || chains6 === undefined || sockets === undefined) return undefined;
  const ports = new Map(
    sockets
      .filter(({ port = '' }) => /^\d+$/u.test(port))
      .map(({ protocol = '', port = '' }) => [`${protocol} ${port}`, { protocol, port }]),
  );
  return [...ports.values()].flatMap(({ protocol, port }): readonly Candidate[] => {
    const listens = (family: Attempt['family']): boolean =>
      sockets.some(
        (socket) =>
          socket['protocol'] === protocol &&
          socket['port'] === port &&
          EVERYWHERE[family].includes(socket['address'] ?? ''),
      );
    if (!listens(4) || !listens(6)) return [];
    const on = { protocol: protocol.startsWith('udp') ? ('udp' as const) : ('tcp' as const), port: Number(port) };
    const [by4, by6] = [decided(chains4, { ...on, family: 4 }), decided(chains6, { ...on, family: 6 })];
    if (isOpen(by4) === isOpen(by6) || by4.exceptions > 0 || by6.exceptions > 0) return [];
    return [
      {
        item: {
          ...{ protocol: on.protocol, port, verdict4: by4.verdict, verdict6: by6.verdict },
          ...{ place4: by4.place, place6: by6.place },
        },
        source: isOpen(by4) ? by6.source : by4.source,
      },
    ];
  });
}

function decided(chains: readonly FilterChain[], attempt: Attempt): Decision {
  return decide(chains, attempt) ?? { verdict: 'accept', place: 'no rule', source: undefined, exceptions: 0 };
}

function isOpen({ verdict }: Decision): boolean {
  return verdict === 'accept';
}
