import type { Redirection } from 'unbash';
import type { ShellCommand } from './shell-command.ts';

type Streams = Pick<ShellCommand, 'mergeStderr' | 'dropStderr' | 'dropStdout'>;

/** Where the redirections of a command, read from left to right as a shell does, send its output; undefined when one
 * of them is none of `2>&1`, `>/dev/null` and `2>/dev/null`. */
export function readRedirections(redirections: readonly Redirection[]): Streams | undefined {
  let stdout: 'out' | 'null' = 'out';
  let stderr: 'err' | 'out' | 'null' = 'err';
  for (const redirection of redirections) {
    if (redirection.type !== 'Redirect') return undefined;
    const { descriptor, operator, target } = redirection;
    // The text and not the value: a target that needs quotes is not one of the three.
    const where = target?.text;
    if (descriptor !== undefined && (descriptor.type !== 'FileDescriptor' || descriptor.value !== 2)) return undefined;
    const isStderr = descriptor !== undefined;
    if (isStderr && operator === '>&' && where === '1') stderr = stdout;
    else if (operator === '>' && where === '/dev/null') {
      if (isStderr) stderr = 'null';
      else stdout = 'null';
    } else return undefined;
  }
  return { mergeStderr: stderr === 'out', dropStderr: stderr === 'null', dropStdout: stdout === 'null' };
}
