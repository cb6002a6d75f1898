import type { CommandModule } from '../context.ts';
import { addListFlags, showRequests, type ListFlags } from '../show-requests.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom list --mine
  $ claude-warroom list --cluster production-hub --phase failed,timed-out --days 30
  $ claude-warroom list --json | jq -r '.requests[] | select(.quality=="degraded") | .id'

On a pipe each line has, separated by tabs: id, phase, cluster, requester, createdAt, outcome, quality, title.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    addListFlags(command).addHelpText('after', EXAMPLES);
    action(async (flags: ListFlags) => await showRequests(getContext(), flags));
  },
};
