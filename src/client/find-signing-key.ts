import { join } from 'node:path';
import type { SigningKey } from '../signature/sign-bytes.ts';
import { parsePublicKey } from '../signature/public-key.ts';

/** What may name the key that a person signs with; the first that does decides. */
export interface SigningFacts {
  /** `--signing-key`. */
  readonly flag: string | undefined;
  /** `WARROOM_SIGNING_KEY`. */
  readonly variable: string | undefined;
  /** `signingKey` of the configuration file. */
  readonly configured: string | undefined;
  readonly git: { readonly signingKey?: string; readonly signingFormat?: string };
  /** For `~/` in what git says. */
  readonly home: string | undefined;
  /** Public keys that the ssh-agent holds. */
  readonly agentKeys: () => Promise<readonly string[]>;
}

export type SigningKeyChoice =
  | {
      readonly kind: 'key';
      readonly key: SigningKey;
      /** Where it comes from, for people. */
      readonly source: string;
      /** Somebody named it for this program: then failing to sign is an error, never a reason to send unsigned. */
      readonly isExplicit: boolean;
    }
  | { readonly kind: 'none'; readonly why: string; readonly hint: string };

/** Finds the key that git signs with, unless another one is named. Of several keys none is guessed. */
export async function findSigningKey(facts: SigningFacts): Promise<SigningKeyChoice> {
  const named = [
    { value: facts.flag, source: '--signing-key' },
    { value: facts.variable, source: 'WARROOM_SIGNING_KEY' },
    { value: facts.configured, source: 'signingKey of the configuration' },
  ].find(({ value }) => value !== undefined);
  if (named?.value !== undefined) return chosen(named.value, named.source, { facts, isExplicit: true });
  const { signingKey, signingFormat } = facts.git;
  if (signingKey !== undefined && signingFormat === 'ssh') {
    return chosen(signingKey, 'git user.signingkey', { facts, isExplicit: false });
  }
  const agentKeys = await facts.agentKeys();
  const [only] = agentKeys;
  if (only !== undefined && agentKeys.length === 1) return chosen(only, 'the ssh-agent', { facts, isExplicit: false });
  return { kind: 'none', why: whyNone(facts, agentKeys.length), hint: HINT };
}

const HINT =
  'git config --global gpg.format ssh; git config --global user.signingkey ~/.ssh/id_ed25519.pub   or name a key with --signing-key FILE';

function whyNone({ git }: SigningFacts, agentKeys: number): string {
  if (git.signingKey !== undefined) return 'git signs with GPG here; requests are signed with an SSH key';
  if (agentKeys > 1) return `the ssh-agent holds ${agentKeys} keys and nothing says which one signs`;
  return 'neither --signing-key, the configuration, git nor the ssh-agent names an SSH key';
}

function chosen(
  value: string,
  source: string,
  { facts, isExplicit }: { readonly facts: SigningFacts; readonly isExplicit: boolean },
): SigningKeyChoice {
  // git takes a key itself in the place of a file: with `key::`, or as it stands in *.pub.
  const literal = value.startsWith('key::') ? value.slice('key::'.length) : value;
  if (parsePublicKey(literal) !== undefined) {
    return { kind: 'key', key: { kind: 'literal', publicKey: literal }, source, isExplicit };
  }
  const path = value.startsWith('~/') && facts.home !== undefined ? join(facts.home, value.slice(2)) : value;
  return { kind: 'key', key: { kind: 'file', path }, source, isExplicit };
}
