import { chmod, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

/** The command by which the agent fetches what the processor ran for it. */
export const EXEC_COMMAND = 'warroom-exec';

/**
 * Writes the command into a folder that is the first in the agent's PATH, and gives its path. It prints what lies under a
 * one-time token of 32 hex digits, removes it, and ends with the recorded exit code. It runs nothing.
 */
export async function writeExecShim({
  folder,
  execDir,
}: {
  readonly folder: string;
  /** Absolute; the agent's user must be able to read it and to remove files from it. */
  readonly execDir: string;
}): Promise<string> {
  if (!isAbsolute(execDir)) throw new Error(`the folder of outputs is not absolute: ${execDir}`);
  const path = join(folder, EXEC_COMMAND);
  await writeFile(path, script(execDir), { mode: 0o755 });
  // The mode of an existing file stays as it was, and a umask may have narrowed it.
  await chmod(path, 0o755);
  return path;
}

/** The output is opened before it is removed, and removing succeeds once: of two that come at once, one gets it. */
function script(execDir: string): string {
  return `#!/bin/sh
PATH=/usr/bin:/bin
dir=${quoted(execDir)}
refuse() {
  echo "${EXEC_COMMAND}: $1" >&2
  exit 126
}
[ $# -eq 1 ] && [ "\${#1}" -eq 32 ] || refuse 'give one token'
case $1 in *[!0123456789abcdef]*) refuse 'give one token' ;; esac
{ read -r code <"$dir/$1.exit" && command exec 3<"$dir/$1.out" && rm "$dir/$1.out"; } 2>/dev/null ||
  refuse 'this token is unknown or used up'
rm -f "$dir/$1.exit"
cat <&3
exit "$code"
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
