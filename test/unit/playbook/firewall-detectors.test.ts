import { describe, expect, it } from 'vitest';
import { familyDifferences } from '../../../src/playbook/detectors/family-differences.ts';
import { iptablesChains } from '../../../src/playbook/detectors/iptables-rules.ts';
import { nftChains } from '../../../src/playbook/detectors/nft-rules.ts';
import { decide } from '../../../src/playbook/detectors/packet-filter.ts';
import { reachablePorts } from '../../../src/playbook/detectors/reachable-ports.ts';
import type { StepData } from '../../../src/playbook/parse-output.ts';

function dataOf(root: unknown): StepData {
  return { root, lines: [], spanOf: () => undefined, isPartial: false };
}

/** A table of nft with one chain for incoming packets, and others that it can call. */
function nft(
  rules: readonly (readonly unknown[])[],
  others: Readonly<Record<string, readonly (readonly unknown[])[]>> = {},
) {
  const at = { family: 'inet', table: 'filter' };
  const chain = (name: string, exprs: readonly (readonly unknown[])[]) =>
    exprs.map((expr, index) => ({ rule: { ...at, chain: name, handle: index + 1, expr } }));
  return {
    nftables: [
      { metainfo: { version: '1.0.6' } },
      { chain: { ...at, name: 'input', type: 'filter', hook: 'input', prio: 0, policy: 'drop' } },
      ...Object.keys(others).map((name) => ({ chain: { ...at, name } })),
      ...chain('input', rules),
      ...Object.entries(others).flatMap(([name, exprs]) => chain(name, exprs)),
    ],
  };
}

function port(right: unknown, op = '==') {
  return { match: { op, left: { payload: { protocol: 'tcp', field: 'dport' } }, right } };
}
const fromOffice = { match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: '10.0.0.9' } };
const accept = { accept: null };
const drop = { drop: null };

describe('nft rules', () => {
  const verdictOf = (root: unknown) => {
    const decision = decide(nftChains(root) ?? [], { family: 4, protocol: 'tcp', port: 443 });
    return `${decision?.verdict ?? 'none'} ${decision?.exceptions ?? 0} ${decision?.place ?? ''}`;
  };

  it.each<[string, readonly (readonly unknown[])[], string]>([
    ['no rule', [], 'drop 0 policy of inet filter input'],
    ['a port', [[port(443), accept]], 'accept 0 inet filter input handle 1'],
    ['another port', [[port(80), accept]], 'drop 0 policy of inet filter input'],
    ['a set', [[port({ set: [80, 443] }), accept]], 'accept 0 inet filter input handle 1'],
    ['a range', [[port({ range: [400, 500] }), accept]], 'accept 0 inet filter input handle 1'],
    ['a range in a set', [[port({ set: [{ range: [400, 500] }] }), accept]], 'accept 0 inet filter input handle 1'],
    ['a set with a name', [[port('@web'), accept]], 'drop 1 policy of inet filter input'],
    ['all but a port', [[port(443, '!='), accept]], 'drop 0 policy of inet filter input'],
    ['some clients', [[port(443), fromOffice, accept]], 'drop 1 policy of inet filter input'],
    [
      'loopback',
      [[{ match: { op: '==', left: { meta: { key: 'iif' } }, right: 'lo' } }, accept]],
      'drop 0 policy of inet filter input',
    ],
    [
      'connections that exist',
      [[{ match: { op: 'in', left: { ct: { key: 'state' } }, right: ['established', 'related'] } }, accept]],
      'drop 0 policy of inet filter input',
    ],
    [
      'another protocol',
      [[{ match: { op: '==', left: { meta: { key: 'l4proto' } }, right: 'icmp' } }, accept]],
      'drop 0 policy of inet filter input',
    ],
    ['a counter alone', [[{ counter: { packets: 1, bytes: 2 } }]], 'drop 0 policy of inet filter input'],
    ['an extension that is not known', [[{ xt: null }, accept]], 'drop 1 policy of inet filter input'],
  ])('judges %s', (_what, rules, expected) => {
    expect(verdictOf(nft(rules))).toBe(expected);
  });

  it('follows calls of other chains and comes back from them', () => {
    const root = nft([[{ jump: { target: 'web' } }], [port(443), drop]], {
      web: [[port(80), accept], [{ return: null }], [accept]],
    });
    expect(verdictOf(root)).toBe('drop 0 inet filter input handle 2');
  });

  it('does not take for certain what comes after a return for some clients', () => {
    const root = nft([[{ jump: { target: 'others' } }], [port(443), accept]], {
      others: [[fromOffice, { return: null }], [drop]],
    });
    expect(verdictOf(root)).toBe('accept 1 inet filter input handle 2');
  });

  it('ends when chains call each other in a circle', () => {
    expect(verdictOf(nft([[{ jump: { target: 'a' } }]], { a: [[{ jump: { target: 'a' } }]] }))).toBe(
      'drop 0 policy of inet filter input',
    );
  });

  it('lets the first drop of several tables decide', () => {
    const { nftables } = nft([[port(443), accept]]);
    const second = {
      chain: { family: 'ip', table: 'late', name: 'in', type: 'filter', hook: 'input', prio: 10, policy: 'drop' },
    };
    expect(verdictOf({ nftables: [second, ...nftables] })).toBe('drop 0 policy of ip late in');
  });

  it('is nothing for another document', () => {
    expect(nftChains({ rows: [] })).toBeUndefined();
  });
});

