const MAX_CHARACTERS = 60;

/** A word of a command in one line, short enough to stand inside a sentence. */
export function shortWord(word: string): string {
  const line = word.replace(/\s+/gu, ' ');
  const characters = Array.from(line);
  return characters.length <= MAX_CHARACTERS ? line : `${characters.slice(0, MAX_CHARACTERS - 1).join('')}…`;
}
