import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { rowsOf } from './rows.ts';

interface Reason {
  readonly reason: string;
  /** Its group `subject`, where it has one, is what the words are about. */
  readonly pattern: RegExp;
}

/**
 * What programs of many languages say when they give up, one entry for each cause. Written down from the messages of the
 * Go, Java, Python and Node.js libraries, of libc, of CRI-O and runc, and of client-go.
 */
const REASONS: readonly Reason[] = [
  {
    reason: 'program',
    pattern:
      /exec format error|^exec (?<subject>\S+): (?:no such file|permission denied)|executable file (?:\S+ )?not found|error while loading shared libraries/iu,
  },
  {
    reason: 'memory',
    pattern: /java\.lang\.OutOfMemoryError|JavaScript heap out of memory|\bMemoryError\b|cannot allocate memory/iu,
  },
  { reason: 'space', pattern: /no space left on device|ENOSPC|disk quota exceeded/iu },
  {
    reason: 'address',
    pattern: /address already in use|EADDRINUSE/iu,
  },
  {
    reason: 'right',
    pattern: /is forbidden: User "(?<subject>[^"]+)" cannot \w+ resource/u,
  },
  {
    reason: 'token',
    pattern:
      /the server has asked for the client to provide credentials|(?:error|fail|unable|cannot).*: Unauthorized\b/iu,
  },
  {
    reason: 'leader',
    pattern:
      /leader ?election lost|failed to renew lease (?<subject>[\w./-]+)|lost (?:the )?(?:leader|lease|leadership)\b/iu,
  },
  {
    reason: 'login',
    pattern:
      /password authentication failed(?: for user "?(?<subject>[^"\s]+))?|access denied for user|authentication failed|invalid (?:user(?:name)?|password|credentials)|\bNOAUTH\b|\bWRONGPASS\b|ORA-01017/iu,
  },
  {
    reason: 'trust',
    pattern:
      /x509: |certificate verify failed|PKIX path building failed|self[- ]signed certificate|certificate has expired|CERT_HAS_EXPIRED|unable to get (?:local )?issuer certificate/iu,
  },
  {
    reason: 'name',
    pattern:
      /(?=.*(?:no such host|server misbehaving|name or service not known|temporary failure in name resolution|could not translate host name|ENOTFOUND|EAI_AGAIN|UnknownHostException|name does not resolve|could not resolve))(?:lookup |host ?name "?|ENOTFOUND |EAI_AGAIN |UnknownHostException: |could not resolve (?:host:? )?"?)(?<subject>[a-z0-9][\w.-]*)/iu,
  },
  {
    reason: 'peer',
    pattern:
      /(?=.*(?:connection refused|ECONNREFUSED|i\/o timeout|ETIMEDOUT|no route to host|EHOSTUNREACH|network is unreachable|connection timed out|context deadline exceeded))(?:dial (?:tcp|udp) |connect(?:ing|ion)? to (?:server at )?|ECONNREFUSED |ETIMEDOUT |EHOSTUNREACH |https?:\/\/|\bat )"?(?<subject>[a-z0-9[][\w.:[\]-]*)/iu,
  },
  {
    reason: 'file',
    pattern:
      /permission denied|operation not permitted|\bEACCES\b|\bEPERM\b|AccessDeniedException|read-only file system/iu,
  },
  {
    reason: 'configuration',
    pattern:
      /unknown (?:directive|flag|option|argument|field|shorthand|command)|unrecognized (?:option|argument|feature)|invalid (?:config|option|argument|yaml|json|value)|flag provided but not defined|(?:parse|parsing|load|loading|read|reading|decode|unmarshal)\b.*\bconfig|\bconfig\S*(?: file)? (?:is )?(?:invalid|not found|error)|(?:yaml|toml|json): (?:line|unmarshal|invalid|cannot)|(?:missing|required) (?:environment|env\b)|environment variable \S+ (?:is )?(?:not set|required|missing|undefined)|(?<subject>\/\S+\.(?:ya?ml|json|toml|conf|ini|properties|cfg)): no such file/iu,
  },
];

/** The end of a log holds the cause and, after it, at most the stack of calls that led there. */
const LAST_ROWS = 100;
const MAX_CHARACTERS = 2000;

/**
 * Why a program ended, by the last of its words that name a cause: `reason` (`program`, `memory`, `space`, `address`,
 * `right`, `token`, `leader`, `login`, `trust`, `name`, `peer`, `file` or `configuration`), `subject` (what they are about;
 * empty when they do not say), `message` and `time`. Nothing when no word names one.
 */
export function crashReasons(data: StepData): readonly Candidate[] | undefined {
  const rows = rowsOf(data.root);
  if (rows === undefined) return undefined;
  for (const row of rows.slice(-LAST_ROWS).reverse()) {
    const message = row['message'] ?? '';
    const text = message.slice(0, MAX_CHARACTERS);
    for (const { reason, pattern } of REASONS) {
      const match = pattern.exec(text);
      if (match === null) continue;
      const subject = match.groups?.['subject'] ?? '';
      return [{ item: { reason, subject, message, time: row['time'] }, source: row }];
    }
  }
  return [];
}
