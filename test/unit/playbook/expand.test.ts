import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandArgv, expandQuery, inputsOfRequest, resolveInputs } from '../../../src/playbook/expand.ts';
import { problemOf } from '../../../src/playbook/input-types.ts';
import type { PlaybookInput } from '../../../src/schema/generated.ts';
import { playbookOf } from './sample-playbook.ts';

function input(type: PlaybookInput['type'], parts: Partial<PlaybookInput> = {}): PlaybookInput {
  return { type, description: 'an input', ...parts };
}

const ALLOWED = { host: ['db-1', '10.0.0.3'], path: ['/var/log', '/srv/data/'] };

describe('values of inputs', () => {
  it.each<[PlaybookInput['type'], string]>([
    ['k8s-name', 'etcd-0.example'],
    ['unit', 'postgresql@15-main.service'],
    ['host', 'db-1'],
    ['port', '65535'],
    ['duration', '30m'],
    ['path', '/var/log'],
    ['path', '/var/log/nginx/error.log'],
    ['path', '/srv/data/x'],
  ])('%s takes %s', (type, value) => {
    const allow = type === 'host' || type === 'path' ? { allow: ALLOWED[type] } : {};
    expect(problemOf(input(type, allow), value)).toBeUndefined();
  });

  it.each<[PlaybookInput['type'], string]>([
    ['k8s-name', 'Etcd'],
    ['k8s-name', 'a;id'],
    ['k8s-name', 'a\nb'],
    ['unit', 'nginx'],
    ['unit', 'a b.service'],
    ['host', 'db-2'],
    ['host', '-oProxyCommand=x'],
    ['port', '0'],
    ['port', '65536'],
    ['port', '080'],
    ['duration', '1 h'],
    ['path', '/etc/shadow'],
    ['path', '/var/log/../../etc/shadow'],
    ['path', '/var/logs'],
    ['path', '/var/log/a b'],
    ['path', 'var/log'],
  ])('%s refuses %j', (type, value) => {
    const allow = type === 'host' || type === 'path' ? { allow: ALLOWED[type] } : {};
    expect(problemOf(input(type, allow), value)).toBeDefined();
  });

  it('refuses whatever begins with a dash, in every type', () => {
    const type = fc.constantFrom<PlaybookInput['type']>('k8s-name', 'unit', 'host', 'port', 'duration', 'path');
    fc.assert(
      fc.property(type, fc.string(), (name, rest) => {
        expect(problemOf(input(name, { allow: [`-${rest}`] }), `-${rest}`)).toContain('dash');
      }),
    );
  });

  it('lets no request set a host or a path that nobody allowed', () => {
    expect(problemOf(input('host'), 'db-1')).toBeDefined();
    expect(problemOf(input('path'), '/var/log')).toBeDefined();
  });
});

describe('inputs of a playbook', () => {
  const playbook = playbookOf({
    inputs: {
      namespace: input('k8s-name'),
      pod: input('k8s-name'),
      service: input('unit'),
      since: input('duration', { default: '1h' }),
    },
  });

  it('are taken from the request: namespace, kind/name, unit', () => {
    const resources = ['Pod/etcd-0', 'pod/etcd-1', 'deployment/api', 'nginx.service', 'free text'];
    expect(inputsOfRequest(playbook, { namespace: 'clusters', resources })).toEqual({
      namespace: 'clusters',
      pod: 'etcd-0',
      service: 'nginx.service',
    });
  });

  it('leave out what does not follow its grammar', () => {
    expect(inputsOfRequest(playbook, { namespace: '--all', resources: ['pod/$(id)', '__proto__/x'] })).toEqual({});
  });

  it('get their defaults', () => {
    expect(resolveInputs(playbook, { pod: 'a' })).toEqual({ kind: 'ready', inputs: { pod: 'a', since: '1h' } });
  });

  it('are refused when unknown, missing or malformed', () => {
    const strict = playbookOf({ inputs: { ns: input('k8s-name', { required: true }), port: input('port') } });
    expect(resolveInputs(strict, { port: 'x', other: 'y' })).toEqual({
      kind: 'invalid',
      problems: [
        'playbook sample has no input "other"',
        'input ns is missing: an input',
        'input port: "x" is not a port from 1 to 65535',
      ],
    });
  });
});

