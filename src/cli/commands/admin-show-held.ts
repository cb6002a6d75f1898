import type { CliContext, CommandModule } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { PROCESSOR_FILE } from '../zone.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom admin show-held 2026-11-20-1430-api-timeout-k7m2
  $ claude-warroom admin show-held 2026-11-20-1430-api-timeout-k7m2 --json | jq -r '.files["README.md"]'

Every file that would be published, byte for byte, as a diff against nothing. What the disclosure of the cluster keeps
back is not in it. Then:  claude-warroom admin release ID --reason "…"   or   admin discard ID --reason "…"`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<id>', 'id of the request')
      .option('-c <file>', PROCESSOR_FILE)
      .option('--no-pager', 'print at once')
      .addHelpText('after', EXAMPLES);
    action(async (id: string, flags: { c?: string; pager: boolean }) => await showHeld(getContext(), id, flags));
  },
};

async function showHeld(
  context: CliContext,
  text: string,
  flags: { readonly c?: string; readonly pager: boolean },
): Promise<ExitCode> {
  const { WarroomError } = await import('../../domain/errors.ts');
  const { readHeldResults } = await import('../../zone/held-list.ts');
  const { requireId } = await import('../give-order.ts');
  const { printPaged } = await import('../pager.ts');
  const { renderNewFile } = await import('../render/new-file-diff.ts');
  const { loadZone } = await import('../zone.ts');
  const { io, env } = context;
  const id = requireId(text);
  const held = (await readHeldResults((await loadZone(context, flags.c)).stateDir)).find((one) => one.id === id);
  if (held === undefined) {
    throw new WarroomError('not-found', `${id} is not held here`, { hint: 'claude-warroom admin held  lists what is' });
  }
  if (context.flags.json) {
    const { folder, since, files } = held;
    io.out(JSON.stringify({ id, folder, since: since.toISOString(), files: Object.fromEntries(files) }, null, 2));
    return EXIT.done;
  }
  const diff = [...held.files].flatMap(([path, content]) => renderNewFile(`${held.folder}/${path}`, content, io.style));
  const removed = removedBy(held.files.get('redactions.json'));
  const page = [...diff, '', ...removed].join('\n');
  if (flags.pager) await printPaged(io, page, env);
  else io.out(page);
  return EXIT.done;
}

/** `12 redactions: 9 bearer-token, 3 password`. */
function removedBy(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const counts = JSON.parse(text) as { readonly total: number; readonly byRule: Readonly<Record<string, number>> };
  const rules = Object.entries(counts.byRule).map(([rule, count]) => `${count} ${rule}`);
  return [`${counts.total} redactions${rules.length === 0 ? '' : `: ${rules.join(', ')}`}`];
}
