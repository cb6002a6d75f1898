import type { CommandModule } from '../context.ts';
import type { WrapperFlags } from '../write-ssh-wrapper.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom playbook ssh-wrapper --key id_ed25519.pub > warroom-ro
  $ claude-warroom playbook ssh-wrapper general service-health --key id_ed25519.pub --output wrapper/
  $ claude-warroom playbook ssh-wrapper --key id_ed25519.pub --from 192.0.2.10 --json | jq -r .authorizedKeys

Makes a script that runs the steps of playbooks by their names and refuses and logs everything else, and the line for
authorized_keys that gives a key nothing but this script. The script goes to stdout, the line to stderr; with --output
both become files. Install the script as root, mode 755, where --path says, and set mode: wrapper in the inventory.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('[strategy...]', 'strategies that the host shall answer; all for hosts when absent')
      .requiredOption('--key <file>', 'public key of the processor, the file that ends in .pub')
      .option('--path <path>', 'where the script will lie on the host', '/usr/local/lib/claude-warroom/warroom-ro')
      .option('--log <path>', 'file on the host that gets a line for each run and refusal, beside the system log')
      .option('--from <addresses>', 'addresses that may use the key, as in from= of authorized_keys')
      .option('--playbook-dir <folder>', 'folder with playbooks of the site')
      .option('--output <folder>', 'write warroom-ro and authorized_keys into this folder')
      .addHelpText('after', EXAMPLES);
    action(async (strategies: readonly string[], flags: WrapperFlags) => {
      const { writeSshWrapper } = await import('../write-ssh-wrapper.ts');
      return await writeSshWrapper(getContext(), strategies, flags);
    });
  },
};
