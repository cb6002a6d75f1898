import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentValue, type Environment } from '../../config/environment.ts';
import { SIGNATURE_NAMESPACES } from '../../domain/signature.ts';
import { formatAllowedSigner } from '../../signature/allowed-signers.ts';
import { ALLOWED_SIGNERS_FILE } from '../../signature/trust-folder.ts';
import { formatYaml } from '../../schema/format-document.ts';
import type { Policy } from '../../schema/generated.ts';
import { POLICY_FILE } from '../../policy/policy-file.ts';
import { DEMO_CLUSTER } from './demo-war-room.ts';
import { PROCESSOR_KEY_FILE } from '../../signature/processor-key.ts';
import { parsePublicKey } from '../../signature/public-key.ts';
import { readPublicKeyOf } from '../../signature/read-public-key.ts';
import type { SigningKey } from '../../signature/sign-bytes.ts';
import { exitOf, runKeygen } from '../../signature/ssh-keygen.ts';

/** The key of whoever asks in a demo, and the folder of trust that accepts it: what `key enroll` and `key approve` make. */
export async function createDemoKeys(options: {
  readonly keyFile: string;
  readonly trustDir: string;
  readonly principal: string;
  readonly env: Environment;
}): Promise<SigningKey> {
  const { keyFile, trustDir, principal } = options;
  const env = { PATH: environmentValue(options.env, 'PATH') ?? '/usr/local/bin:/usr/bin:/bin' };
  await mkdir(trustDir, { recursive: true, mode: 0o700 });
  const made = await runKeygen(['-q', '-t', 'ed25519', '-N', '', '-C', 'demo', '-f', keyFile], { env });
  if (exitOf(made) !== 0) throw new Error(`ssh-keygen made no key: ${made.stderr.toString('utf8').slice(0, 200)}`);
  const key: SigningKey = { kind: 'file', path: keyFile };
  const signer = {
    principal,
    namespaces: [SIGNATURE_NAMESPACES.request, SIGNATURE_NAMESPACES.cancel],
    key: await readPublicKeyOf(key, { env }),
    comment: 'demo',
  };
  await writeFile(join(trustDir, ALLOWED_SIGNERS_FILE), `${formatAllowedSigner(signer)}\n`, { mode: 0o600 });
  await writeFile(join(trustDir, POLICY_FILE), formatYaml('Policy', demoPolicy(principal)), { mode: 0o600 });
  return key;
}

/** Whoever asks in a demo may have its one strategy run on this host, and nothing else. */
function demoPolicy(principal: string): Policy {
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Policy',
    rules: [
      {
        name: 'demo',
        who: [principal],
        clusters: [DEMO_CLUSTER],
        strategies: ['general'],
        engines: ['diagnostics', 'claude'],
      },
    ],
  };
}

/** Believes the key of the demo's processor, as an administrator's bundle would say it. */
export async function pinDemoProcessor(options: {
  readonly stateDir: string;
  readonly pinFile: string;
  readonly cluster: string;
}): Promise<void> {
  const key = parsePublicKey(await readFile(join(options.stateDir, `${PROCESSOR_KEY_FILE}.pub`), 'utf8'));
  if (key === undefined) throw new Error('the processor of the demo has no key');
  const signer = { principal: options.cluster, namespaces: [SIGNATURE_NAMESPACES.result], key, comment: 'demo' };
  await writeFile(options.pinFile, `${formatAllowedSigner(signer)}\n`, { mode: 0o600 });
}
