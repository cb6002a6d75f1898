import type { CliContext, CommandModule } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { PROCESSOR_FILE } from '../zone.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom admin held -c /etc/claude-warroom/processor.yaml
  $ claude-warroom admin held --json | jq -r '.held[].id'

Results wait here when the configuration says  disclosure: {hold: true}.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command.option('-c <file>', PROCESSOR_FILE).addHelpText('after', EXAMPLES);
    action(async (flags: { c?: string }) => await listHeld(getContext(), flags.c));
  },
};

async function listHeld(context: CliContext, file: string | undefined): Promise<ExitCode> {
  const { readHeldResults } = await import('../../zone/held-list.ts');
  const { cleanLine } = await import('../../report/untrusted.ts');
  const { formatAgo } = await import('../render/time.ts');
  const { loadZone } = await import('../zone.ts');
  const { io, clock, flags } = context;
  const held = await readHeldResults((await loadZone(context, file)).stateDir);
  const rows = held.map(({ id, since, files, status }) => ({
    id,
    since: since.toISOString(),
    requester: cleanLine(status?.requester ?? ''),
    outcome: status?.outcome ?? status?.phase ?? 'unknown',
    files: files.size,
    bytes: [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    bottomLine: cleanLine(status?.bottomLine ?? ''),
  }));
  if (flags.json) {
    io.out(JSON.stringify({ held: rows }, null, 2));
    return EXIT.done;
  }
  if (rows.length === 0) io.err('no result waits for release');
  for (const row of rows) {
    const since = io.isTerminal ? formatAgo(new Date(row.since), clock.now()) : row.since;
    io.out([row.id, since, row.requester, row.outcome, `${row.files} files`, `${row.bytes} bytes`].join('\t'));
    if (io.isTerminal) io.out(`  ${row.bottomLine}`);
  }
  if (rows.length > 0) io.err('see one: claude-warroom admin show-held ID');
  return EXIT.done;
}
