import { cleanText } from '../../report/untrusted.ts';

/** Shows text of others as data: between two lines that it cannot contain. */
export interface Fence {
  /** `text` as it stands inside a block. */
  clean(text: string): string;
  /** `name` is our own word and tells what the block holds. */
  block(name: string, text: string): string;
}

/** What stands where a text held the nonce. */
const REPLACEMENT = '[nonce]';

/**
 * Blocks of one prompt. `nonce` is random and new for each prompt, so whoever wrote the text could not know it; should a
 * text contain it all the same, it is taken out.
 */
export function createFence(nonce: string): Fence {
  if (!/^[0-9a-f]{8,64}$/u.test(nonce)) throw new Error('a nonce is 8 to 64 digits of 0-9 a-f');
  const own = new RegExp(nonce, 'giu');

  function clean(text: string): string {
    // Cleaning comes first: a character that it removes may stand inside the nonce.
    return cleanText(text).replace(own, REPLACEMENT);
  }

  return {
    clean,
    block(name, text) {
      const body = clean(text).replace(/\n+$/u, '');
      return `${openLine(nonce, name)}\n${body === '' ? '' : `${body}\n`}${closeLine(nonce)}`;
    },
  };
}

/** `<<<DATA 3f9c1a2b request>>>`. */
function openLine(nonce: string, name: string): string {
  return `<<<DATA ${nonce} ${name}>>>`;
}

/** `<<<END 3f9c1a2b>>>`. */
export function closeLine(nonce: string): string {
  return `<<<END ${nonce}>>>`;
}
