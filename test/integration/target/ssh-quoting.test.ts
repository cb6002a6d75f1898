import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { systemRandom } from '../../../src/lib/random-text.ts';
import { createSshTarget } from '../../../src/target/ssh/ssh-target.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { startSshd } from '../../support/sshd-rig.ts';
import { hostOf } from './support/ssh-targets.ts';

/** Login shells; csh takes no line end inside an argument. */
const SHELLS = [
  '/bin/bash',
  '/bin/dash',
  '/usr/bin/zsh',
  '/usr/bin/mksh',
  '/usr/bin/ksh93',
  '/usr/bin/fish',
  '/bin/tcsh',
];

const sshd = await startSshd();
const present = SHELLS.filter((shell) => existsSync(shell));
const absent = SHELLS.filter((shell) => !present.includes(shell));
if (absent.length > 0) printSkipReason(`quoting is not tested with the shells ${absent.join(', ')}: not installed`);

afterAll(async () => {
  await sshd?.close();
});

const HOSTILE = [
  '$(id)',
  '`id`',
  '; id',
  '| id',
  '*',
  '~',
  '\'"',
  '!!',
  '\\',
  '\\\\',
  "'\\''",
  '-n',
  '\u001b[31m',
  '🦀',
  '',
  ' ',
  '%s',
  '#',
  '{a,b}',
  '$HOME',
  '^x^y',
  '=ls',
  '\t',
  '\r',
  '\u0001\u007f',
];

describe.skipIf(sshd === undefined)('what a command gets over SSH', () => {
  it.each(present)(
    'is what was sent, whatever it holds, with the login shell %s',
    { timeout: 120_000 },
    async (shell) => {
      if (sshd === undefined) throw new Error('skipped');
      // The login shell of the user hands the line on to this one, which reads it as its own login shell would.
      const command = `${shell} -c \\"$SSH_ORIGINAL_COMMAND\\"`;
      await writeFile(sshd.authorizedKeysFile, `command="${command}" ${sshd.publicKey}\n`);
      const target = createSshTarget({ host: hostOf(sshd), clock: systemClock, random: systemRandom });
      const isCsh = shell.endsWith('csh');
      try {
        // Lone surrogates have no bytes; NUL ends an argument in every kernel.
        const text = fc
          .string({ unit: 'binary', maxLength: 40 })
          .map((value) => Buffer.from(value.replaceAll('\0', '0'), 'utf8').toString('utf8'))
          .map((value) => (isCsh ? value.replaceAll('\n', ' ') : value));
        const lines = isCsh ? HOSTILE : [...HOSTILE, '\n', 'a\nb\n'];
        const arrives = async (sent: readonly string[]): Promise<void> => {
          const script = 'for a in "$@"; do printf "%s\\0" "$a"; done';
          const { end, stdout } = await target.run({
            argv: ['sh', '-c', script, 'sh', ...sent],
            timeoutMs: 20_000,
            maxBytes: 1_000_000,
          });
          expect(end).toEqual({ kind: 'exited', exit: 0 });
          expect(stdout.split('\0').slice(0, -1)).toEqual(sent);
        };
        await arrives(lines);
        await fc.assert(fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 60 }), arrives), { numRuns: 6 });
      } finally {
        await target.close();
      }
    },
  );
});
