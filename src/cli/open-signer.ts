import { resolve } from 'node:path';
import type { DocumentSigner } from '../client/document-signer.ts';
import type { CliContext, Connections } from './context.ts';

/** The person's key: named by a flag, the environment or the configuration, else the one that git signs with. */
export async function openSigner(
  { env, cwd, signal }: Pick<CliContext, 'env' | 'cwd' | 'signal'>,
  facts: {
    /** `--signing-key`. */
    readonly flag: string | undefined;
    /** `signingKey` of the configuration. */
    readonly configured?: string | undefined;
    readonly gitUser: () => ReturnType<Connections['readGitUser']>;
  },
): Promise<DocumentSigner> {
  const { findSigningKey } = await import('../client/find-signing-key.ts');
  const { createDocumentSigner } = await import('../client/document-signer.ts');
  const { readAgentKeys } = await import('../signature/agent-keys.ts');
  const { environmentValue } = await import('../config/environment.ts');
  const { signingEnvironment } = await import('../config/signing-environment.ts');
  const keyEnv = signingEnvironment(env);
  const { signingKey, signingFormat } = await facts.gitUser();
  const choice = await findSigningKey({
    flag: facts.flag === undefined || /\s/u.test(facts.flag) ? facts.flag : resolve(cwd, facts.flag),
    variable: environmentValue(env, 'WARROOM_SIGNING_KEY'),
    configured: facts.configured,
    git: {
      ...(signingKey === undefined ? {} : { signingKey }),
      ...(signingFormat === undefined ? {} : { signingFormat }),
    },
    home: environmentValue(env, 'HOME'),
    agentKeys: async () => await readAgentKeys(keyEnv),
  });
  return createDocumentSigner(choice, { env: keyEnv, signal });
}
