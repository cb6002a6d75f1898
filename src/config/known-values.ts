import type { KnownValueSource } from '../schema/generated.ts';
import { WarroomError } from '../domain/errors.ts';
import { environmentValue, type Environment } from './environment.ts';
import { readSecretFile } from './read-secret-file.ts';

/** A secret that must never leave, and the name of the mark that replaces it. */
export interface KnownValue {
  readonly name: string;
  readonly value: string;
}

/** Variables whose values are secret wherever they are set. */
const SECRET_VARIABLES = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'WARROOM_GIT_TOKEN',
  'GITHUB_TOKEN',
  'GH_TOKEN',
] as const;

/** Values of the well-known variables that are set; the name of a mark is that of its variable in kebab-case. */
export function environmentSecrets(env: Environment): readonly KnownValue[] {
  return SECRET_VARIABLES.flatMap((variable) => {
    const value = environmentValue(env, variable);
    return value === undefined ? [] : [{ name: variable.toLowerCase().replaceAll('_', '-'), value }];
  });
}

/**
 * The secret of one configured source. Throws `redaction` when it is not there: what cannot be read cannot be kept out
 * of a result.
 */
export async function readKnownValue(source: KnownValueSource, env: Environment): Promise<KnownValue> {
  const value = source.file === undefined ? environmentValue(env, source.env ?? '') : await readSecretFile(source.file);
  if (value !== undefined && value !== '') return { name: source.name, value };
  throw new WarroomError('redaction', `cannot read the secret value ${source.name}`, {
    why:
      source.file === undefined
        ? `the environment variable ${source.env ?? ''} is not set`
        : `the file ${source.file} cannot be read or is empty`,
    hint: 'provide it, or remove it from redaction.knownValues',
  });
}
