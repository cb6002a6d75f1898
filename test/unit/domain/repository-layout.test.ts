import { describe, expect, it } from 'vitest';
import {
  cancelPath,
  claimRef,
  claimRefPrefix,
  inboxRef,
  inboxRefPrefix,
  parseRequestPath,
  presenceRef,
  presenceRefPrefix,
  reportPath,
  requestDayFolder,
  requestPath,
  resultDayFolder,
  resultFolder,
  signaturePath,
  statusPath,
} from '../../../src/domain/repository-layout.ts';
import { parseRequestId, type RequestId } from '../../../src/domain/request-id.ts';

const NAME = '2026-11-20-1430-api-timeout-k7m2';

function id(): RequestId {
  const parsed = parseRequestId(NAME);
  if (parsed === undefined) throw new Error(NAME);
  return parsed;
}

describe('paths and refs', () => {
  it('are spelled the same way everywhere', () => {
    const folder = `results/2026/11/20/${NAME}`;
    expect(requestPath(id())).toBe(`requests/2026/11/20/${NAME}.yaml`);
    expect(cancelPath(id())).toBe(`requests/2026/11/20/${NAME}.cancel.yaml`);
    expect(resultFolder(id())).toBe(folder);
    expect(resultFolder(id(), 'hub')).toBe(`${folder}/hub`);
    expect([statusPath(folder), reportPath(folder)]).toEqual([`${folder}/status.yaml`, `${folder}/report.json`]);
    const day = new Date('2026-11-20T23:59:59.999Z');
    expect([requestDayFolder(day), resultDayFolder(day)]).toEqual(['requests/2026/11/20', 'results/2026/11/20']);
  });

  it('put the refs of one kind below one prefix', () => {
    const namespace = 'refs/warroom';
    expect(claimRef(namespace, 'hub', id())).toBe(`${claimRefPrefix(namespace, 'hub')}${NAME}`);
    expect(claimRefPrefix(namespace, 'hub').startsWith(claimRefPrefix(namespace))).toBe(true);
    expect(inboxRef(namespace, id(), 'request')).toBe(`${inboxRefPrefix(namespace)}${NAME}`);
    expect(inboxRef(namespace, id(), 'cancel')).toBe(`${inboxRefPrefix(namespace)}${NAME}.cancel`);
    expect(presenceRef(namespace, 'hub', 'a')).toBe(`${presenceRefPrefix(namespace)}hub/a`);
  });
});

describe('a path below requests', () => {
  it.each([
    ['request', requestPath(id())],
    ['cancel', cancelPath(id())],
  ])('is a %s, and its signature lies beside it', (kind, path) => {
    expect(parseRequestPath(path)).toEqual({ kind, id: NAME });
    expect(parseRequestPath(signaturePath(path))).toEqual({ kind: 'signature', of: kind, id: NAME });
  });

  it.each([
    ['another day than its id', `requests/2026/11/21/${NAME}.yaml`],
    ['no day', `requests/${NAME}.yaml`],
    ['one folder too many', `requests/2026/11/20/x/${NAME}.yaml`],
    ['two slashes', `requests//2026/11/20/${NAME}.yaml`],
    ['a folder above', `requests/../requests/2026/11/20/${NAME}.yaml`],
    ['a path of its own', `/requests/2026/11/20/${NAME}.yaml`],
    ['another root', `results/2026/11/20/${NAME}.yaml`],
    ['upper case', `requests/2026/11/20/${NAME.toUpperCase()}.yaml`],
    ['the other ending', `requests/2026/11/20/${NAME}.yml`],
    ['an ending in upper case', `requests/2026/11/20/${NAME}.YAML`],
    ['two signatures', `requests/2026/11/20/${NAME}.yaml.sig.sig`],
    ['two cancellations', `requests/2026/11/20/${NAME}.cancel.cancel.yaml`],
    ['a line break', `requests/2026/11/20/${NAME}.yaml\n`],
    ['a line break in its folder', `requests/2026/11/20\n/${NAME}.yaml`],
    ['an id that is none', 'requests/2026/11/20/not-an-id.yaml'],
    ['nothing', ''],
  ])('is nobody’s with %s', (_, path) => {
    expect(parseRequestPath(path)).toBeUndefined();
  });
});
