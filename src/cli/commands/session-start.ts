import type { CommandModule } from '../context.ts';
import { durationSeconds, SIGNING_KEY } from '../flag-values.ts';
import type { StartFlags } from '../sessions/send-session.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom session start --cluster production-hub --duration 2h --purpose "compare etcd members by hand"
  $ claude-warroom session start --cluster production-hub --duration 30m --namespace clusters-prod-1 --json

The policy of the cluster decides who may have a session, and for how long. The answer comes within one look of its processor.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .requiredOption('--cluster <name>', 'cluster to work beside')
      .requiredOption('--duration <time>', 'how long it lives, such as 2h', durationSeconds)
      .option('--namespace <name>', 'namespace that it is about, where the policy wants one')
      .option('--purpose <text>', 'what it is for; published')
      .option('--signing-key <file>', SIGNING_KEY)
      .addHelpText('after', EXAMPLES);
    action(async (flags: StartFlags) => {
      const { startSession } = await import('../sessions/send-session.ts');
      return await startSession(getContext(), flags);
    });
  },
};
