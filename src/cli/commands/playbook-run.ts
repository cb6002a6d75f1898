import { InvalidArgumentError } from 'commander';
import type { CommandModule } from '../context.ts';
import { addFailOn } from '../fail-on.ts';
import { collectPair } from '../flag-values.ts';
import type { RunFlags } from '../playbook/run-flags.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom playbook run general                       this machine, now
  $ claude-warroom playbook run service-health --input unit=nginx.service
  $ claude-warroom playbook run workload-crashloop --kubeconfig hub.kubeconfig --namespace shop
  $ claude-warroom playbook run general --hosts web,db-1      which hosts of the inventory differ from the others
  $ claude-warroom playbook run general --all --inventory /etc/claude-warroom/inventory.yaml --json
  $ claude-warroom playbook run general --save recorded       keep redacted outputs, as a test
  $ claude-warroom playbook run workload-crashloop --from must-gather.local.123 --namespace shop

--from takes what --save wrote, an OpenShift must-gather, or a folder with a list for each resource (pods.json.gz).
What a recording does not hold is unknown, never healthy. Nothing leaves this machine.
With --hosts or --all only hosts that differ from most are shown; on a pipe each line has, separated by tabs: host, state
(shared, outlier, alone, unknown, usual), severity, code, object, title.
Exit code 0 for a report, also when it found a problem; see --fail-on. With hosts, 1 when one of them is unknown.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<id>', 'playbook or strategy')
      .option('--input <name=value>', 'value of an input; may be repeated', collectPair)
      .option('--namespace <name>', 'namespace to look at')
      .option('--kubeconfig <file>', 'cluster to look at')
      .option('--hosted-kubeconfig <file>', 'hosted cluster, for steps that look inside it')
      .option('--exec-read', 'let steps run a reader inside a container, where the playbook has such steps')
      .option('--dir <folder>', 'playbooks of the site, besides the built-in ones')
      .option('--from <folder>', 'look at a recording instead')
      .option('--now <time>', 'when the recording was made, such as 2026-11-20T14:30:12Z', moment)
      .option('--save <folder>', 'write the redacted outputs as a test')
      .option('--hosts <names>', 'hosts or groups of the inventory, separated by commas')
      .option('--all', 'every host of the inventory')
      .option('--each', 'with hosts, also show those that do not differ')
      .option('-i, --inventory <file>', 'inventory; WARROOM_INVENTORY or inventory.yaml when absent');
    addFailOn(command).addHelpText('after', EXAMPLES);
    action(async (id: string, flags: RunFlags) => {
      const { runByHand } = await import('../playbook/run-playbook.ts');
      return await runByHand(getContext(), id, flags);
    });
  },
};

function moment(text: string): Date {
  const date = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT/u.test(text) || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('it must be a time such as 2026-11-20T14:30:12Z.');
  }
  return date;
}
