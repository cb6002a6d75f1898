import { WarroomError } from '../domain/errors.ts';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'this user may not read it'],
  ['EISDIR', 'it is a folder'],
]);

/** `invalid-file` for a file that somebody named and that cannot be read. */
export function unreadableFile(name: string, cause: unknown): WarroomError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const message = cause instanceof Error ? cause.message : String(cause);
  return new WarroomError('invalid-file', `cannot read ${name}`, {
    why: REASONS.get(code) ?? message,
    hint: 'check its name and its rights; a relative name counts from the folder that you are in',
    cause,
  });
}
