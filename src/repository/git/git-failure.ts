import { WarroomError, type WarroomErrorCode } from '../../domain/errors.ts';

interface FailurePattern {
  readonly pattern: RegExp;
  readonly code: WarroomErrorCode;
  readonly message: string;
  readonly hint: string;
}

const DAMAGE_HINT = 'it is a cache and is made anew by itself; when this repeats, check the disk';

/** For a processor the disk is that of its state folder. */
const FULL_DISK = {
  code: 'disk-full',
  message: 'the disk that holds the local copy of the war room is full',
  hint: 'free space, or inodes, on that disk, or raise the quota: it goes on by itself then, and nothing is lost',
} as const;

/** It passes like a failure of the network. The lines may have been made one by `sayable`. */
const FULL_REMOTE = {
  pattern: /(?:^|; )remote:[^;\n]*(?:No space left on device|Out of diskspace|Disk quota exceeded)/mu,
  code: 'offline',
  message: 'the disk of the git server is full',
  hint: 'tell whoever runs the server; nothing can be pushed there until it has room',
} as const;

/** git names a reason in the first four only; of a small file that it cannot write it just says so. */
const UNWRITABLE =
  /^(?!remote:).*(?:Permission denied|insufficient permission|Read-only file system|Input\/output error|couldn't write '|could not write '|unable to write )/mu;

/**
 * git tells the kind of a failure only in English words (LC_ALL=C), so this table is the one place that reads them.
 * First match wins.
 */
const FAILURES: readonly FailurePattern[] = [
  {
    // What git says besides follows from it. Lines of the remote are about a disk of the remote.
    pattern: /^(?!remote:).*(?:No space left on device|Out of diskspace|Disk quota exceeded)/mu,
    ...FULL_DISK,
  },
  FULL_REMOTE,
  {
    pattern:
      /fsck error|hasDotdot|hasDotgit|fullPathname|gitmodules(?:Url|Path|Name)|badTree|zeroPaddedFilemode|corruption on the remote side/u,
    code: 'malformed',
    message: 'the war room holds an object that git refuses to take',
    hint: 'somebody pushed a malformed tree; reset the branch to the commit before it, or delete the ref that holds it',
  },
  {
    pattern: /detected dubious ownership/u,
    code: 'authentication',
    message: 'git does not trust the repository of the war room, because it belongs to another user',
    hint: 'give its folder to the user that runs this, or name it in  git config --global --add safe.directory',
  },
  {
    pattern:
      /Authentication failed|could not read (?:Username|Password)|returned error: 40[13]|Permission denied \(|Host key verification failed|HTTP Basic: Access denied|Invalid username or (?:token|password)|terminal prompts disabled/u,
    code: 'authentication',
    message: 'the war room did not accept the credentials',
    hint: 'git itself must be able to read and push: try  git ls-remote <url>   or see  claude-warroom doctor',
  },
  {
    pattern:
      /Could not resolve host|Couldn't connect|Failed to connect|Connection refused|Connection timed out|Connection reset|Network is unreachable|No route to host|Operation timed out|Operation too slow|returned error: (?:429|5\d\d)|SSL certificate problem|server certificate verification failed|gnutls_handshake|Recv failure|not our ref|kex_exchange_identification/u,
    code: 'offline',
    message: 'cannot reach the war room',
    hint: 'check the network, the proxy and the address, or see  claude-warroom doctor',
  },
  {
    // A file of the mirror itself that does not make sense, or that another process has just replaced.
    pattern:
      /'origin' does not appear to be a git repository|unexpected line in .*packed-refs|unterminated line in|bad shallow line|shallow file has changed/u,
    code: 'corrupt',
    message: 'the local copy of the war room is damaged',
    hint: DAMAGE_HINT,
  },
  {
    pattern:
      /[Rr]epository .*not found|does not appear to be a git repository|returned error: 404|does not exist|Could not read from remote repository/u,
    code: 'repository-missing',
    message: 'there is no repository at the address of the war room',
    hint: 'check the address, or make the repository and run  claude-warroom init',
  },
  {
    pattern: /couldn't find remote ref|Remote branch .* not found/u,
    code: 'branch-missing',
    message: 'the war room does not have the configured branch',
    hint: 'set repository.branch, or run  claude-warroom init',
  },
  {
    pattern: UNWRITABLE,
    code: 'corrupt',
    message: 'cannot write the local copy of the war room',
    hint: 'make its folder writable; it is a cache and may be removed',
  },
  {
    pattern:
      /bad object|corrupt|is empty|loose object|[Nn]ot a git repository|invalid sha1 pointer|unable to (?:read|find) |inflate|packfile .* cannot be accessed|missing (?:blob|tree|commit)|pack has bad object|unresolved delta|remote did not send all necessary objects|cannot lock ref|Unable to create .*\.lock|bad config|unable to read tree|error: object file|fatal: bad tree|garbage at end/u,
    code: 'corrupt',
    message: 'the local copy of the war room is damaged',
    hint: DAMAGE_HINT,
  },
];

/** A foreseen failure made of what git said; credentials in URLs are cut out. */
export function gitFailure(operation: string, stderr: string, options: { readonly address: string }): WarroomError {
  const said = sayable(stderr);
  const known = FAILURES.find(({ pattern }) => pattern.test(stderr));
  if (known === undefined) {
    return new WarroomError('offline', `git could not ${operation} ${options.address}`, {
      ...(said === '' ? {} : { why: said }),
      hint: 'see  claude-warroom doctor',
    });
  }
  return new WarroomError(known.code, `${known.message}: ${options.address}`, {
    ...(said === '' ? {} : { why: said }),
    hint: known.hint.replace('<url>', options.address),
  });
}

/** The remote has refused a push only because it has no room; undefined when it said anything else. */
export function fullRemote(said: string, address: string): WarroomError | undefined {
  const { pattern, code, message, hint } = FULL_REMOTE;
  return pattern.test(said) ? new WarroomError(code, `${message}: ${address}`, { why: said, hint }) : undefined;
}

/** Nothing can be written beside the mirror; it stays as it is until there is room. */
export function fullDisk(why: string | undefined, address: string, cause?: unknown): WarroomError {
  return new WarroomError(FULL_DISK.code, `${FULL_DISK.message}: ${address}`, {
    ...(why === undefined ? {} : { why }),
    hint: FULL_DISK.hint,
    cause,
  });
}

/** The mirror on this machine cannot be read; it is dropped and made anew by whoever catches this. */
export function damagedMirror(stderr: string, address: string): WarroomError {
  const said = sayable(stderr);
  return new WarroomError('corrupt', `the local copy of the war room is damaged: ${address}`, {
    ...(said === '' ? {} : { why: said }),
    hint: DAMAGE_HINT,
  });
}

/** The lines of git's talk that explain, without the user part of URLs and without control characters. */
export function sayable(stderr: string): string {
  return stderr
    .replace(/\p{Cc}+/gu, '\n')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(fatal|error|remote|ssh|!|warning: fsck)|denied|refused|failed/iu.test(line))
    .slice(0, 4)
    .map((line) => line.slice(0, 2000).replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s]*@/giu, '$1'))
    .join('; ')
    .slice(0, 600);
}

/** `url` without user and password, for messages. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/iu, '$1');
}
