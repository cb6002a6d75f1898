import { describe, expect, it } from 'vitest';
import { applyPatch, valueAt, type PatchOperation } from '../../../src/install/json-patch.ts';
import { formatYamlObjects, readYamlObjects } from '../../../src/schema/yaml-objects.ts';

const OBJECT = { a: { 'x/y': 1, list: [{ n: 1 }, { n: 2 }] }, b: 'two' };

describe('a patch', () => {
  it.each<readonly [PatchOperation, string, unknown]>([
    [{ op: 'add', path: '/c', value: 3 }, '/c', 3],
    [{ op: 'replace', path: '/a/x~1y', value: 2 }, '/a/x~1y', 2],
    [{ op: 'remove', path: '/b' }, '/b', undefined],
    [{ op: 'add', path: '/a/list/-', value: { n: 3 } }, '/a/list/2/n', 3],
    [{ op: 'add', path: '/a/list/0', value: { n: 0 } }, '/a/list', [{ n: 0 }, { n: 1 }, { n: 2 }]],
    [{ op: 'replace', path: '/a/list/1/n', value: 9 }, '/a/list/1/n', 9],
    [{ op: 'remove', path: '/a/list/0' }, '/a/list', [{ n: 2 }]],
  ])('%j does what RFC 6902 says, and leaves the object alone', (operation, path, value) => {
    const before = structuredClone(OBJECT);
    expect(valueAt(applyPatch(OBJECT, [operation]), path)).toEqual(value);
    expect(OBJECT).toEqual(before);
  });

  it.each<PatchOperation>([
    { op: 'replace', path: '/c', value: 1 },
    { op: 'remove', path: '/a/list/2' },
    { op: 'add', path: '/c/d', value: 1 },
    { op: 'replace', path: '/a/list/-/n', value: 1 },
    { op: 'add', path: '/b/c', value: 1 },
  ])('%j is our mistake where it does not fit', (operation) => {
    expect(() => applyPatch(OBJECT, [operation])).toThrow('does not fit the manifest');
  });
});

describe('manifests as text', () => {
  it('are read and written as kubectl reads them', () => {
    expect(readYamlObjects('mode: 0444\non: yes\n---\na: 1\n', 'x.yaml')).toEqual([
      { mode: 292, true: true },
      { a: 1 },
    ]);
    expect(formatYamlObjects([{ a: 'yes', b: '0444', c: '10001:0' }])).toBe('a: "yes"\nb: "0444"\nc: "10001:0"\n');
  });

  it.each([
    ['a: [1', /cannot read the manifest x.yaml/u],
    ['- 1\n', /cannot read the manifest x.yaml/u],
  ])('are refused when they are none: %j', (text, message) => {
    expect(() => readYamlObjects(text, 'x.yaml')).toThrow(message);
  });
});
