import type { CommandModule } from '../context.ts';
import { WarroomError } from '../../domain/errors.ts';
import { REQUIRE_VERIFIED } from '../flag-values.ts';
import { addListFlags, showRequests, type ListFlags } from '../show-requests.ts';

type StatusFlags = ListFlags & {
  readonly requestId?: string;
  readonly requireVerified?: boolean;
  readonly local?: boolean;
};

const EXAMPLES = `
Examples:
  $ claude-warroom status                     open and recent requests
  $ claude-warroom status @last               everything about your newest request
  $ claude-warroom status 2026-11-20-1430     the beginning of an id is enough
  $ claude-warroom status --json | jq -r '.requests[] | select(.phase=="succeeded") | .id'
  $ claude-warroom status --local --config /etc/claude-warroom/processor.yaml   the processor of this machine

Exit code 0, whatever the state of the request; 1 when there is no such request, or with --local no processor that runs here;
4 with --require-verified.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('[id]', 'request id, its beginning, or @last')
      .option('--request-id <id>', 'the same as a flag')
      .option('--require-verified', REQUIRE_VERIFIED)
      .option('--local', 'what the processor of this machine or container does now, from its own files');
    addListFlags(command).addHelpText('after', EXAMPLES);
    action(async (argument: string | undefined, flags: StatusFlags) => {
      if (flags.local === true) {
        const { watchZone } = await import('../watch-zone.ts');
        return await watchZone(getContext(), { once: true });
      }
      const id = argument ?? flags.requestId;
      if (argument !== undefined && flags.requestId !== undefined && argument !== flags.requestId) {
        throw new WarroomError('usage', 'the id is given twice', { why: `${argument} and ${flags.requestId}` });
      }
      if (id === undefined) return await showRequests(getContext(), flags);
      const { showRequest } = await import('../show-request.ts');
      return await showRequest(getContext(), id, { mustBeVerified: flags.requireVerified === true });
    });
  },
};
