import { join, resolve } from 'node:path';
import type { CliContext, CommandModule, Connections } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { commitId } from '../flag-values.ts';
import { PROCESSOR_FILE } from '../zone.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom admin accept-history --to "$(git rev-parse origin/main)" --reason "a leaked token was purged"
  $ claude-warroom admin accept-history --to COMMIT --reason "…" --out ./announced --as carol@example.com

A processor pauses when its branch no longer contains what it had accepted. This writes accepted-history.yaml, signed,
into the folder of trust data, and the processor goes on at its next look, without a restart. See docs/leak-response.md.`;

interface Flags {
  readonly c?: string;
  readonly to: string;
  readonly from?: string;
  readonly reason: string;
  readonly as?: string;
  readonly signingKey?: string;
  readonly out?: string;
}

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .requiredOption('--to <commit>', 'commit of the new branch from which the processor goes on', commitId)
      .requiredOption('--reason <text>', 'why history was rewritten')
      .option('--from <commit>', 'newest commit that it had accepted; read from its ledger when absent', commitId)
      .option('--as <principal>', 'name in allowed_signers to sign as; git user.email when absent')
      .option('--signing-key <file>', 'SSH key to sign with; the one that git uses when absent')
      .option('--out <dir>', 'folder to write to; the trust data of the processor when absent')
      .option('-c <file>', PROCESSOR_FILE)
      .addHelpText('after', EXAMPLES);
    action(async (flags: Flags) => await acceptHistory(getContext(), flags));
  },
};

async function acceptHistory(context: CliContext, flags: Flags): Promise<ExitCode> {
  const { readLedgerTip } = await import('../../admission/ledger.ts');
  const { WarroomError } = await import('../../domain/errors.ts');
  const { formatYaml } = await import('../../schema/format-document.ts');
  const { writeAnnouncedHistory } = await import('../../zone/accepted-history.ts');
  const { administratorName, loadZone } = await import('../zone.ts');
  const { openSigner } = await import('../open-signer.ts');
  const { io, clock, cwd } = context;
  const settings = await loadZone(context, flags.c);
  const from = flags.from ?? (await readLedgerTip(join(settings.stateDir, 'ledger.jsonl')));
  if (from === undefined) {
    throw new WarroomError('not-found', 'it is not known which history was accepted before', {
      why: `the ledger in ${settings.stateDir} has no tip`,
      hint: 'name the commit with  --from, or start the processor with  --accept-tip',
    });
  }
  const isSigned = settings.trust === 'required' || settings.trustDir !== undefined;
  const signer = isSigned
    ? await openSigner(context, { flag: flags.signingKey, gitUser: () => gitUserOf(context) })
    : undefined;
  if (signer?.kind === 'none') {
    throw new WarroomError('not-allowed', 'an accepted history must be signed here', {
      why: signer.why,
      hint: signer.hint,
    });
  }
  const principal = flags.as ?? (isSigned ? (await gitUserOf(context)).email : undefined) ?? administratorName(context);
  const text = formatYaml('AcceptedHistory', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'AcceptedHistory',
    metadata: { timestamp: clock.now().toISOString(), engineer: principal },
    spec: { from, to: flags.to, reason: flags.reason.replaceAll(/\s+/gu, ' ').trim() },
  });
  const folder = flags.out === undefined ? (settings.trustDir ?? settings.stateDir) : resolve(cwd, flags.out);
  const file = await writeAnnouncedHistory(folder, { text, signature: await signer?.sign(text, 'history') });
  if (context.flags.json) {
    io.out(JSON.stringify({ file, from, to: flags.to, by: principal, signed: isSigned }));
    return EXIT.done;
  }
  io.err(`${io.errorStyle.good('✔')} ${file}${isSigned ? `, signed as ${principal}` : ''}`);
  io.err(`  from ${from} to ${flags.to}; the processor of ${settings.cluster.name} goes on at its next look`);
  return EXIT.done;
}

async function gitUserOf(context: CliContext): ReturnType<Connections['readGitUser']> {
  const { env, cwd } = context;
  return await (context.connections ?? (await import('../../composition.ts'))).readGitUser({ env, cwd });
}
