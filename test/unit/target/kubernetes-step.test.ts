import { describe, expect, it } from 'vitest';
import { readComplaint } from '../../../src/target/read-complaint.ts';
import { kubectlArgv, readStepCommand } from '../../../src/target/kubernetes/step-command.ts';

describe('a step of the kubernetes target', () => {
  it.each([
    [['kubectl', 'get', 'pods'], 'self', ['get', 'pods']],
    [['oc', 'get', 'co', '-o', 'json'], 'self', ['get', 'co', '-o', 'json']],
    [['kubectl', '--kubeconfig', 'prod-1', 'get', 'nodes'], 'prod-1', ['get', 'nodes']],
    [['kubectl', '--kubeconfig=prod-1', 'get', 'nodes'], 'prod-1', ['get', 'nodes']],
    [
      ['kubectl', 'get', 'pods', '--selector=app=a', '--sort-by=.a'],
      'self',
      ['get', 'pods', '--selector=app=a', '--sort-by=.a'],
    ],
  ])('reads %j', (argv, cluster, args) => {
    expect(readStepCommand(argv)).toEqual({ kind: 'ready', cluster, tool: argv[0], args });
  });

  it.each([
    [['bash', '-c', 'id'], 'the kubernetes target runs kubectl and oc only, not bash'],
    [[], 'not nothing'],
    [['/tmp/kubectl', 'get', 'pods'], 'not /tmp/kubectl'],
    [['kubectl', '--server=https://evil', 'get', 'pods'], 'sets --server itself'],
    [['kubectl', '-s', 'https://evil', 'get', 'pods'], 'sets -s itself'],
    [['kubectl', '-shttps://evil', 'get', 'pods'], 'itself'],
    [['kubectl', '--token', 'x', 'get', 'pods'], 'sets --token itself'],
    [['kubectl', 'get', 'pods', '--as=admin'], 'sets --as itself'],
    [['kubectl', 'get', 'pods', '--as-group=x'], 'sets --as-group itself'],
    [['kubectl', 'get', 'pods', '--context=x'], 'sets --context itself'],
    [['kubectl', 'get', 'pods', '--insecure-skip-tls-verify'], 'itself'],
    [['kubectl', 'get', 'pods', '--client-key=x'], 'itself'],
    [['kubectl', 'get', 'pods', '--cache-dir=/etc'], 'itself'],
    [['kubectl', 'exec', 'a', '--', 'id'], 'no arguments after --'],
  ])('refuses %j', (argv, why) => {
    expect(readStepCommand(argv)).toEqual({ kind: 'refused', why: expect.stringContaining(why) as string });
  });

  it('puts its own file, cache and time limit first', () => {
    const step = readStepCommand(['kubectl', 'get', 'pods']);
    if (step.kind !== 'ready') throw new Error('refused');
    const places = { kubeconfig: '/k', cacheDir: '/c' };
    expect(kubectlArgv(step, { ...places, timeoutMs: 60_000 })).toEqual([
      'kubectl',
      '--kubeconfig=/k',
      '--cache-dir=/c',
      '--request-timeout=15s',
      'get',
      'pods',
    ]);
    expect(kubectlArgv(step, { ...places, timeoutMs: 500 })).toContain('--request-timeout=1s');
    const own = { ...step, args: ['--request-timeout=5s', 'get', 'pods'] };
    expect(kubectlArgv(own, { ...places, timeoutMs: 60_000 }).filter((arg) => arg.includes('timeout'))).toEqual([
      '--request-timeout=5s',
    ]);
  });
});

describe('what kubectl complains about', () => {
  const noise = 'E1128 22:26:44.560871   24703 memcache.go:265] "Unhandled Error" err="x"\n';
  it.each([
    ['Unable to connect to the server: dial tcp: lookup api.example.com: no such host', true],
    ['The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?', true],
    ['Error from server (BadGateway): the API server cannot be reached (ECONNREFUSED)', true],
    ['Error from server (GatewayTimeout): the API server does not answer in time', true],
    [
      'Error from server (BadGateway): the certificate of the API server is not trusted (CERT_HAS_EXPIRED); an administrator …',
      true,
    ],
    [
      'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
      true,
    ],
    ['Error from server (Forbidden): pods is forbidden: User "x" cannot list resource "pods"', false],
    ['Error from server (NotFound): pods "x" not found', false],
    ['error: the server doesn\'t have a resource type "x"', false],
  ])('%s', (text, isUnreachable) => {
    expect(readComplaint(noise + text)).toEqual({ stderr: text, isUnreachable });
  });

  it('keeps the lines of libraries when there is nothing else', () => {
    expect(readComplaint(noise).stderr).toBe(noise);
  });
});
