import { matchAt, offsetsOf, type RedactionRule } from '../rule.ts';

const RUN = /[A-Za-z0-9_-]{1,65536}/y;

/**
 * Signed and encrypted JSON Web Tokens, also cut off after the payload. A token is recognised by its header, which is
 * JSON with an `alg` or `typ`, or by a second part that is JSON as well.
 */
export const jsonWebTokenRule: RedactionRule = {
  id: 'jwt',
  keywords: ['eyj'],
  *find({ text }) {
    let done = 0;
    for (const start of offsetsOf(text, 'eyJ')) {
      if (start < done) continue;
      const header = matchAt(RUN, text, start)?.[0] ?? '';
      done = start + header.length;
      if (header.length < 12 || text.charAt(done) !== '.') continue;
      const payload = matchAt(RUN, text, done + 1)?.[0] ?? '';
      if (payload.length < 8 || !(payload.startsWith('eyJ') || isHeader(header))) continue;
      let end = done + 1 + payload.length;
      // Signature, or the three further parts of an encrypted token.
      for (let part = 0; part < 3 && text.charAt(end) === '.'; part++) {
        const length = matchAt(RUN, text, end + 1)?.[0].length ?? 0;
        if (length === 0) break;
        end += 1 + length;
      }
      done = end;
      yield { start, end, spreads: true };
    }
  },
};

function isHeader(part: string): boolean {
  return /"(?:alg|typ|enc)"/.test(Buffer.from(part.slice(0, 400), 'base64url').toString('latin1'));
}
