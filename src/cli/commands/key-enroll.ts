import type { CommandModule } from '../context.ts';
import { SIGNING_KEY } from '../flag-values.ts';
import type { EnrolFlags } from '../keys/enrol.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom key enroll                              the key that git signs with
  $ claude-warroom key enroll --signing-key ~/.ssh/id_ed25519 --comment laptop

It puts your public key into the war room, signed by itself, and prints its fingerprint. Tell the fingerprint to the
administrator of each processor that you want to ask, by phone or face to face: whoever can push could have put another
key there. It gives no right before they approve it.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('--signing-key <file>', SIGNING_KEY)
      .option('--principal <name>', 'name to be known under; your engineer or git user.email when absent')
      .option('--comment <text>', 'where the key is, for example laptop')
      .option('--dry-run', 'show the key; send nothing')
      .addHelpText('after', EXAMPLES);
    action(async (flags: EnrolFlags) => {
      const { enrol } = await import('../keys/enrol.ts');
      return await enrol(getContext(), flags);
    });
  },
};
