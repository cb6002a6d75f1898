import type { CommandModule } from '../context.ts';
import type { SystemdFlags } from '../install/systemd.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom install systemd -c /etc/claude-warroom/processor.yaml --dry-run     see everything, change nothing
  $ sudo claude-warroom install systemd -c /etc/claude-warroom/processor.yaml --sudo
  $ sudo claude-warroom install systemd --uninstall

Makes a system user, a confined unit and, with --sudo, the sudoers lines of the built-in playbooks; all of it is shown before
it is done. State lies in /var/lib/claude-warroom, audit logs may go to /var/log/claude-warroom, the rest to the journal.
--uninstall takes away all of that, the ledger too, and leaves the configuration.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('-c <file>', 'configuration of the processor', '/etc/claude-warroom/processor.yaml')
      .option('--user <name>', 'system user of the processor', 'warroom')
      .option('--sudo', 'let playbook steps that need root run, and nothing else')
      .option('--uninstall', 'take it away again')
      .option('--dry-run', 'print what would be done')
      .option('--yes', 'do not ask')
      .option('--root <folder>', 'write below this folder and start nothing, to prepare an image', '/')
      .addHelpText('after', EXAMPLES);
    action(async (flags: SystemdFlags) => {
      const { installSystemd } = await import('../install/systemd.ts');
      return await installSystemd(getContext(), flags);
    });
  },
};
