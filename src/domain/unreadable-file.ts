import { WarroomError } from './errors.ts';

type Kind = 'file' | 'folder';

const REASONS: ReadonlyMap<string, (kind: Kind) => string> = new Map([
  ['ENOENT', (kind: Kind) => `there is no such ${kind}`],
  ['EACCES', () => 'this user may not read it'],
  ['EISDIR', () => 'it is a folder'],
  ['ENOTDIR', () => 'it is no folder'],
]);

/** `invalid-file` for a file or a folder that somebody named and that cannot be read. */
export function unreadableFile(name: string, cause: unknown, kind: Kind = 'file'): WarroomError {
  return new WarroomError('invalid-file', `cannot read ${name}`, {
    why: unreadableReason(cause, kind),
    hint: 'check its name and its rights; a relative name counts from the folder that you are in',
    cause,
  });
}

/** Why it cannot be read, in words; what Node says where nobody has better ones. */
export function unreadableReason(cause: unknown, kind: Kind = 'file'): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const message = cause instanceof Error ? cause.message : String(cause);
  return REASONS.get(code)?.(kind) ?? message;
}
