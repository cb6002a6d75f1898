import { Option } from 'commander';
import type { CommandModule } from '../context.ts';
import { fingerprint, purposes, utcDay } from '../flag-values.ts';
import type { ApproveFlags } from '../keys/approve.ts';
import { PROCESSOR_FILE } from '../zone.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom key approve SHA256:27HHGdkO5qDbqEOVw5fbwzMwUU1slRqTAwPKDik+UlE -c processor.yaml
  $ claude-warroom key approve SHA256:27HH… -c processor.yaml --may request,cancel,resume --valid-before 2027-06-30
  $ claude-warroom key list -c processor.yaml              who asks, and who was accepted

Run it in the zone. The person must have told you the whole fingerprint by another way than the repository.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<fingerprint>', 'SHA256:… as the person told it', fingerprint)
      .option('-c <file>', PROCESSOR_FILE)
      .option('--principal <name>', 'name of the person here; the one in the enrolment when absent')
      .addOption(new Option('--may <what>', 'what the key may sign (request,cancel)').argParser(purposes))
      .addOption(new Option('--valid-before <day>', 'day on which it ends, UTC').argParser(utcDay))
      .option('--yes', 'the fingerprint was compared; ask nothing')
      .option('--dry-run', 'show what would be done')
      .addHelpText('after', EXAMPLES);
    action(async (key: string, flags: ApproveFlags) => {
      const { approve } = await import('../keys/approve.ts');
      return await approve(getContext(), key, flags);
    });
  },
};
