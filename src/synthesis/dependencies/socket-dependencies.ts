import { rowsOf } from '../../playbook/detectors/rows.ts';
import type { RunOutput } from '../run-outputs.ts';
import { CONFIDENCE, type Dependency, type ObjectName } from './graph.ts';

/** Linux gives ports from here on to clients (net.ipv4.ip_local_port_range begins at 32768). */
const FIRST_CLIENT_PORT = 32_768;

interface Connection {
  readonly local: string;
  readonly peer: string;
  readonly program: string;
}

/**
 * Who is connected to whom, by the rows of `ss -tnp` with the columns `local`, `peer` and `users`. Of a connection inside
 * the machine both ends are seen, so both programs are known; of any other the address of the far end is.
 */
export function socketDependencies({ data, side, evidence }: RunOutput): readonly Dependency[] {
  const connections = (rowsOf(data.root) ?? []).flatMap(
    ({ local = '', peer = '', users = '' }): readonly Connection[] => {
      const program = /\("(?<name>[^"]{1,64})"/u.exec(users)?.groups?.['name'];
      return program === undefined || local === '' || peer === '' ? [] : [{ local, peer, program }];
    },
  );
  const programAt = new Map(connections.map(({ local, program }) => [local, program]));
  return connections
    .filter(({ local, peer }) => portOf(local) >= FIRST_CLIENT_PORT && portOf(peer) < FIRST_CLIENT_PORT)
    .map(({ peer, program }) => {
      const server = programAt.get(peer);
      const to: ObjectName =
        server === undefined ? { kind: 'address', name: peer, side } : { kind: 'process', name: server, side };
      return {
        from: { kind: 'process', name: program, side },
        to,
        why: server === undefined ? 'is connected to' : `is connected to port ${portOf(peer)} of`,
        confidence: CONFIDENCE.observed,
        ...(evidence === undefined ? {} : { evidence: evidence.id }),
      };
    });
}

function portOf(address: string): number {
  return Number(/:(?<port>\d{1,5})$/u.exec(address)?.groups?.['port'] ?? 0);
}
