import { createHash } from 'node:crypto';

const ALPHABETS: Readonly<Record<string, string>> = {
  an: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  al: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  lo: 'abcdefghijklmnopqrstuvwxyz',
  low: 'abcdefghijklmnopqrstuvwxyz0123456789',
  up: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  b32: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  hex: '0123456789abcdef',
  dig: '0123456789',
};

export interface Sampler {
  /** `<an:36>`: so many characters of an alphabet; `<uuid>`: one. The rest stays. */
  fill(template: string): string;
}

/** The same seed gives the same text; no text that it makes is stored anywhere. */
export function createSampler(seed: string): Sampler {
  let block = createHash('sha256').update(seed).digest();
  let at = 0;

  function nextByte(): number {
    if (at === block.length) {
      block = createHash('sha256').update(block).digest();
      at = 0;
    }
    const byte = block[at] ?? 0;
    at += 1;
    return byte;
  }

  function characters(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet.charAt(nextByte() % alphabet.length)).join('');
  }

  return {
    fill(template) {
      return template.replace(/<(?:uuid|([a-z0-9]+):(\d+))>/g, (_, name: string | undefined, length: string) => {
        if (name !== undefined) return characters(ALPHABETS[name] ?? '', Number(length));
        return [8, 4, 4, 4, 12].map((part) => characters('0123456789abcdef', part)).join('-');
      });
    },
  };
}
