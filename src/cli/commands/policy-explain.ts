import { Option } from 'commander';
import type { CommandModule } from '../context.ts';
import { collect, durationSeconds, moment } from '../flag-values.ts';
import type { ExplainFlags } from '../policy/explain-policy.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom policy explain --as alice@example.com --cluster hub-1 --strategy etcd-latency
  $ claude-warroom policy explain --as bob@example.com --strategy general --engine claude -c processor.yaml
  $ claude-warroom policy explain --as alice@example.com --cluster hub-1 --strategy general \\
      --at 2026-11-21T03:00:00+01:00 --file policy.yaml

Says which rule allows it, or for each rule what does not fit. With -c it also counts what was used today.
Exit code 0 when it is allowed, 4 when it is not.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .addOption(new Option('--as <principal>', 'who would ask').makeOptionMandatory())
      .option('--cluster <name>', 'cluster to ask about; that of the processor when absent')
      .addOption(new Option('--strategy <name>', 'strategy that would run; not auto').makeOptionMandatory())
      .option('--namespace <name>', 'namespace that the request names')
      .addOption(
        new Option('--engine <engine>', 'engine of the request (auto)').choices(['auto', 'diagnostics', 'claude']),
      )
      .addOption(new Option('--mode <mode>', 'mode of the request (read)').choices(['read', 'propose', 'apply']))
      .option('--tool <family>', 'tool that the request names; may be repeated', collect)
      .option('--timeout <time>', 'timeout of the request, such as 15m', durationSeconds)
      .option('--at <time>', 'when, such as 2026-11-20T14:30:00Z; now when absent', moment)
      .option('--file <policy>', 'policy to look at')
      .option('-c <file>', 'configuration of a processor, which names its policy')
      .addHelpText('after', EXAMPLES);
    action(async (flags: ExplainFlags) => {
      const { explainPolicy } = await import('../policy/explain-policy.ts');
      return await explainPolicy(getContext(), flags);
    });
  },
};