describe('further types', () => {
  it.each<[PlaybookInput, string, string | undefined]>([
    [input('enum', { allow: ['a', 'b'] }), 'b', undefined],
    [input('enum', { allow: ['a', 'b'] }), 'c', '"c" is not one of the values that the playbook allows: a, b'],
    [input('string'), 'some text_1', undefined],
    [input('string'), "x'; id", `"x'; id" is not a text that the playbook allows`],
    [input('string', { pattern: '[a-z]+' }), 'abc', undefined],
    [input('string', { pattern: '[a-z]+' }), 'abc1', '"abc1" is not a text that the playbook allows'],
    [input('string', { pattern: '[^x]+' }), 'a\nb', '"a\\nb" is not a text that the playbook allows'],
    [input('integer', { min: 1, max: 10 }), '10', undefined],
    [input('integer', { min: 1, max: 10 }), '11', '11 is more than the 10 that is allowed'],
    [input('integer', { min: 1 }), '0', '0 is less than the 1 that is needed'],
    [input('duration', { max: '24h' }), '2d', '2d is more than the 24h that is allowed'],
    [input('target-kubeconfig'), '/etc/hosted/a.kubeconfig', undefined],
    [input('target-kubeconfig'), 'a.kubeconfig', '"a.kubeconfig" is not an absolute path'],
  ])('%j judges %j', (declared, value, problem) => {
    expect(problemOf(declared, value)).toBe(problem);
  });
});

describe('where inputs come from', () => {
  const playbook = playbookOf({
    inputs: {
      ns: input('k8s-name', { from: 'namespace' }),
      first: input('string', { from: 'resource' }),
      workload: input('k8s-name', { from: 'resource:deployment' }),
      hc: input('k8s-name', { from: 'target' }),
      hcp: input('k8s-name', { default: '${ns}-${hc}' }),
      kubeconfig: input('target-kubeconfig'),
    },
  });

  it('is the request, by what each says', () => {
    const resources = ['pod/api-1', 'deployment/api', 'hc/other', 'kubeconfig/x'];
    expect(inputsOfRequest(playbook, { namespace: 'clusters', resources })).toEqual({
      ns: 'clusters',
      first: 'api-1',
      workload: 'api',
    });
  });

  it('is the configuration of the target for what no request may set', () => {
    expect(resolveInputs(playbook, { ns: 'clusters', hc: 'mine' })).toEqual({
      kind: 'invalid',
      problems: ['input hc comes from the configuration of the target'],
    });
    expect(resolveInputs(playbook, { ns: 'clusters' }, { hc: 'prod', kubeconfig: '/k' })).toEqual({
      kind: 'ready',
      inputs: { ns: 'clusters', hc: 'prod', hcp: 'clusters-prod', kubeconfig: '/k' },
    });
    expect(resolveInputs(playbook, { ns: 'clusters' })).toEqual({ kind: 'ready', inputs: { ns: 'clusters' } });
  });
});

describe('argument lists', () => {
  it('replace inputs, alone and behind other text, and never make more elements', () => {
    const argv = ['get', '${name}', '--x=${name}', '{{.Names}}', '$name'];
    expect(expandArgv(argv, { name: 'a b' })).toEqual(['get', 'a b', '--x=a b', '{{.Names}}', '$name']);
  });

  it('are not made when a value is missing', () => {
    expect(expandArgv(['get', '${constructor}'], {})).toBeUndefined();
  });
});

describe('queries', () => {
  it('take values that cannot leave their quotes', () => {
    expect(expandQuery('up{job="${job}"}', { job: 'a"} or vector(1) #\\' })).toBe('up{job="a\\"} or vector(1) #\\\\"}');
    expect(expandQuery('up{job="${job}"}', {})).toBeUndefined();
  });
});
