import type { CommandModule } from '../context.ts';
import type { PolicyFlags } from '../policy/policy-source.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom policy test policy-test.yaml                      the policy that the file names
  $ claude-warroom policy test policy-test.yaml --file new-policy.yaml
  $ claude-warroom policy test --json policy-test.yaml | jq '.cases[] | select(.passed | not)'

A case says who asks what, and what must be decided:
  - {as: alice@example.com, cluster: hub-1, strategy: etcd-latency, expect: allow, rule: sre-read}
Exit code 0 when all come out as expected, 1 when one does not, 2 when a file is bad.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<file>', 'file with cases (kind: PolicyTest)')
      .option('--file <policy>', 'policy to test')
      .option('-c <file>', 'configuration of a processor, which names its policy')
      .addHelpText('after', EXAMPLES);
    action(async (file: string, flags: PolicyFlags) => {
      const { testPolicy } = await import('../policy/test-policy.ts');
      return await testPolicy(getContext(), file, flags);
    });
  },
};