describe('iptables rules', () => {
  const verdictOf = (...rules: readonly string[]) => {
    const lines = [
      '*nat',
      ':INPUT DROP [0:0]',
      'COMMIT',
      '*filter',
      ':INPUT DROP [0:0]',
      ':web - [0:0]',
      ...rules,
      'COMMIT',
    ];
    const chains = iptablesChains({ lines: lines.map((text) => ({ text })) }) ?? [];
    const decision = decide(chains, { family: 4, protocol: 'tcp', port: 443 });
    return `${decision?.verdict ?? 'none'} ${decision?.exceptions ?? 0} ${decision?.packets ?? '-'}`;
  };

  it.each<[string, readonly string[], string]>([
    ['the policy', [], 'drop 0 -'],
    ['a port', ['[7:420] -A INPUT -p tcp -m tcp --dport 443 -j ACCEPT'], 'accept 0 7'],
    ['several ports', ['-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT'], 'accept 0 -'],
    ['a range', ['-A INPUT -p tcp -m tcp --dport 400:500 -j REJECT --reject-with tcp-reset'], 'reject 0 -'],
    ['another protocol', ['-A INPUT -p udp -m udp --dport 443 -j ACCEPT'], 'drop 0 -'],
    ['loopback', ['-A INPUT -i lo -j ACCEPT'], 'drop 0 -'],
    ['not loopback', ['-A INPUT ! -i lo -j ACCEPT'], 'accept 0 -'],
    ['connections that exist', ['-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'], 'drop 0 -'],
    ['some clients', ['-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 443 -j ACCEPT'], 'drop 1 -'],
    ['a rule that only logs', ['-A INPUT -j LOG --log-prefix "[BLOCK] "'], 'drop 0 -'],
    ['a call', ['-A INPUT -j web', '-A web -p tcp --dport 443 -j ACCEPT'], 'accept 0 -'],
    [
      'packets that are not for this machine',
      [
        '-A INPUT -j web',
        '-A web -m addrtype --dst-type LOCAL -j RETURN',
        '-A web -j REJECT',
        '-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT',
      ],
      'accept 0 -',
    ],
  ])('judges %s', (_what, rules, expected) => {
    expect(verdictOf(...rules)).toBe(expected);
  });

  it('is nothing for another document', () => {
    expect(iptablesChains({ rows: [] })).toBeUndefined();
  });
});

