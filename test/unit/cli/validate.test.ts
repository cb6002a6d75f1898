import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { aRequest } from '../../support/war-room-content.ts';

const GOOD = formatYaml('TroubleshootingRequest', aRequest());
const BAD = GOOD.replace('type: hub', 'type: hubb').replace('timeout: 900', 'timeout: 5');
const DRAFT = `metadata: {name: api late}
spec:
  targetCluster: {type: hub, name: production-hub}
  issue: {description: it is slow}
  investigation: {allowedTools: [kubectl, write]}
`;

let folder: Awaited<ReturnType<typeof createTempFolder>>;

beforeEach(async () => {
  folder = await createTempFolder('warroom-validate');
  await writeFile(join(folder.path, 'good.yaml'), GOOD);
  await writeFile(join(folder.path, 'bad.yaml'), BAD);
  await writeFile(join(folder.path, 'draft.yaml'), DRAFT);
});

afterEach(async () => {
  await folder.close();
});

async function validate(argv: readonly string[], stdin?: string): Promise<InProcessResult> {
  const warRoom = new MemoryWarRoom();
  const options = { warRoom, cwd: folder.path, env: { WARROOM_REPO: '' }, ...(stdin === undefined ? {} : { stdin }) };
  const result = await runInProcess(['validate', ...argv], options);
  expect(warRoom.fetches).toBe(0);
  return result;
}

describe('validate', () => {
  it('accepts a valid file', async () => {
    expect(await validate(['good.yaml'])).toEqual({
      exit: 0,
      stdout: '',
      stderr: '✔ good.yaml: valid TroubleshootingRequest\n',
    });
  });

  it('points at line and column of every problem', async () => {
    const { exit, stdout } = await validate(['good.yaml', 'bad.yaml']);
    expect(exit).toBe(2);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'bad.yaml:11:11: spec.targetCluster.type: "hubb" is not one of hub, hosted, host (did you mean "hub"?)',
      expect.stringMatching(/^bad\.yaml:17:14: spec\.investigation\.timeout: /u),
    ]);
  });

  it('prints problems as JSON', async () => {
    const { exit, stdout } = await validate(['--json', 'good.yaml', 'bad.yaml']);
    expect(exit).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      files: [
        { file: 'good.yaml', valid: true, kind: 'TroubleshootingRequest', problems: [] },
        { file: 'bad.yaml', valid: false, problems: [{ line: 11, column: 11, path: 'spec.targetCluster.type' }, {}] },
      ],
    });
  });

  it('accepts what investigate -f completes, and says what that would change', async () => {
    const { exit, stderr } = await validate(['draft.yaml']);
    expect(exit).toBe(0);
    expect(stderr).toContain(
      'draft.yaml: not complete, but  claude-warroom investigate -f draft.yaml  fills in the rest',
    );
    expect(stderr).toContain('draft.yaml: the tool "write" is left out');
  });

  it('reads standard input', async () => {
    expect((await validate(['-'], BAD)).stdout).toMatch(/^stdin:11:11: /u);
  });

  it('fails for a file that is not there', async () => {
    const { exit, stderr } = await validate(['missing.yaml']);
    expect(exit).toBe(2);
    expect(stderr).toContain('error: cannot read missing.yaml\ncause: there is no such file\nhint:  check its name');
  });
});
