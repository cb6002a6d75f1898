import { WarroomError } from '../../domain/errors.ts';
import { readSigners, revokeKey } from '../../signature/edit-trust.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { createPrompts } from '../prompts.ts';
import { administratorName, loadZone } from '../zone.ts';
import { trustDirOf } from './zone-keys.ts';

export interface RevokeFlags {
  readonly c?: string;
  readonly reason: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** Puts keys on the list of revoked ones: one by its fingerprint, or all of a person. Nothing they signed starts any more. */
export async function revoke(context: CliContext, selector: string, flags: RevokeFlags): Promise<ExitCode> {
  const { io, clock, signal } = context;
  const dir = trustDirOf(await loadZone(context, flags.c));
  const found = (await readSigners(dir)).filter(
    ({ principal, key }) => principal === selector || key.fingerprint === selector,
  );
  if (found.length === 0) {
    throw new WarroomError('not-found', `there is no key or person ${selector}`, {
      why: `${dir} does not list it`,
      hint: 'see  claude-warroom key list -c processor.yaml',
    });
  }
  for (const { principal, key } of found) io.err(`  ${key.fingerprint} of ${principal} would be revoked`);
  if (flags.dryRun === true) return EXIT.done;
  if (flags.yes !== true && io.isInteractive) {
    const prompts = await createPrompts(io, signal);
    if (!(await prompts.confirm({ message: 'Revoke?', default: false }))) return EXIT.failed;
  }
  if (flags.yes !== true && !io.isInteractive) {
    throw new WarroomError('usage', 'nobody can be asked here', { hint: 'add --yes' });
  }
  const revoked: string[] = [];
  for (const { principal, key } of found) {
    const comment = `${principal}, ${clock.now().toISOString()} by ${administratorName(context)}: ${flags.reason}`;
    if (await revokeKey(dir, key, comment)) revoked.push(key.fingerprint);
  }
  if (context.flags.json) io.out(JSON.stringify({ revoked, already: found.length - revoked.length }));
  else if (revoked.length > 0)
    io.err(`${io.errorStyle.good('✔')} revoked; requests that wait are refused at the next look`);
  else io.err(`${io.errorStyle.good('✔')} was revoked before`);
  return EXIT.done;
}