describe('reachable-ports', () => {
  const ports = (
    rows: readonly Readonly<Record<string, string>>[] | undefined,
    root: unknown = nft([[port(22), accept]]),
  ) => reachablePorts(dataOf(root), () => (rows === undefined ? undefined : dataOf({ rows })))?.map(({ item }) => item);

  it('judges each port once, and none that only the machine itself reaches', () => {
    const rows = [
      { protocol: 'tcp', address: '0.0.0.0', port: '22', local: '0.0.0.0:22' },
      { protocol: 'tcp', address: '[::]', port: '22', local: '[::]:22' },
      { protocol: 'tcp', address: '127.0.0.1', port: '6379', local: '127.0.0.1:6379' },
      { protocol: 'udp', address: '*', port: '53', local: '*:53' },
      { protocol: 'udp', address: '*', port: '*', local: '*:*' },
    ];
    expect(ports(rows)).toMatchObject([
      { protocol: 'tcp', port: '22', verdict: 'accept', exceptions: 0, handle: 1 },
      { protocol: 'udp', port: '53', verdict: 'drop', exceptions: 0 },
    ]);
  });

  it('says nothing when no chain looks at incoming packets', () => {
    expect(ports([{ protocol: 'tcp', address: '*', port: '22', local: '*:22' }], { nftables: [] })).toEqual([]);
  });

  it('cannot say anything without the sockets', () => {
    expect(ports(undefined)).toBeUndefined();
  });

  it.each<[string, readonly (readonly unknown[])[], string]>([
    [
      'opens the port',
      [
        [port(22), drop],
        [port(22), accept],
      ],
      'drop inet filter input handle 2',
    ],
    [
      'opens it for some',
      [
        [port(22), drop],
        [port(22), fromOffice, accept],
      ],
      'drop inet filter input handle 2',
    ],
    ['opens everything', [[port(22), drop], [accept]], 'drop'],
    [
      'opens another port',
      [
        [port(22), drop],
        [port(80), accept],
      ],
      'drop',
    ],
    [
      'is asked for most clients',
      [
        [port(22), fromOffice, drop],
        [port(22), accept],
      ],
      'accept',
    ],
  ])('names a rule that comes too late when a later one %s', (_what, rules, expected) => {
    const [found] = ports([{ protocol: 'tcp', address: '*', port: '22', local: '*:22' }], nft(rules)) ?? [];
    const { verdict = '', tooLate = '' } = found as { readonly verdict?: string; readonly tooLate?: string };
    expect(`${verdict} ${tooLate}`.trim()).toBe(expected);
  });
});

describe('family-differences', () => {
  const nfproto = (right: string) => ({ match: { op: '==', left: { meta: { key: 'nfproto' } }, right } });
  const both = [
    { protocol: 'tcp', address: '0.0.0.0', port: '443', local: '0.0.0.0:443' },
    { protocol: 'tcp', address: '[::]', port: '443', local: '[::]:443' },
  ];
  const differences = (root: unknown, rows = both, filter6?: unknown) =>
    familyDifferences(dataOf(root), (step) => {
      if (step === 'listening') return dataOf({ rows });
      return filter6 === undefined ? undefined : dataOf(filter6);
    })?.map(({ item }) => item);
  const lines = (...texts: readonly string[]) => ({ lines: texts.map((text) => ({ text })) });

  it.each<[string, readonly (readonly unknown[])[], object | undefined]>([
    ['by family', [[nfproto('ipv4'), port(443), accept]], { verdict4: 'accept', verdict6: 'drop' }],
    ['by the other family', [[nfproto('ipv6'), port(443), accept]], { verdict4: 'drop', verdict6: 'accept' }],
    ['for both', [[port(443), accept]], undefined],
    // Clients of an address: whether the one that fails is among them is not known.
    ['for some clients', [[port(443), fromOffice, accept]], undefined],
  ])('compares a port that is opened %s', (_what, rules, expected) => {
    expect(differences(nft(rules))).toMatchObject(expected === undefined ? [] : [expected]);
  });

  it('reads the rules of IPv6 from a step of their own with iptables', () => {
    const closed = lines('*filter', ':INPUT DROP [0:0]', 'COMMIT');
    const open = lines('*filter', ':INPUT ACCEPT [0:0]', 'COMMIT');
    expect(differences(closed, both, open)).toMatchObject([
      { port: '443', verdict4: 'drop', verdict6: 'accept', place4: 'policy of INPUT' },
    ]);
    expect(differences(closed, both)).toBeUndefined();
  });

  it('takes a family that no chain looks at for open', () => {
    const ip4 = {
      nftables: [
        { chain: { family: 'ip', table: 't', name: 'c', type: 'filter', hook: 'input', prio: 0, policy: 'drop' } },
      ],
    };
    expect(differences(ip4)).toMatchObject([{ verdict4: 'drop', verdict6: 'accept', place6: 'no rule' }]);
  });

  it('leaves out a port that listens for one family only', () => {
    const onlyIpv4 = [{ protocol: 'tcp', address: '0.0.0.0', port: '443', local: '0.0.0.0:443' }];
    expect(differences(nft([[nfproto('ipv4'), port(443), accept]]), onlyIpv4)).toEqual([]);
  });
});
