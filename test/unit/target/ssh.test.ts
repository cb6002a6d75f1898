import { describe, expect, it } from 'vitest';
import type { SshHost } from '../../../src/domain/ssh-host.ts';
import type { ChildResult } from '../../../src/lib/child-process.ts';
import { readAnswer } from '../../../src/target/ssh/read-answer.ts';
import { authorizedKeyLine } from '../../../src/target/ssh/authorized-key.ts';
import { explainSshFailure } from '../../../src/target/ssh/explain-failure.ts';
import { parseRemoteFacts } from '../../../src/target/ssh/remote-facts.ts';
import { FACTS, RUN } from '../../../src/target/ssh/remote-script.ts';
import { masterArgv, sessionArgv } from '../../../src/target/ssh/ssh-arguments.ts';
import { wrapperRequest } from '../../../src/target/ssh/wrapper-request.ts';

const HOST: SshHost = {
  name: 'web-1',
  address: '192.0.2.11',
  port: 2222,
  user: 'warroom',
  keyFile: '/etc/warroom/key',
  knownHostsFile: '/etc/war room/known_hosts',
  mode: 'exec',
};
const KEY = `ssh-ed25519 ${'A'.repeat(68)} processor@example.com`;

describe('arguments of ssh', () => {
  it('never read a configuration, an agent or a password, and believe pinned keys only', () => {
    const argv = masterArgv(HOST, '/tmp/s');
    expect(argv.slice(0, 3)).toEqual(['ssh', '-F', 'none']);
    for (const option of [
      'BatchMode=yes',
      'ConnectTimeout=5',
      'StrictHostKeyChecking=yes',
      'UserKnownHostsFile="/etc/war room/known_hosts"',
      'GlobalKnownHostsFile=/dev/null',
      'ServerAliveInterval=5',
      'ServerAliveCountMax=2',
      'LogLevel=ERROR',
      'ClearAllForwardings=yes',
      'ForwardAgent=no',
      'IdentityAgent=none',
      'IdentitiesOnly=yes',
    ]) {
      expect(argv).toContain(option);
    }
    expect(argv.slice(-2)).toEqual(['--', '192.0.2.11']);
    expect(argv).not.toContain('-A');
  });

  it('end before the host and the line that runs there', () => {
    expect(sessionArgv(HOST, '/tmp/s', 'exec x').slice(-3)).toEqual(['--', '192.0.2.11', 'exec x']);
  });

  it('spell out the way over a jump host, with the same options', () => {
    const jump = { address: 'bastion', port: 22, user: 'hop', keyFile: '/k%1', knownHostsFile: '/kh' };
    const proxy = masterArgv({ ...HOST, jump }, '/tmp/s').find((part) => part.startsWith('ProxyCommand='));
    expect(proxy).toMatch(/^ProxyCommand=ssh -F none -o BatchMode=yes /u);
    expect(proxy).toContain("-o 'UserKnownHostsFile=\"/kh\"' -i /k%%1 -l hop -p 22 -W '[%h]:%p' -- bastion");
  });
});

