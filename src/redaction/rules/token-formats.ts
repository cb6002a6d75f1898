import { matchAt, offsetsOf, type RedactionRule } from '../rule.ts';

/** A token that its issuer made easy to recognise. */
interface TokenFormat {
  readonly id: string;
  /** Beginnings, as they are written. */
  readonly prefixes: readonly string[];
  /** The whole token; bounded. */
  readonly pattern: RegExp;
  /** Matches that are known to be no secret. */
  readonly except?: RegExp;
}

const FORMATS: readonly TokenFormat[] = [
  // https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
  { id: 'github-token', prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], pattern: /gh[pousr]_[A-Za-z0-9]{20,255}/y },
  { id: 'github-token', prefixes: ['github_pat_'], pattern: /github_pat_[A-Za-z0-9_]{20,255}/y },
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  {
    id: 'gitlab-token',
    prefixes: ['glpat-', 'gldt-', 'glrt-', 'glcbt-'],
    pattern: /gl(?:pat|dt|rt|cbt)-[A-Za-z0-9_.-]{16,255}/y,
  },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html; the documentation's examples end in EXAMPLE
  {
    id: 'aws-access-key-id',
    prefixes: ['AKIA', 'ASIA'],
    pattern: /A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])/y,
    except: /EXAMPLE$/,
  },
  { id: 'slack-token', prefixes: ['xox', 'xapp-'], pattern: /(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,255}/y },
  {
    id: 'slack-webhook',
    prefixes: ['hooks.slack.com/'],
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/_-]{20,255}/y,
  },
  { id: 'anthropic-key', prefixes: ['sk-ant-'], pattern: /sk-ant-[A-Za-z0-9_-]{16,255}/y },
  { id: 'openshift-token', prefixes: ['sha256~'], pattern: /sha256~[A-Za-z0-9_-]{20,128}/y },
  { id: 'google-key', prefixes: ['AIza'], pattern: /AIza[A-Za-z0-9_-]{30,45}/y },
  { id: 'npm-token', prefixes: ['npm_'], pattern: /npm_[A-Za-z0-9]{30,64}/y },
  // crypt(5): the hash of a password can be attacked offline
  {
    id: 'password-hash',
    prefixes: ['$1$', '$2a$', '$2b$', '$2y$', '$5$', '$6$', '$y$', '$apr1$', '$argon2'],
    pattern: /\$[a-z0-9]{1,8}\$[A-Za-z0-9./$=,+-]{20,255}/y,
  },
  // {"auths": as base64: a pull secret outside its Secret
  { id: 'docker-config', prefixes: ['eyJhdXRocyI6'], pattern: /eyJhdXRocyI6[A-Za-z0-9+/=_-]{8,65536}/y },
];

export const tokenFormatRules: readonly RedactionRule[] = FORMATS.map((format) => ({
  id: format.id,
  keywords: format.prefixes.map((prefix) => prefix.toLowerCase()),
  *find({ text }) {
    for (const prefix of format.prefixes) {
      let done = 0;
      for (const start of offsetsOf(text, prefix)) {
        if (start < done || (/^[a-z]/i.test(prefix) && /[A-Za-z0-9]/.test(text.charAt(start - 1)))) continue;
        const token = matchAt(format.pattern, text, start)?.[0];
        if (token === undefined) continue;
        done = start + token.length;
        if (format.except?.test(token) !== true) yield { start, end: done, spreads: true };
      }
    }
  },
}));
