import type { PlaybookRefine, PlaybookRefineCase } from '../schema/generated.ts';
import type { JoinedItem } from './deciding-place.ts';
import { asText } from './compare-values.ts';
import { compileAll } from './conditions.ts';
import { compileJoin } from './join.ts';
import { parsePath, readPath } from './path.ts';
import { MAX_MATCHED_CHARACTERS, parsePattern } from './pattern.ts';
import { lookup, type Scope } from './scope.ts';

export interface Refined {
  /** The first case that fits; undefined when none does, or its texts are not known. */
  readonly found?: PlaybookRefineCase;
  /** With the named groups as `match`, and what was found in the other step by its name. */
  readonly scope: Scope;
  /** Text that fitted. */
  readonly text?: string;
  /** Item of another step whose text decided, for the quote. */
  readonly joined?: JoinedItem;
}

/** Chooses the first case whose expression matches one of the texts. */
export function refine(refinement: PlaybookRefine | undefined, scope: Scope): Refined {
  if (refinement === undefined) return { scope };
  const { join } = refinement;
  const texts = textsOf(refinement, scope);
  for (const found of refinement.cases) {
    const pattern = parsePattern(found.match);
    if (pattern === undefined) continue;
    for (const { text, item, isJoined } of texts) {
      const match = pattern.exec(text.slice(0, MAX_MATCHED_CHARACTERS));
      if (match === null) continue;
      const groups = match.groups === undefined ? {} : { match: match.groups };
      const named = !isJoined || join?.as === undefined ? {} : { [join.as]: item };
      return {
        ...{ found, text },
        scope: { ...scope, vars: { ...scope.vars, ...named, ...groups } },
        ...(join === undefined || !isJoined ? {} : { joined: { step: join.step, item } }),
      };
    }
  }
  return { scope };
}

interface Text {
  readonly text: string;
  /** Where it stands. */
  readonly item: unknown;
  /** In the output of another step. */
  readonly isJoined: boolean;
}

/** Those of the item itself first: it is there also when the other step is not known. */
function textsOf({ field, join }: PlaybookRefine, scope: Scope): readonly Text[] {
  const own = field === undefined ? [] : lookup(scope, parsePath(field) ?? []);
  const texts = own.map((value) => ({ text: asText(value), item: scope.item, isJoined: false }));
  if (join === undefined) return texts;
  const path = parsePath(join.field ?? 'message') ?? [];
  const joined = compileJoin(join, compileAll)(scope).items;
  return [
    ...texts,
    ...joined.flatMap((item) => readPath(item, path).map((value) => ({ text: asText(value), item, isJoined: true }))),
  ];
}
