import { COMMANDS, GROUPS } from '../command-table.ts';
import { GLOBAL_FLAGS, type GlobalFlagRow } from '../global-flags.ts';

const COLUMN = 20;

const OWN_FLAGS: readonly GlobalFlagRow[] = [
  ...GLOBAL_FLAGS,
  { flags: '-V, --version', description: 'show the version' },
  { flags: '-h, --help', description: 'show help; also of a command: claude-warroom status --help' },
];

const EXAMPLES = `Examples:
  $ claude-warroom demo                                   the whole loop on this machine
  $ claude-warroom investigate --cluster hub --issue "API server answers after 30 s" --wait
  $ claude-warroom status                                 what is open and what was found
  $ claude-warroom get-results @last                      the newest report

An ID is a request id, the beginning of one, or @last.`;

/** The list of all commands. Made without commander, so that it costs hardly more than starting Node. */
export function renderOverview(): string {
  const groups = new Map<string, Map<string, string>>();
  for (const { path, summary, group, aliases } of COMMANDS) {
    const [first = path] = path.split(' ');
    const about = GROUPS[first];
    const rows = groups.get(about?.group ?? group) ?? new Map<string, string>();
    rows.set([first, ...(aliases ?? [])].join('|'), about?.summary ?? summary);
    groups.set(about?.group ?? group, rows);
  }
  return [
    'Usage: claude-warroom <command> [options]',
    'Ask what is wrong with a cluster that you cannot reach. Git is the message bus.',
    ...[...groups].map(([heading, rows]) => section(heading, [...rows])),
    section(
      'Options:',
      OWN_FLAGS.map(({ flags, description }) => [flags, description]),
    ),
    EXAMPLES,
  ].join('\n\n');
}

function section(heading: string, rows: readonly (readonly [string, string])[]): string {
  return [heading, ...rows.map(([name, about]) => `  ${name.padEnd(COLUMN)}${about}`)].join('\n');
}
