import { enrolKey } from '../../client/enrolment.ts';
import { signingEnvironment } from '../../config/signing-environment.ts';
import { WarroomError } from '../../domain/errors.ts';
import { enrolmentPath } from '../../domain/repository-layout.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { requirePrincipal, withWarRoom } from '../session.ts';

export interface EnrolFlags {
  readonly signingKey?: string;
  readonly principal?: string;
  readonly comment?: string;
  readonly dryRun?: boolean;
}

/** Sends the public half of the key that signs, with a signature by it, and says what to tell the administrator. */
export async function enrol(context: CliContext, flags: EnrolFlags): Promise<ExitCode> {
  return await withWarRoom(
    context,
    async (session) => {
      const { io, clock, env, signal } = context;
      const { warRoom } = session;
      const signer = await session.signer();
      if (signer.kind === 'none') {
        throw new WarroomError('usage', 'there is no key to enrol', {
          why: signer.why,
          hint: `ssh-keygen -t ed25519   then  ${signer.hint}`,
        });
      }
      const principal = flags.principal ?? (await requirePrincipal(session));
      const key = await signer.publicKey({ env: signingEnvironment(env), signal });
      const { fingerprint } = key;
      const path = enrolmentPath(fingerprint);
      const sent =
        flags.dryRun === true
          ? undefined
          : await enrolKey(warRoom, {
              principal,
              key,
              ...(flags.comment === undefined ? {} : { comment: flags.comment }),
              sign: async (text) => await signer.sign(text, 'enrolment'),
              clock,
              signal,
            });
      if (context.flags.json) {
        io.out(JSON.stringify({ principal, fingerprint, path, commit: sent?.commit ?? null }));
        return EXIT.done;
      }
      const tick = io.errorStyle.good('✔');
      io.err(sent === undefined ? `would enrol ${principal}; nothing is sent` : `${tick} asked to enrol ${principal}`);
      io.err(`  key of ${signer.source}`);
      io.err('  tell this fingerprint to the administrator by another way than this repository:');
      io.out(fingerprint);
      io.err(`  they run: claude-warroom key approve ${fingerprint} -c processor.yaml`);
      return EXIT.done;
    },
    { isWriting: true, signingKey: flags.signingKey },
  );
}
