import type { CliContext, CommandModule } from '../context.ts';
import type { ClusterView } from '../../client/clusters.ts';
import type { ResumeSigning } from '../../client/pause.ts';
import { WarroomError } from '../../domain/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { PROCESSOR_FILE } from '../zone.ts';
import type { ZoneBrakeFlags } from '../zone-brake.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom resume --reason "freeze is over"
  $ claude-warroom resume --reason "freeze is over" --signing-key ~/.ssh/id_ed25519
  $ claude-warroom resume --zone -c /etc/claude-warroom/processor.yaml --reason "the leak is closed"

Removes the file PAUSE, says why in the file RESUMED, and signs that work goes on: processors that require signatures stay
paused until somebody who is allowed to has signed it. A pause that is set in the secure zone of a processor stays: only its
administrator lifts it, there, with --zone.
Exit code 0, also when nothing was paused.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('--reason <text>', 'why, kept in the file RESUMED')
      .option('--signing-key <file>', 'SSH key to sign with; the one that git uses when absent')
      .option('--zone', 'lift the pause of one processor, here in its zone')
      .option('-c <file>', `${PROCESSOR_FILE}, with --zone`)
      .addHelpText('after', EXAMPLES);
    action(async (flags: ResumeFlags) => {
      if (flags.zone !== true) return await resume(getContext(), flags);
      const { resumeZone } = await import('../zone-brake.ts');
      return await resumeZone(getContext(), flags);
    });
  },
};

interface ResumeFlags extends ZoneBrakeFlags {
  readonly zone?: boolean;
  readonly signingKey?: string;
}

async function resume(context: CliContext, { reason: given, signingKey }: ResumeFlags): Promise<ExitCode> {
  const { listClusters } = await import('../../client/clusters.ts');
  const { clearPause } = await import('../../client/pause.ts');
  const { createRedaction } = await import('../../redaction/create-redaction.ts');
  const { cleanLine } = await import('../../report/untrusted.ts');
  const { withWarRoom } = await import('../session.ts');
  const { requireReason } = await import('../pause-text.ts');
  const { io, clock, random, signal, flags } = context;
  const text = await requireReason(context, given, 'resume');
  return await withWarRoom(
    context,
    async (session) => {
      const { warRoom } = session;
      const reason = await createRedaction({ knownValues: [], key: random(32) }).redact(`${cleanLine(text)}\n`);
      const { clusters } = await listClusters(warRoom, { now: clock.now(), signal });
      const signing = await signingOf(session, { clusters, reason, isKeyNamed: signingKey !== undefined });
      const outcome = await clearPause(warRoom, { reason, signal, ...(signing === undefined ? {} : { signing }) });
      const held = clusters.flatMap(({ name, processors }) =>
        processors.flatMap(({ holder, isLive, paused }) =>
          isLive && paused !== undefined ? [{ cluster: name, holder, message: paused }] : [],
        ),
      );
      if (flags.json) {
        const commit = outcome.kind === 'landed' ? outcome.commit : null;
        const signed = outcome.kind === 'landed' && outcome.signedFor.length > 0;
        io.out(JSON.stringify({ paused: false, changed: outcome.kind === 'landed', commit, signed, processors: held }));
        return EXIT.done;
      }
      const tick = io.errorStyle.good('✔');
      const by =
        outcome.kind === 'landed' && outcome.signedFor.length > 0 ? `, signed as ${signing?.engineer ?? ''}` : '';
      io.err(
        outcome.kind === 'landed'
          ? `${tick} resumed ${warRoom.address}${by}`
          : `${tick} ${warRoom.address} was not paused`,
      );
      for (const { cluster, holder, message } of held) {
        io.err(`  ${cluster}/${holder} said at its last look: ${message}`);
      }
      io.err('  a pause that is set in the zone of a processor stays until its administrator lifts it');
      return EXIT.done;
    },
    { isWriting: true, ...(signingKey === undefined ? {} : { signingKey }) },
  );
}

/** How the resume is signed; undefined where no processor asks for it and no key was named. */
async function signingOf(
  session: Session,
  facts: {
    readonly clusters: readonly ClusterView[];
    readonly reason: string;
    /** A key was named: then it is used, also where nobody asks for it. */
    readonly isKeyNamed: boolean;
  },
): Promise<ResumeSigning | undefined> {
  const { context, principal } = session;
  const { clock, random } = context;
  const processors = facts.clusters.flatMap((cluster) => cluster.processors.map((one) => ({ cluster, ...one })));
  const demanding = processors.find(({ isLive, trust }) => isLive && trust === 'required');
  if (demanding === undefined && !facts.isKeyNamed) return undefined;
  const signer = await session.signer();
  const engineer = await principal();
  if (signer.kind === 'none' || engineer === undefined) {
    throw new WarroomError(
      'not-allowed',
      `${demanding?.cluster.name ?? 'a processor'} goes on only when somebody signs that`,
      {
        why: signer.kind === 'none' ? signer.why : 'git has no user.email here and the configuration has no engineer',
        hint: signer.kind === 'none' ? signer.hint : 'git config --global user.email you@example.com',
      },
    );
  }
  return {
    engineer,
    reason: facts.reason,
    at: clock.now(),
    random,
    alsoLift: processors.flatMap(({ isLive, pauseSha256 }) =>
      isLive && pauseSha256 !== undefined ? [pauseSha256] : [],
    ),
    sign: async (text) => await signer.sign(text, 'resume'),
  };
}
