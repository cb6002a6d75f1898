import { Option } from 'commander';
import type { CommandModule } from '../context.ts';
import { addFailOn } from '../fail-on.ts';
import { amount, collect, collectPair, duration, durationSeconds, SIGNING_KEY } from '../flag-values.ts';
import type { InvestigateFlags } from '../investigate.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom investigate                          asks for what it needs
  $ claude-warroom investigate --cluster production-hub --issue "API server answers after 30 s" --wait
  $ claude-warroom investigate --cluster hub --issue "etcd is slow" --namespace clusters-prod-1 --dry-run
  $ journalctl -u kubelet | tail -50 | claude-warroom investigate --cluster node-7 --issue "kubelet" --prompt -
  $ claude-warroom investigate -f request.yaml --json | jq -r .id
  $ claude-warroom investigate --cluster hub-a --cluster hub-b --issue "logins fail" --coordination sequential --stop-on root-cause

--cluster hub, hosted or host means the only cluster of that type. A hosted cluster is answered by its hub;
--resource namespace/NAME  is a namespace inside it.
Exit code 0 when sent; with --wait also 1 failed, 4 rejected, 8 not done in time.`;

/** Flags that describe a request; a file does that already. */
const DESCRIBING = ['cluster', 'type', 'namespace', 'issue', 'name', 'category', 'strategy', 'prompt', 'resource'];
const DESCRIBING_TOO = ['coordination', 'stopOn', 'attach', 'timeout', 'tool', 'label', 'engine', 'budget'];

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .addOption(
        new Option('-f, --file <file>', 'send a hand-written request; - reads standard input').conflicts([
          ...DESCRIBING,
          ...DESCRIBING_TOO,
        ]),
      )
      .option('--cluster <name>', 'cluster to ask; may be repeated', collect)
      .addOption(
        new Option('--type <type>', 'type of a cluster that is not known yet').choices(['hub', 'hosted', 'host']),
      )
      .addOption(
        new Option('--coordination <mode>', 'ask several clusters at once, or one after the other (parallel)').choices([
          'parallel',
          'sequential',
        ]),
      )
      .addOption(
        new Option('--stop-on <what>', 'what ends the request for clusters that have not begun (never)').choices([
          'root-cause',
          'failure',
          'never',
        ]),
      )
      .option('--namespace <name>', 'namespace to look at first')
      .option('--issue <text>', 'what you see; - reads standard input')
      .option('--name <name>', 'short name, for the title and the id')
      .option('--category <area>', 'area of the problem, for example control-plane')
      .option('--strategy <name>', 'what to look at; auto chooses by the words of the issue')
      .option('--prompt <text>', 'anything else for the investigator; - reads standard input')
      .option('--resource <kind/name>', 'object that shows the problem; may be repeated', collect)
      .option('--attach <file>', 'text to send along, without its secrets; may be repeated', collect)
      .option('--timeout <time>', 'time for the investigation, for example 15m', durationSeconds)
      .option('--tool <family>', 'family of read-only commands that may be used; may be repeated', collect)
      .option('--label <name=value>', 'label; may be repeated', collectPair)
      .addOption(
        new Option('--engine <engine>', 'diagnostics uses no model').choices(['auto', 'diagnostics', 'claude']),
      )
      .option('--budget <usd>', 'US dollars that the model may cost', amount)
      .option('--wait [time]', 'wait for the answer, for example 15m', duration)
      .option('--follow', 'wait for the answer, as long as it takes')
      .option('--dry-run', 'print the request and what would happen; send nothing')
      .option('--yes', 'ask nothing')
      .option('--signing-key <file>', SIGNING_KEY);
    addFailOn(command).addHelpText('after', EXAMPLES);
    action(async (flags: InvestigateFlags) => {
      const { investigate } = await import('../investigate.ts');
      return await investigate(getContext(), flags);
    });
  },
};
