/** Way to a value: names of fields and indexes of list entries, from 0. */
export type Path = readonly (string | number)[];

/** Line and column in a file, both from 1; columns count UTF-16 units as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * Where a path stands in the text: its value, or the key in front of it. What does not exist is located at the key of
 * the innermost group that does.
 */
export type Locate = (path: Path, at?: 'value' | 'key') => Place;

/** Offsets of a value, of its key when it has one, and of what lies inside. */
export interface Spot {
  readonly value: number;
  readonly key?: number;
  readonly children?: ReadonlyMap<string, Spot>;
}

export function createLocate(text: string, root: Spot): Locate {
  const placeAt = createPlaceAt(text);
  return (path, at = 'value') => {
    let spot = root;
    let exists = true;
    for (const segment of path) {
      const child = spot.children?.get(String(segment));
      if (child === undefined) {
        exists = false;
        break;
      }
      spot = child;
    }
    return placeAt(at === 'key' || !exists ? (spot.key ?? spot.value) : spot.value);
  };
}

/** Function from offset to place; the lines are counted once, when the first place is asked for. */
export function createPlaceAt(text: string): (offset: number) => Place {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
