import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../../src/cluster-broker/exact-json.ts';
import {
  createJsonFilter,
  UnfilterableError,
  type JsonFilter,
  type Strip,
} from '../../../src/cluster-broker/json-filter.ts';
import { createStrip, type StripFacts } from '../../../src/cluster-broker/strip-object.ts';
import { CANARY, holdsCanary, leakyPod, leakySecret } from '../../support/leaky-objects.ts';

function stripped(value: unknown, facts: StripFacts = {}): unknown {
  return createStrip(facts)(structuredClone(value));
}

/** Runs text through a filter in pieces of `size` bytes. */
function through(filter: JsonFilter, text: string, size = 7): string {
  const bytes = Buffer.from(text);
  let out = '';
  for (let at = 0; at < bytes.length; at += size) out += filter.push(bytes.subarray(at, at + size));
  return out + filter.end();
}

function listFilter(strip: Strip = createStrip({}), maxBytes = 10_000): JsonFilter {
  return createJsonFilter({ shape: 'list', strip, maxBytes });
}

describe('what is taken out of objects', () => {
  it('leaves of a pod what a diagnosis needs', () => {
    expect(stripped(leakyPod('api-0'))).toEqual({
      metadata: {
        name: 'api-0',
        namespace: 'shop',
        uid: 'uid-api-0',
        annotations: { 'example.com/owner': 'team-shop' },
      },
      spec: {
        nodeName: 'node-1',
        containers: [
          {
            name: 'api',
            image: 'registry.example.com/api:1',
            env: [
              { name: 'DB_PASSWORD' },
              { name: 'FROM', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
            ],
          },
        ],
        initContainers: [{ name: 'init', image: 'x', env: [{ name: 'A' }] }],
        ephemeralContainers: [{ name: 'debug', image: 'x', env: [{ name: 'A' }] }],
      },
      status: { phase: 'Running' },
    });
  });

  it.each<[string, unknown, unknown]>([
    ['a Secret itself', leakySecret(), undefined],
    ['a Secret in another spelling', { kind: 'secret', metadata: {}, data: { a: CANARY } }, undefined],
    [
      'a Secret inside',
      { spec: { template: leakySecret() } },
      { spec: { template: { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'db' } } } },
    ],
    [
      'a reference to a Secret',
      { ref: { kind: 'Secret', name: 'db', namespace: 'shop' } },
      { ref: { kind: 'Secret', name: 'db', namespace: 'shop' } },
    ],
    ['a list of Secrets', { kind: 'SecretList', metadata: {}, items: [{ data: { a: CANARY } }] }, undefined],
    [
      'data without a kind',
      { metadata: { name: 'x' }, data: { a: CANARY }, stringData: { a: CANARY }, binaryData: {} },
      { metadata: { name: 'x' } },
    ],
    [
      'the key of a Route',
      { spec: { tls: { key: CANARY, certificate: 'c' } } },
      { spec: { tls: { certificate: 'c' } } },
    ],
    [
      'values of a chart',
      {
        source: {
          chart: 'db',
          helm: { releaseName: 'db', parameters: [{ name: 'p', value: CANARY }], values: CANARY },
        },
      },
      { source: { chart: 'db', helm: { releaseName: 'db' } } },
    ],
    [
      'a private key anywhere',
      { a: { b: `-----BEGIN PRIVATE KEY-----${CANARY}`, c: [`x PRIVATE KEY----- ${CANARY}`] } },
      { a: { c: [''] } },
    ],
    [
      'environments of other kinds',
      { spec: { config: { env: [{ name: 'A', value: CANARY }] }, extraEnvVars: [{ name: 'B', value: CANARY }] } },
      { spec: { config: { env: [{ name: 'A' }] }, extraEnvVars: [{ name: 'B' }] } },
    ],
    ['an environment as a map', { env: { A: CANARY, B: { value: CANARY, from: 'x' } } }, { env: { B: { from: 'x' } } }],
    ['an environment as texts', { Config: { Env: [`A=${CANARY}`, 'B'] } }, { Config: { Env: ['A', 'B'] } }],
    [
      'annotations that only name a secret',
      { annotations: { 'service.beta.openshift.io/serving-cert-secret-name': 'tls' } },
      { annotations: { 'service.beta.openshift.io/serving-cert-secret-name': 'tls' } },
    ],
    [
      'annotations about the network',
      { annotations: { 'k8s.v1.cni.cncf.io/network-status': '[{"name":"ovn","ips":["10.0.0.1"]}]' } },
      { annotations: { 'k8s.v1.cni.cncf.io/network-status': '[{"name":"ovn","ips":["10.0.0.1"]}]' } },
    ],
    [
      'a key that is no key',
      { spec: { tls: [{ hosts: ['a'], secretName: 'tls' }] } },
      { spec: { tls: [{ hosts: ['a'], secretName: 'tls' }] } },
    ],
    ['nothing', null, null],
    ['a number', 7, 7],
  ])('%s', (_name, value, expected) => {
    const left = stripped(value);
    expect(left).toEqual(expected);
    expect(holdsCanary(left === undefined ? '' : JSON.stringify(left))).toBe(false);
  });

  it('keeps data of ConfigMaps that may be read, and revisions of workloads', () => {
    const map = { metadata: { name: 'kube-proxy' }, data: { mode: 'ipvs' } };
    const facts = { isConfigMap: true, isReadableConfigMap: (name: string) => name === 'kube-proxy' };
    expect(stripped(map, facts)).toEqual(map);
    expect(stripped({ ...map, metadata: { name: 'app' } }, facts)).toEqual({ metadata: { name: 'app' } });
    expect(stripped({ ...map, kind: 'Other' }, facts)).toEqual({ metadata: { name: 'kube-proxy' }, kind: 'Other' });
    const revision = { metadata: { name: 'r' }, data: { spec: { env: [{ name: 'A', value: CANARY }] } } };
    expect(stripped(revision, { keepsData: true })).toEqual({
      metadata: { name: 'r' },
      data: { spec: { env: [{ name: 'A' }] } },
    });
  });

  it('refuses what is nested too deeply, and is not misled by names of prototypes', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 200; level++) deep = { deep };
    expect(() => stripped(deep)).toThrow(RangeError);
    const odd: unknown = JSON.parse(
      `{"__proto__":{"kind":"Secret","data":"${CANARY}"},"constructor":{"env":[{"name":"A","value":"${CANARY}"}]}}`,
    );
    expect(holdsCanary(JSON.stringify(createStrip({})(odd)))).toBe(false);
  });
});

