import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultFolder } from '../../src/domain/repository-layout.ts';
import { parseRequestId } from '../../src/domain/request-id.ts';
import { formatYaml } from '../../src/schema/format-document.ts';
import { createCliHome, runCli, type CliHome, type CliResult } from '../support/cli.ts';
import { git } from '../support/git-rig.ts';
import { aRule, policyText, writePolicy } from '../support/policy-text.ts';
import { createKey, type TestKey } from '../support/signing-rig.ts';

const ALICE = 'alice@example.com';

let home: CliHome;
let key: TestKey;

async function run(...args: readonly string[]): Promise<CliResult> {
  return await runCli(args, { home });
}

async function ask(...args: readonly string[]): Promise<CliResult> {
  return await run('investigate', '--cluster', 'web-1', '--type', 'host', '--issue', 'slow', ...args);
}

async function answer(): Promise<void> {
  expect(await run('processor', 'run', '--once', '-c', 'processor.yaml')).toMatchObject({ exit: 0 });
}

/** Changes a file of the war room as anybody who may push. */
async function tamper(path: string, content: string): Promise<void> {
  const tree = join(home.path, 'tree');
  await git(['clone', '--quiet', join(home.path, 'warroom.git'), tree], { cwd: home.path });
  await writeFile(join(tree, path), content);
  await git(['commit', '--quiet', '-am', 'a correction'], { cwd: tree });
  await git(['push', '--quiet'], { cwd: tree });
}

function containing(text: string): string {
  return expect.stringContaining(text) as string;
}

beforeAll(async () => {
  home = await createCliHome({ email: ALICE });
  key = await createKey(home.path, 'id_ed25519');
  await appendFile(
    home.gitConfig,
    `\tsigningkey = ${key.file}.pub\n`.replace(/^/u, '[user]\n') + '[gpg]\n\tformat = ssh\n',
  );
  await run('init', '--repo', 'warroom.git');
  await mkdir(join(home.path, 'trust'));
  await writeFile(join(home.path, 'trust/allowed_signers'), '# nobody yet\n');
  await writePolicy(
    join(home.path, 'trust'),
    policyText({ rules: [aRule({ who: [ALICE], clusters: ['web-1'], strategies: ['*'] })] }),
  );
  const config = formatYaml('ProcessorConfig', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'ProcessorConfig',
    cluster: { name: 'web-1', type: 'host' },
    trust: 'required',
    trustDir: './trust',
    repository: { url: './warroom.git' },
    stateDir: './state',
    polling: { minSeconds: 0.2, maxSeconds: 0.2 },
  });
  await writeFile(join(home.path, 'processor.yaml'), config);
});
afterAll(async () => {
  await home.close();
});

describe('the life of a key', () => {
  it('begins with an enrolment that the administrator compares and approves', async () => {
    const { fingerprint } = key.publicKey;
    const enrolled = await run('key', 'enroll', '--comment', 'laptop');
    expect(enrolled).toMatchObject({ exit: 0, stdout: `${fingerprint}\n` });
    const asking = await run('key', 'list', '-c', 'processor.yaml');
    expect(asking.stdout).toMatch(new RegExp(`^${ALICE}\t\\S+\tasks\tsince .* · laptop\n$`, 'u'));
    expect(await run('key', 'approve', fingerprint, '-c', 'processor.yaml')).toMatchObject({
      exit: 2,
      stderr: containing('compare it with the person by another way, then add --yes'),
    });
    const wrong = `SHA256:${'A'.repeat(43)}`;
    expect(await run('key', 'approve', wrong, '-c', 'processor.yaml', '--yes')).toMatchObject({
      exit: 1,
      stderr: containing(`nobody asks to enrol the key ${wrong}`),
    });
    const approved = await run('key', 'approve', fingerprint, '-c', 'processor.yaml', '--yes');
    expect(approved).toMatchObject({ exit: 0, stderr: containing('is accepted from now on') });
    const again = await run('key', 'approve', fingerprint, '-c', 'processor.yaml', '--yes');
    expect(again.stderr).toContain('was accepted before');
    const list = await run('key', 'list', '-c', 'processor.yaml', '--json');
    expect(JSON.parse(list.stdout)).toMatchObject({
      keys: [{ owner: ALICE, key: fingerprint, state: 'accepted', note: containing('request,cancel · laptop') }],
    });
    expect(await readFile(join(home.path, 'trust/allowed_signers'), 'utf8')).toMatch(/^# nobody yet\nalice/u);
  });

  it('lets requests be answered, and answers be verified', async () => {
    const sent = await ask();
    expect(sent.stderr).toContain(`signed as ${ALICE}`);
    await answer();
    const strict = await run('get-results', '--require-verified');
    expect(strict).toMatchObject({
      exit: 0,
      stderr: containing('new key: results of web-1 are signed by SHA256:'),
    });
    expect(strict.stdout).toMatch(/web-1 · VERIFIED/u);
    expect((await run('get-results')).stderr).toBe('');
    const status = await run('status', '@last', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({
      phase: 'succeeded',
      signed: true,
      verification: [{ cluster: 'web-1', verified: true, by: 'pinned' }],
    });
    expect((await run('key', 'list')).stdout.split('\n').map((line) => line.split('\t')[2])).toEqual([
      'yours',
      'pinned',
      undefined,
    ]);
  });

  it('shows what somebody changed afterwards (threat 6)', async () => {
    const id = parseRequestId((await run('list')).stdout.split('\t')[0] ?? '');
    if (id === undefined) throw new Error('there is no request');
    await tamper(`${resultFolder(id)}/README.md`, '# all is well\n');
    expect(await run('get-results', id, '--require-verified')).toMatchObject({
      exit: 4,
      stdout: '',
      stderr: containing('web-1: README.md was changed'),
    });
    expect(await run('status', id, '--require-verified')).toMatchObject({ exit: 4, stdout: '' });
    const shown = await run('get-results', id);
    expect(shown.exit).toBe(0);
    expect(shown.stdout).toContain('web-1 · UNVERIFIED');
    expect(shown.stderr).toContain('UNVERIFIED the result of web-1: README.md was changed');
  });

  it('ends with a revocation: nothing that it signed starts any more', async () => {
    const revoked = await run('key', 'revoke', ALICE, '-c', 'processor.yaml', '--reason', 'lost laptop', '--yes');
    expect(revoked).toMatchObject({ exit: 0, stderr: containing('revoked; requests that wait are refused') });
    await ask();
    await answer();
    const status = await run('status', '@last', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ phase: 'rejected', reason: { code: 'revoked-key' } });
    expect((await run('key', 'list', '-c', 'processor.yaml')).stdout).toContain('\trevoked\t');
    expect(await run('key', 'approve', key.publicKey.fingerprint, '-c', 'processor.yaml', '--yes')).toMatchObject({
      exit: 4,
      stderr: containing('let the person make a new key and enrol that'),
    });
  });

  it('needs a name of its own when a new key is tried', async () => {
    const second = await createKey(home.path, 'second');
    expect(await ask('--signing-key', join(home.path, 'absent'))).toMatchObject({
      exit: 4,
      stderr: containing('cannot sign with the key'),
    });
    await ask('--signing-key', second.file);
    await answer();
    const status = await run('status', '@last', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ phase: 'rejected', reason: { code: 'unknown-key' } });
  });
});
