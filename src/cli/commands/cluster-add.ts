import { Option } from 'commander';
import type { ClusterAddFlags } from '../add-cluster.ts';
import type { CommandModule } from '../context.ts';
import { collect, durationSeconds } from '../flag-values.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom cluster add production-hub --type hub --description "hub of the production fleet"
  $ claude-warroom cluster add hosted-prod-1 --type hosted --hub production-hub --namespace clusters-prod-1
  $ claude-warroom cluster add web-1 --type host --owner platform-oncall@example.com

Writes clusters/NAME.yaml, for people and menus. It opens no door: a processor decides by its own configuration.
Exit code 0, also when the same registration is there; 1 when another one is.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    const type = new Option('--type <type>', 'what it is').choices(['hub', 'hosted', 'host']).makeOptionMandatory();
    command
      .argument('<name>', 'name of the cluster: lower case letters, digits and -')
      .addOption(type)
      .option('--description <text>', 'what runs there')
      .option('--hub <name>', 'hub that carries a hosted cluster')
      .option('--owner <who>', 'team to call')
      .option('--identity <id>', 'infrastructure, cluster or machine id that it reports about itself')
      .option('--namespace <name>', 'namespace worth offering in a menu; may be repeated', collect)
      .option('--max-timeout <time>', 'advised longest investigation, such as 30m', durationSeconds)
      .addHelpText('after', EXAMPLES);
    action(async (name: string, flags: ClusterAddFlags) => {
      const { addCluster } = await import('../add-cluster.ts');
      return await addCluster(getContext(), name, flags);
    });
  },
};
