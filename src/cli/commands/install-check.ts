import type { CommandModule } from '../context.ts';
import { collect } from '../flag-values.ts';
import type { CheckFlags } from '../install/check-installation.ts';
import { PROCESSOR_FILE } from '../zone.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom install check --hosted prod-1                    as an administrator, with your kubeconfig
  $ claude-warroom install check --kubeconfig prod-1.kubeconfig --type hosted
  $ oc -n claude-warroom exec claude-processor-0 -- claude-warroom install check --inside

From outside it asks the API server what the account of the processor may do and what it must not, and looks at the pod, its
SecurityContextConstraints, the network policies, whether quotas hold as many agents and sessions as are configured, whether
somebody answers the admission webhooks that can refuse their pods, and what Argo CD watches. Inside the pod it tries git and the
model with what the processor has; the model gets nothing but a question without a credential.
Changes nothing. Exit code 0 when nothing failed, 1 otherwise.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('--type <type>', 'hub, hosted or hosted-processor', 'hub')
      .option('--hosted <name>', 'hosted cluster that the processor reads too; may be repeated', collect, [])
      .option('--kubeconfig <file>', 'cluster to ask; that of kubectl when absent')
      .option('--context <name>', 'context of the kubeconfig')
      .option('--inside', 'this is the pod of the processor: try what it reaches')
      .option('-c <file>', `with --inside: ${PROCESSOR_FILE}`)
      .addHelpText('after', EXAMPLES);
    action(async (flags: CheckFlags) => {
      const { checkInstallation } = await import('../install/check-installation.ts');
      return await checkInstallation(getContext(), flags);
    });
  },
};
