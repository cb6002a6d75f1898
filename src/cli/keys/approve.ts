import type { Enrolment } from '../../client/enrolment.ts';
import { WarroomError } from '../../domain/errors.ts';
import { addSigner, type AddedSigner } from '../../signature/edit-trust.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { createPrompts } from '../prompts.ts';
import { administratorName, loadZone } from '../zone.ts';
import { namespacesOf, USUAL_PURPOSES, type Purpose } from './purposes.ts';
import { readZoneEnrolments, trustDirOf } from './zone-keys.ts';

export interface ApproveFlags {
  readonly c?: string;
  readonly principal?: string;
  readonly may?: readonly Purpose[];
  readonly validBefore?: Date;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

const OUTCOMES: Readonly<Record<AddedSigner, string>> = {
  added: 'is accepted from now on',
  widened: 'may sign more from now on',
  present: 'was accepted before',
};

/** Writes the key of an enrolment into the list of allowed signers, after a person has compared its fingerprint. */
export async function approve(context: CliContext, fingerprint: string, flags: ApproveFlags): Promise<ExitCode> {
  const { io, clock } = context;
  const settings = await loadZone(context, flags.c);
  const dir = trustDirOf(settings);
  const enrolment = findEnrolment(await readZoneEnrolments(context, settings), fingerprint);
  const principal = flags.principal ?? enrolment.principal;
  const purposes = flags.may ?? USUAL_PURPOSES;
  if (principal !== enrolment.principal) {
    io.err(
      `${io.errorStyle.warn('note:')} the enrolment says ${enrolment.principal}; the key becomes that of ${principal}`,
    );
  }
  io.err(`  ${principal} would sign ${purposes.join(', ')} with`);
  io.err(`  ${io.errorStyle.bold(enrolment.key.fingerprint)}`);
  if (!(await isCompared(context, flags))) {
    io.err('nothing was changed');
    return EXIT.failed;
  }
  if (flags.dryRun === true) return EXIT.done;
  const day = clock.now().toISOString().slice(0, 10);
  const outcome = await addSigner(dir, {
    principal,
    namespaces: namespacesOf(purposes),
    ...(flags.validBefore === undefined ? {} : { validBefore: flags.validBefore }),
    key: enrolment.key,
    comment: [enrolment.comment, `approved ${day} by ${administratorName(context)}`].filter(Boolean).join(', '),
  });
  if (context.flags.json) io.out(JSON.stringify({ principal, fingerprint, may: purposes, outcome }));
  else
    io.err(
      `${io.errorStyle.good('✔')} the key of ${principal} ${OUTCOMES[outcome]}; processors see it at their next look`,
    );
  return EXIT.done;
}

function findEnrolment(enrolments: readonly Enrolment[], fingerprint: string): Enrolment {
  const found = enrolments.find(({ key }) => key.fingerprint === fingerprint);
  if (found !== undefined) return found;
  const known = enrolments.map(({ principal, key }) => `${principal} ${key.fingerprint}`);
  throw new WarroomError('not-found', `nobody asks to enrol the key ${fingerprint}`, {
    why:
      known.length === 0
        ? 'the war room holds no enrolment that its own key has signed'
        : `there is ${known.join(', ')}`,
    hint: 'the person runs  claude-warroom key enroll',
  });
}

/** The whole fingerprint was typed or pasted as the argument already; on a terminal it is asked once more. */
async function isCompared({ io, signal }: CliContext, flags: ApproveFlags): Promise<boolean> {
  if (flags.yes === true || flags.dryRun === true) return true;
  if (!io.isInteractive) {
    throw new WarroomError('usage', 'nobody can be asked here whether the fingerprint was compared', {
      hint: 'compare it with the person by another way, then add --yes',
    });
  }
  const prompts = await createPrompts(io, signal);
  const message = 'Did the person tell you exactly this fingerprint, by another way than the repository?';
  return await prompts.confirm({ message, default: false });
}
