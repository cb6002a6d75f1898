import type { StepData } from '../parse-output.ts';
import { parseMoment } from '../duration.ts';
import type { Candidate } from './detector.ts';
import { listAt, textAt } from './kube-objects.ts';

/** Lines of `openssl s_client` about the chain that a server sends, the certificate of the server first. */
const LINES = {
  subject: /^ {1,2}(?<position>\d+) s:(?<subject>.*)$/u,
  issuer: /^ +i:(?<issuer>.*)$/u,
  dates: /^ +v:NotBefore: (?<notBefore>.+?); NotAfter: (?<notAfter>.+)$/u,
  verdict: /^ *Verify return code: (?<code>\d+) \((?<verdict>.*)\)$/u,
} as const;

const DAY_MS = 86_400_000;
/** `X509_V_ERR_CERT_HAS_EXPIRED` */
const EXPIRED = 10;

interface Served {
  readonly position: number;
  readonly subject: string;
  issuer?: string;
  notBefore?: string;
  notAfter?: string;
  /** Line to cite. */
  source: unknown;
}

/**
 * Certificates that a server sent in a handshake, with `position` (0 is its own), `subject`, `issuer`, `notBefore`,
 * `notAfter`, `lifetimeDays`, and the `code` and `verdict` of the whole chain. OpenSSL before 3.0 and LibreSSL print no
 * dates, then those are absent. A port that speaks no TLS sends none.
 */
export function servedCertificates(data: StepData): readonly Candidate[] {
  const chain: Served[] = [];
  let verified: { readonly code: number; readonly verdict: string; readonly line: unknown } | undefined;
  for (const line of listAt(data.root, 'lines')) {
    const text = textAt(line, 'text');
    const found = (kind: keyof typeof LINES): Readonly<Record<string, string>> | undefined =>
      LINES[kind].exec(text)?.groups;
    const subject = found('subject');
    if (subject !== undefined) {
      chain.push({ position: Number(subject['position']), subject: subject['subject'] ?? '', source: line });
    }
    const current = chain.at(-1);
    const dates = found('dates');
    if (current !== undefined)
      Object.assign(current, found('issuer'), dates, dates === undefined ? {} : { source: line });
    // A connection of TLS 1.3 says it again with every ticket.
    const verdict = found('verdict');
    if (verdict !== undefined) verified ??= { code: Number(verdict['code']), verdict: verdict['verdict'] ?? '', line };
  }
  return chain.map(({ source, ...certificate }) => {
    const { code, verdict, line } = verified ?? {};
    const hasDates = certificate.notAfter !== undefined;
    const isAboutDates = code === undefined || code === 0 || (code === EXPIRED && hasDates);
    return {
      item: {
        ...certificate,
        ...lifetime(certificate),
        ...(code === undefined ? {} : { code, verdict }),
      },
      source: isAboutDates || certificate.position > 0 ? source : line,
    };
  });
}

function lifetime({ notBefore = '', notAfter = '' }: Pick<Served, 'notBefore' | 'notAfter'>): object {
  const [from, to] = [parseMoment(notBefore), parseMoment(notAfter)];
  return from === undefined || to === undefined
    ? {}
    : { lifetimeDays: Math.round((to.getTime() - from.getTime()) / DAY_MS) };
}
