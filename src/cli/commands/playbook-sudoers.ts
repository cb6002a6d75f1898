import type { CommandModule } from '../context.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom playbook sudoers firewall --user warroom > warroom.sudoers
  $ visudo -cf warroom.sudoers && sudo install -m 0440 warroom.sudoers /etc/sudoers.d/warroom

Exactly the command lines of the steps that run as root, and no others. Paths of programs are those of this machine.
Arguments that hold inputs become regular expressions, which sudo understands since 1.9.10.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('[id...]', 'playbooks; all when none is named')
      .requiredOption('--user <name>', 'user that the steps run as')
      .option('--dir <folder>', 'playbooks of the site, besides the built-in ones')
      .addHelpText('after', EXAMPLES);
    action(async (names: readonly string[], flags: { readonly dir?: string; readonly user: string }) => {
      const { printSudoers } = await import('../playbook/print-access.ts');
      return await printSudoers(getContext(), names, flags);
    });
  },
};
