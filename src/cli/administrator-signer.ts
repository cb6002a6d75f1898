import { resolve } from 'node:path';
import { environmentValue } from '../config/environment.ts';
import { SIGNATURE_NAMESPACES } from '../domain/signature.ts';
import type { CliContext } from './context.ts';

/** Signs what only an administrator may say, or says why it cannot. */
export type AdministratorSigner =
  | { readonly kind: 'key'; sign(text: string, purpose: 'resume' | 'history'): Promise<string> }
  | { readonly kind: 'none'; readonly why: string };

const VARIABLES = ['PATH', 'HOME', 'SSH_AUTH_SOCK', 'SSH_ASKPASS', 'SSH_ASKPASS_REQUIRE', 'DISPLAY'];

/** The key that `--signing-key` names, else the SSH key that git signs with. */
export async function openAdministratorSigner(
  context: CliContext,
  flag: string | undefined,
): Promise<AdministratorSigner> {
  const { readGitUser } = await import('../composition.ts');
  const { parsePublicKey } = await import('../signature/public-key.ts');
  const { signBytes } = await import('../signature/sign-bytes.ts');
  const { env, cwd, signal } = context;
  const named = flag ?? environmentValue(env, 'WARROOM_SIGNING_KEY') ?? (await keyOfGit());
  if (named === undefined) return { kind: 'none', why: 'neither --signing-key nor git names an SSH key' };
  const literal = named.replace(/^key::/u, '');
  const home = environmentValue(env, 'HOME');
  const path = named.startsWith('~/') && home !== undefined ? resolve(home, named.slice(2)) : resolve(cwd, named);
  const key =
    parsePublicKey(literal) === undefined
      ? ({ kind: 'file', path } as const)
      : ({ kind: 'literal', publicKey: literal } as const);
  const keyEnv = Object.fromEntries(
    VARIABLES.flatMap((name) => {
      const value = environmentValue(env, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    kind: 'key',
    sign: async (text, purpose) =>
      await signBytes(text, { key, namespace: SIGNATURE_NAMESPACES[purpose], env: keyEnv, signal }),
  };

  async function keyOfGit(): Promise<string | undefined> {
    const { signingKey, signingFormat } = await readGitUser({ env, cwd });
    return signingFormat === 'ssh' ? signingKey : undefined;
  }
}
