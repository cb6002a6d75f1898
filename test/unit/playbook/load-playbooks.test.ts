import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, describe, it } from 'vitest';
import { isWarroomError, type WarroomError } from '../../../src/domain/errors.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const MINIMAL = `apiVersion: warroom.intility.io/v1
kind: Playbook
metadata:
  id: own
  version: 1
  title: Own checks
  description: Checks of this site
spec:
  strategies: [own]
  targets: [host]
  budget: { seconds: 5, outputBytes: 65536, parallel: 1 }
  steps:
    - id: a
      title: look
      argv: [uptime]
      access: read
      timeoutSeconds: 2
      output: { format: text }
  rules: []
`;

async function loadWith(files: Readonly<Record<string, string>>) {
  return await withTempFolder(async (siteDir) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(siteDir, name), text);
    return await loadPlaybooks({ builtinDir: builtinPlaybookDir(), siteDir });
  });
}

async function refusal(files: Readonly<Record<string, string>>): Promise<WarroomError> {
  const error: unknown = await loadWith(files).catch((reason: unknown) => reason);
  if (isWarroomError(error)) return error;
  throw new Error('was not refused', { cause: error });
}

describe('playbooks', () => {
  it('of the package are all valid and named like their files', async () => {
    const loaded = await loadPlaybooks({ builtinDir: builtinPlaybookDir() });
    expect(loaded.map(({ playbook }) => playbook.metadata.id)).toContain('general');
    for (const { playbook, file, sha256: digest, origin } of loaded) {
      expect(file).toBe(join(builtinPlaybookDir(), `${playbook.metadata.id}.yaml`));
      expect(digest).toBe(sha256(await readFile(file)));
      expect(origin).toBe('builtin');
    }
  });

  it('of the site come after the built-in ones', async () => {
    const loaded = await loadWith({ 'own.yaml': MINIMAL, 'notes.txt': 'no playbook' });
    expect(loaded.at(-1)).toMatchObject({ origin: 'site', playbook: { metadata: { id: 'own' } } });
  });

  it('may answer for machines what another one answers for clusters', async () => {
    const text = MINIMAL.replace('[own]', '[own, storage]');
    expect((await loadWith({ 'own.yaml': text })).at(-1)?.playbook.spec.strategies).toContain('storage');
  });

  it.each<[string, string, RegExp]>([
    [
      'does not follow the schema',
      MINIMAL.replace('timeoutSeconds: 2', 'timeoutSeconds: two'),
      /own\.yaml:17:23: spec\.steps\[0\]\.timeoutSeconds: /u,
    ],
    ['is no YAML', `${MINIMAL}\n  : [`, /own\.yaml:\d+:\d+: /u],
    [
      'points to a step that is not there',
      MINIMAL.replace(
        'rules: []',
        'rules:\n    - { id: r, title: t, from: aa, finding: { code: X, severity: info, object: o, title: t, explanation: e, confidence: 0.5 } }',
      ),
      /own\.yaml:20:32: spec\.rules\[0\]\.from: "aa" is no step \(did you mean "a"\?\)/u,
    ],
    [
      'takes a strategy that exists',
      MINIMAL.replace('[own]', '[own, general]'),
      /own\.yaml:9:21: spec\.strategies\[1\]: strategy general is already used by .*general\.yaml/u,
    ],
    [
      'takes an id that exists',
      MINIMAL.replace('id: own', 'id: general'),
      /own\.yaml:4:7: metadata\.id: id general is already used by .*general\.yaml/u,
    ],
  ])('is refused with file, line and column when it %s', async (_what, text, expected) => {
    const error = await refusal({ 'own.yaml': text });
    expect(error.code).toBe('invalid-file');
    expect(error.message).toMatch(/^cannot use the playbook .*own\.yaml$/u);
    expect(error.why).toMatch(expected);
    expect(error.hint).toContain('claude-warroom validate FILE');
  });

  it('are refused when their folder cannot be read', async () => {
    const error: unknown = await loadPlaybooks({ builtinDir: builtinPlaybookDir(), siteDir: '/does/not/exist' }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'invalid-file', message: 'cannot read the playbook folder /does/not/exist' });
  });
});
