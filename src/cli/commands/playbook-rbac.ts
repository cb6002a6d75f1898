import type { CommandModule } from '../context.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom playbook rbac | kubectl apply -f -
  $ claude-warroom playbook rbac etcd-latency control-plane-health

One role for each side (hub, hosted) and place. Where an input names the namespace it is a ClusterRole to be bound in the
namespaces that may be looked at. Nothing in it writes. create on pods/exec, for steps that run a reader inside
a container, is left out unless --exec-read asks for it.`;

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
      .option('--exec-read', 'with what steps of access exec-read need')
      .option('--name <name>', 'beginning of the names of the roles', 'claude-warroom')
      .addHelpText('after', EXAMPLES);
    action(async (names: readonly string[], flags: RbacFlags) => {
      const { printRbac } = await import('../playbook/print-access.ts');
      return await printRbac(getContext(), names, flags);
    });
  },
};
