import type { PlaybookCondition } from '../schema/generated.ts';
import { parsePath, type Path } from './path.ts';
import { lookup, type Scope } from './scope.ts';

/** Values that made the conditions of a rule hold, in their order: the words worth quoting from a JSON document. */
export function tellingValues(where: readonly PlaybookCondition[], scope: Scope): readonly string[] {
  return where.flatMap((condition) => {
    const path = condition.path === undefined ? undefined : parsePath(condition.path);
    return [
      ...(path === undefined ? [] : wordsAt(path, scope)),
      ...tellingValues(condition.all ?? [], scope),
      ...tellingValues(condition.any ?? [], scope),
    ];
  });
}

function wordsAt(path: Path, scope: Scope): readonly string[] {
  const last = path.at(-1);
  if (last?.kind !== 'keys') return [];
  return lookup(scope, path)
    .filter((value) => ['string', 'number', 'boolean'].includes(typeof value))
    .flatMap((value) => last.keys.map((key) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`));
}
