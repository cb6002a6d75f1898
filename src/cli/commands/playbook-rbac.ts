import type { CommandModule } from '../context.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom playbook rbac | kubectl apply -f -
  $ claude-warroom playbook rbac etcd-latency control-plane-health

One role for each side (hub, hosted) and place. Where an input names the namespace it is a ClusterRole to be bound in the
namespaces that may be looked at. Nothing in it writes. Steps that run a reader inside a container need create on pods/exec;
they are left out, because a processor refuses to start with such a credential.`;

interface RbacFlags {
  readonly dir?: string;
  readonly name: string;
  readonly execRead?: boolean;
}

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('[id...]', 'playbooks; all when none is named')
      .option('--dir <folder>', 'playbooks of the site, besides the built-in ones')
      .option('--name <name>', 'beginning of the names of the roles', 'claude-warroom')
      .option('--exec-read', 'also what steps that run a reader inside a container need')
      .addHelpText('after', EXAMPLES);
    action(async (names: readonly string[], flags: RbacFlags) => {
      const { printRbac } = await import('../playbook/print-access.ts');
      return await printRbac(getContext(), names, flags);
    });
  },
};
