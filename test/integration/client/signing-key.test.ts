import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocumentSigner } from '../../../src/client/document-signer.ts';
import { findSigningKey, type SigningFacts } from '../../../src/client/find-signing-key.ts';
import { parseSignature } from '../../../src/signature/armor.ts';
import { readAgentKeys } from '../../../src/signature/agent-keys.ts';
import { runChild } from '../../../src/lib/child-process.ts';
import { createKey, type TestKey } from '../../support/signing-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const PATH = process.env['PATH'] ?? '/usr/bin:/bin';

let temp: TempFolder;
let agent: ReturnType<typeof spawn>;
let env: Readonly<Record<string, string>>;
let held: TestKey;

beforeAll(async () => {
  temp = await createTempFolder('agent');
  const socket = join(temp.path, 'socket');
  env = { PATH, SSH_AUTH_SOCK: socket };
  agent = spawn('ssh-agent', ['-D', '-a', socket], { env: { PATH }, stdio: 'ignore' });
  held = await createKey(temp.path, 'held');
  await waitUntil(async () => await add(held.file), { what: 'the ssh-agent to take a key' });
});
afterAll(async () => {
  agent.kill();
  await once(agent, 'exit');
  await temp.close();
});

async function add(file: string): Promise<boolean> {
  const { end } = await runChild({ argv: ['ssh-add', '-q', file], env, timeoutMs: 5000, maxBytes: 4096 });
  return end.kind === 'exited' && end.exit === 0;
}

function facts(change: Partial<SigningFacts>): SigningFacts {
  const agentKeys = async (): Promise<readonly string[]> => await readAgentKeys(env);
  return {
    flag: undefined,
    variable: undefined,
    configured: undefined,
    git: {},
    home: undefined,
    agentKeys,
    ...change,
  };
}

async function signerOfSignature(change: Partial<SigningFacts>): Promise<string | undefined> {
  const signer = createDocumentSigner(await findSigningKey(facts(change)), { env });
  if (signer.kind === 'none') throw new Error(signer.why);
  return parseSignature(await signer.sign('a request\n', 'request'))?.key.fingerprint;
}

describe('signing with a key of the ssh-agent', () => {
  it.each<readonly [string, () => Partial<SigningFacts>]>([
    ['the only one that it holds', () => ({})],
    ['a public key that git names', () => ({ git: { signingKey: `${held.file}.pub`, signingFormat: 'ssh' } })],
    [
      'a key that stands in git itself',
      () => ({ git: { signingKey: `key::${held.publicText}`, signingFormat: 'ssh' } }),
    ],
  ])('takes %s', async (_what, change) => {
    expect(await signerOfSignature(change())).toBe(held.publicKey.fingerprint);
  });

  it('says what to do about a key that nobody holds', async () => {
    const stranger = await createKey(temp.path, 'stranger');
    const { publicText } = stranger;
    await expect(signerOfSignature({ flag: publicText })).rejects.toMatchObject({
      code: 'not-allowed',
      hint: 'load it into the agent with  ssh-add FILE, or name another one with --signing-key',
    });
  });

  it('says what to do about a key with a passphrase', async () => {
    const file = join(temp.path, 'locked');
    const argv = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', 'a passphrase', '-f', file];
    await runChild({ argv, env, timeoutMs: 10_000, maxBytes: 4096 });
    await expect(signerOfSignature({ flag: file })).rejects.toMatchObject({
      code: 'not-allowed',
      message: `cannot sign with the key ${file}`,
    });
  });
});
