import type { CommandModule } from '../context.ts';
import { PARTS } from '../../install/installation.ts';
import { collect } from '../flag-values.ts';
import type { RenderFlags } from '../install/check-render-flags.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom install render --type hub --cluster production-hub --repository https://git.example.com/acme/warroom.git \\
      --image registry.example.com/claude-warroom@sha256:… --api-server 192.0.2.10 --proxy http://192.0.2.30:3128 \\
      --hosted prod-1 --trust-dir trust > clusters/production-hub/manifests.yaml
  $ claude-warroom install render --type hosted --cluster prod-1 | oc --kubeconfig prod-1.kubeconfig apply -f -

hub and hosted-processor run a processor; hosted makes the account by which the processor of a hub reads a hosted cluster.
Quotas have room for as many agents and sessions as may run at once, and for what each may use.
Secrets are not in it: docs/install.md says how they are made. Nothing is sent anywhere; what is printed is applied by you,
or by Argo CD from a deploy repository that is never the war room.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('--cluster <name>', 'name under which people ask')
      .option('--type <type>', 'hub, hosted or hosted-processor; hub when absent')
      .option('--platform <name>', 'openshift or kubernetes; openshift when absent')
      .option('--repository <url>', 'address of the war room, as the cluster reaches it')
      .option('--branch <name>', 'branch of the war room; main when absent')
      .option('--image <name@digest>', 'image of this program, by its digest')
      .option('--api-server <address>', 'address of the API server; may be repeated', collect)
      .option('--api-port <port>', 'port of the API server; 6443 when absent')
      .option('--proxy <url>', 'way out: a proxy for git and the model')
      .option('--allow-address <cidr>', 'way out: an address of git or of the model; may be repeated', collect)
      .option('--allow-name <name>', 'way out: a name besides that of git, on OVN-Kubernetes; may be repeated', collect)
      .option('--hosted <name>', 'hosted cluster that the processor reads too; may be repeated', collect)
      .option('--log-namespace <name>', 'further namespace whose logs may be read; may be repeated', collect)
      .option('--engine <engine>', 'auto, diagnostics or claude; auto when absent')
      .option('--executor <kind>', 'local-process or kubernetes-job; local-process when absent')
      .option('--max-jobs <count>', 'most agents at the same time with kubernetes-job; 2 when absent')
      .option('--agent-cpu <processors>', 'most that one agent may use with kubernetes-job; 1 when absent')
      .option('--agent-memory <size>', 'memory of one agent with kubernetes-job; 1Gi when absent')
      .option('--agent-storage <size>', 'all that one agent may write with kubernetes-job; 1Gi when absent')
      .option('--max-sessions <count>', 'most sessions at the same time with sessions; 2 when absent')
      .option('--with <part>', `${PARTS.join(', ')}; may be repeated`, collect)
      .option('--storage <size>', 'size of the volume of the processor; 5Gi when absent')
      .option('--storage-class <name>', 'class of the volume; that of the cluster when absent')
      .option('--s3-bucket <name>', 'bucket for large evidence (docs/publishers.md)')
      .option('--s3-endpoint <url>', 'address of the store; that of AWS when absent')
      .option('--s3-region <name>', 'region that requests to the store are signed for')
      .option('--s3-prefix <prefix>', 'beginning of every key, with a slash at its end')
      .option('--s3-secret <name>', 'Secret with access-key-id and secret-access-key (claude-evidence-store)')
      .option('--s3-ca', 'the Secret has the certificate authority of the store as ca.crt')
      .option('--s3-address <cidr>', 'address of the store, which is reached directly; may be repeated', collect)
      .option('--runbooks <url>', 'where docs/ is served; alerts link to its operations.md')
      .option('--trust-dir <folder>', 'folder with allowed_signers, revoked_keys and policy.yaml')
      .addHelpText('after', EXAMPLES);
    action(async (flags: RenderFlags) => {
      const { printInstallation } = await import('../install/render-installation.ts');
      return await printInstallation(getContext(), flags);
    });
  },
};
