import type { CommandModule } from '../context.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom policy validate policy.yaml
  $ claude-warroom policy validate -c /etc/claude-warroom/processor.yaml   the policy that this processor uses
  $ claude-warroom policy validate --json - < policy.yaml

Problems are printed as file:line:column: what, why, what to do.
Exit code 0 when the policy is valid, 2 when it is not: a processor would refuse to start, or keep the one before.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('[file]', 'policy to check; - reads standard input; that of the processor when absent')
      .option('-c <file>', 'configuration of a processor, which names its policy')
      .addHelpText('after', EXAMPLES);
    action(async (file: string | undefined, flags: { readonly c?: string }) => {
      const { validatePolicy } = await import('../policy/validate-policy.ts');
      return await validatePolicy(getContext(), file, flags);
    });
  },
};
