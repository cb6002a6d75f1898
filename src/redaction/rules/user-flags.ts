import { matchAt, offsetsOf, type RedactionRule } from '../rule.ts';
import { isMixed, isSecretValue } from '../secret-value.ts';

const PAIR = /(?:-u|--user|--proxy-user)[ =]?["']?[\w.@+-]{1,64}:([^\s"']{3,256})/y;

/** `curl -u name:password`. Other programs mean a group, or a number, with the same flag. */
export const userFlagRule: RedactionRule = {
  id: 'user-flag',
  keywords: [' -u', ' --user', ' --proxy-user'],
  *find({ text }) {
    for (const flag of [' -u', ' --user', ' --proxy-user']) {
      for (const at of offsetsOf(text, flag)) {
        const pair = matchAt(PAIR, text, at + 1);
        const password = pair?.[1];
        if (pair === undefined || password === undefined || !isSecretValue(password, 'secret')) continue;
        const isClient = /\b(?:curl|wget|http|https|skopeo|ab|hey)\b[^\n]*$/.test(
          text.slice(Math.max(0, at - 300), at),
        );
        const end = at + 1 + pair[0].length;
        if (isClient || isMixed(password)) yield { start: end - password.length, end, spreads: isMixed(password) };
      }
    }
  },
};
