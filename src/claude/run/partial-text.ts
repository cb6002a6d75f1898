const MAX_LENGTH = 200_000;

/** What the model has written so far: the last 200,000 characters of it. */
export interface PartialText {
  add(text: string): void;
  text(): string;
}

export function createPartialText(): PartialText {
  let kept = '';
  return {
    add(text) {
      if (text !== '') kept = `${kept}${kept === '' ? '' : '\n\n'}${text}`.slice(-MAX_LENGTH);
    },
    text: () => kept,
  };
}