describe('the scripts for the other side', () => {
  it.each([RUN, FACTS])('hold nothing that a login shell could read in a way of its own', (script) => {
    expect(script).not.toMatch(/['\\\n]/u);
  });
});

describe('why a host cannot be reached', () => {
  it.each([
    [
      '@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@\nHost key verification failed.',
      'its host key is not the pinned one',
    ],
    ['No ED25519 host key is known for 192.0.2.11 and you have requested strict checking.', 'no host key is pinned'],
    ['warroom@192.0.2.11: Permission denied (publickey).', 'it does not accept our key'],
    ['ssh: Could not resolve hostname web: Name or service not known', 'its name has no address'],
    ['ssh: connect to host 192.0.2.11 port 22: Connection refused', 'nothing listens on the port'],
    ['ssh: connect to host 192.0.2.11 port 22: Connection timed out', 'it does not answer'],
    ['ssh: connect to host 192.0.2.11 port 22: No route to host', 'there is no way to it'],
    ['kex_exchange_identification: Connection closed by remote host', 'it closed the connection'],
    ['Load key "/etc/warroom/key": error in libcrypto', 'its private key cannot be used'],
    ["Permissions 0644 for 'k' are too open.\nWARNING: UNPROTECTED PRIVATE KEY FILE!", 'readable by others'],
    ['something new', 'something new'],
    ['', 'ssh gave no reason'],
  ])('%j', (stderr, why) => {
    const text = explainSshFailure(HOST, stderr);
    expect(text).toMatch(/^cannot reach web-1 over SSH \(warroom@192\.0\.2\.11 port 2222\): /u);
    expect(text).toContain(why);
    expect(text).not.toContain('\n');
  });
});

describe('facts about a host', () => {
  const linux = [
    'platform=Linux',
    'release=6.1.0',
    'hostname=web-1',
    'user=warroom',
    '/etc/machine-id=0123456789abcdef0123456789abcdef',
    '/proc/uptime=3600.52 7000.1',
    '/proc/loadavg=0.50 1.25 2.00 1/100 4242',
    'cpus=4',
    'MemTotal:=8000000',
    'MemFree:=1000000',
    'MemAvailable:=2000000',
    'interfaces=2',
    'boottime=',
    'has=timeout',
  ].join('\n');
  const now = new Date('2026-11-20T12:00:00Z');

  it('have the form of the local ones', () => {
    const facts = parseRemoteFacts(linux, now);
    expect(facts).toMatchObject({
      platform: 'linux',
      identity: '0123456789abcdef0123456789abcdef',
      hasTimeout: true,
      hasSudo: false,
    });
    expect(JSON.parse(facts?.json ?? '')).toEqual({
      platform: 'linux',
      release: '6.1.0',
      hostname: 'web-1',
      uptimeSeconds: 3600,
      cpus: 4,
      loadAverage1: 0.5,
      loadAverage5: 1.25,
      loadAverage15: 2,
      loadPerCpu5: 0.31,
      loadPerCpu15: 0.5,
      totalMemoryBytes: 8_192_000_000,
      freeMemoryBytes: 1_024_000_000,
      availableMemoryBytes: 2_048_000_000,
      availableMemoryPercent: 25,
      networkInterfaces: 2,
    });
  });

  it('leave out what a system does not say', () => {
    const mac =
      'platform=Darwin\nhostname=mac\nboottime={ sec = 1795172400, usec = 0 } Fri\nloads={ 1.50 2.00 2.50 }\nmemsize=100';
    const facts = parseRemoteFacts(mac, new Date(1_795_172_460_000));
    expect(JSON.parse(facts?.json ?? '')).toEqual({
      platform: 'darwin',
      hostname: 'mac',
      uptimeSeconds: 60,
      loadAverage1: 1.5,
      loadAverage5: 2,
      loadAverage15: 2.5,
      totalMemoryBytes: 100,
    });
    expect(facts?.identity).toMatch(/^[0-9a-f]{64}$/u);
    expect(parseRemoteFacts('hello', now)).toBeUndefined();
  });
});

describe('an output that is longer than allowed', () => {
  const text = (value: string): Buffer => Buffer.from(value);
  const child: ChildResult = {
    end: { kind: 'exited', exit: 0 },
    stdout: text('a banner\nm start\nfirst\nlast\n'),
    stderr: text('m start\nm exit 0\n'),
    stderrTail: text('m exit 0\n'),
    truncated: false,
    ms: 5,
  };

  it.each([
    [undefined, 'first'],
    ['end', 'last\n'],
  ] as const)('keeps its %s', (keep, stdout) => {
    const command = { argv: ['x'], timeoutMs: 1000, maxBytes: 5, ...(keep === undefined ? {} : { keep }) };
    expect(readAnswer({ host: HOST, command, mark: 'm' }, child)).toMatchObject({
      end: { kind: 'exited', exit: 0 },
      stdout,
      truncated: true,
    });
  });
});

describe('what a wrapper is asked for', () => {
  it('is a mark, a step and values', () => {
    const command = {
      argv: ['x'],
      timeoutMs: 1,
      maxBytes: 1,
      call: { id: 'a/b/0@0', inputs: { unit: 'a\\x2d.service' } },
    };
    expect(wrapperRequest('warroom-1', command)).toBe('warroom-1 a/b/0@0 unit=a\\x2d.service');
  });

  it.each(['a b', "a'b", 'a\nb', '$x', '', 'ä'])('is nothing when a value is %j', (value) => {
    const inputs = { unit: value };
    const line = wrapperRequest('m', { argv: ['x'], timeoutMs: 1, maxBytes: 1, call: { id: 'a', inputs } });
    expect(line).toBe(value === '' ? 'm a unit=' : undefined);
  });
});

describe('the line for authorized_keys', () => {
  it('restricts the key to the script', () => {
    const scriptPath = '/usr/local/lib/claude-warroom/warroom-ro';
    expect(authorizedKeyLine({ publicKey: `${KEY}\n`, scriptPath })).toBe(`restrict,command="${scriptPath}" ${KEY}`);
    expect(authorizedKeyLine({ publicKey: KEY, scriptPath, from: '192.0.2.0/24' })).toBe(
      `from="192.0.2.0/24",restrict,command="${scriptPath}" ${KEY}`,
    );
  });

  it.each([
    [{ publicKey: 'command="sh" ssh-ed25519 AAAA', scriptPath: '/a' }, 'the key is not one line with one public key'],
    [{ publicKey: `${KEY}\n${KEY}`, scriptPath: '/a' }, 'the key is not one line with one public key'],
    [{ publicKey: '-----BEGIN OPENSSH PRIVATE KEY-----', scriptPath: '/a' }, 'the key is not one line'],
    [{ publicKey: KEY, scriptPath: 'a/b' }, 'cannot be the path of the wrapper'],
    [{ publicKey: KEY, scriptPath: '/a"b' }, 'cannot be the path of the wrapper'],
    [{ publicKey: KEY, scriptPath: '/a', from: '"' }, 'is no list of addresses'],
  ])('refuses %j', (options, message) => {
    expect(() => authorizedKeyLine(options)).toThrow(message);
  });
});