describe('the filter of lists', () => {
  const list = {
    apiVersion: 'v1',
    items: [leakyPod('a'), leakySecret(), leakyPod('b')],
    kind: 'PodList',
    metadata: { resourceVersion: '1' },
  };

  it.each([1, 2, 3, 7, 64, 100_000])('gives the same for pieces of %i bytes', (size) => {
    const out: unknown = JSON.parse(through(listFilter(), JSON.stringify(list), size));
    expect(out).toEqual({ ...list, items: [stripped(leakyPod('a')), stripped(leakyPod('b'))] });
  });

  it.each([
    ['{"kind":"PodList","items":[]}', { kind: 'PodList', items: [] }],
    ['{ "items" : [ ] }', { items: [] }],
    ['{"items":null,"kind":"X"}', { items: null, kind: 'X' }],
    [
      '{"kind":"Table","rows":[{"cells":["\\"]}{,"]}],"columnDefinitions":[{"name":"N"}]}',
      { kind: 'Table', rows: [{ cells: ['"]}{,'] }], columnDefinitions: [{ name: 'N' }] },
    ],
    ['{"kind":"Pod","metadata":{"name":"x"},"data":{"a":"b"}}', { kind: 'Pod', metadata: { name: 'x' } }],
    ['{"a":"items","b":[{"c":[1,2,{"items":[3]}]}]}', { a: 'items', b: [{ c: [1, 2, { items: [3] }] }] }],
    ['{"\\u0069tems":[{"metadata":{},"data":{"x":"y"}}]}', { items: [{ metadata: {} }] }],
    ['{"items":[1,"two",null,true,[3]]}', { items: [1, 'two', null, true, [3]] }],
    ['{"items":[{"a":1}],"data":{"secret":"x"},"kind":"L"}', { items: [{ a: 1 }], kind: 'L' }],
    ['{"items":[1],"items":[{"data":"x"}],"rows":[2]}', { items: [1] }],
  ])('reads %s', (text, expected) => {
    expect(JSON.parse(through(listFilter(), text))).toEqual(expected);
  });

  it.each([
    ['', 'not valid JSON'],
    ['{"items":[1,2', 'in the middle'],
    ['{"items":[{"a":}]}', 'not valid JSON'],
    ['{"items":[1,,2]}x', 'not valid JSON'],
    ['{"items":[1]}{"items":[2]}', 'not valid JSON'],
    ['{"items":[}]}', 'valid JSON|in the middle'],
    [JSON.stringify({ items: ['y'.repeat(20_000)] }), 'larger than 10000 bytes'],
    [JSON.stringify({ kind: 'y'.repeat(20_000), items: [] }), 'larger than 10000 bytes'],
    [JSON.stringify(leakySecret()), 'it is a Secret'],
  ])('refuses %j', (text, words) => {
    expect(() => through(listFilter(), text)).toThrow(UnfilterableError);
    expect(() => through(listFilter(), text)).toThrow(new RegExp(words, 'u'));
  });

  it('leaves fractions of many digits beside long integers alone', () => {
    const text = '{"items":[[-0.0000010000000000000002,-1000000000000000000001,1e21]],"kind":"L"}';
    expect(through(createJsonFilter({ shape: 'list', strip: (value) => value, maxBytes: 10_000 }), text, 1)).toBe(
      `${text.replace('1e21', '1e+21')}\n`,
    );
  });

  it('gives every list of values back, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        (items, size) => {
          const text = JSON.stringify({ kind: 'L', items, metadata: { a: 1 } });
          const filter = createJsonFilter({ shape: 'list', strip: (value) => value, maxBytes: 1_000_000 });
          expect(JSON.parse(through(filter, text, size))).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it('holds no more than one item', () => {
    const items = Array.from({ length: 1000 }, (_, index) => leakyPod(`pod-${index}`));
    const filter = listFilter();
    const text = JSON.stringify({ items });
    through(filter, text, 1000);
    expect(filter.peakBytes()).toBeLessThan(3 * JSON.stringify(items[0]).length);
    expect(text.length).toBeGreaterThan(500_000);
  });
});

describe('the filters of objects and of watches', () => {
  it('gives an object as a whole, and no Secret', () => {
    const filter = (): JsonFilter => createJsonFilter({ shape: 'object', strip: createStrip({}), maxBytes: 10_000 });
    expect(JSON.parse(through(filter(), JSON.stringify({ kind: 'Pod', ...leakyPod('a') })))).toEqual(
      stripped({ kind: 'Pod', ...leakyPod('a') }),
    );
    expect(() => through(filter(), JSON.stringify(leakySecret()))).toThrow('it is a Secret');
    expect(() => through(filter(), `"${'x'.repeat(10_001)}"`)).toThrow('larger than 10000 bytes');
  });

  it('gives each event of a watch when it is whole, and drops half of one', () => {
    const filter = createJsonFilter({ shape: 'lines', strip: createStrip({}), maxBytes: 10_000 });
    const line = JSON.stringify({ type: 'ADDED', object: leakyPod('a') });
    const out = through(
      filter,
      `${line}\n\n{"type":"ADDED","object":${JSON.stringify(leakySecret())}}\n${line.slice(0, 100)}`,
    );
    expect(out.split('\n').map((text) => (text === '' ? undefined : (JSON.parse(text) as unknown)))).toEqual([
      { type: 'ADDED', object: stripped(leakyPod('a')) },
      { type: 'ADDED', object: { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'db' } } },
      undefined,
    ]);
  });
});

describe('exact JSON', () => {
  it.each([
    ['{"a":9223372036854775807,"b":-9223372036854775808,"c":[18446744073709551615]}'],
    ['{"a":"9223372036854775807 in : 1234567890123456789","b":1234567890123456789}'],
    ['{"a":1.5,"b":1234567890123456789}'],
  ])('keeps %s', (text) => {
    const { value, format } = parseExactJson(text);
    expect(format(value)).toBe(text);
  });

  it('throws for what is no JSON', () => {
    expect(() => parseExactJson('{"a":12345678901234567890x}')).toThrow(SyntaxError);
  });
});
