import { Option } from 'commander';
import type { CommandModule } from '../context.ts';
import { duration } from '../flag-values.ts';
import { PROCESSOR_FILE } from '../zone.ts';
import type { AuditFlags } from '../export-audit.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom admin audit --since 24h | jq -r 'select(.event=="command") | .argv | join(" ")'
  $ claude-warroom admin audit --format syslog | nc -N collector 601
  $ claude-warroom admin audit --verify /var/log/warroom/audit.jsonl

Who asked what, which commands ran, who released, paused, resumed and stopped. Each line holds the digest of the one
before it; --verify names the first that does not fit, and prints the last digest to compare with another copy.
Exit code 1 when the chain is broken.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('--since <time>', 'only the last 90s, 10m or 24h', duration)
      .addOption(new Option('--format <format>', 'form of the lines').choices(['jsonl', 'syslog']).default('jsonl'))
      .option('--verify <file>', 'check the chain of a file and print nothing of it')
      .option('-c <file>', PROCESSOR_FILE)
      .addHelpText('after', EXAMPLES);
    action(async (flags: AuditFlags) => {
      const { exportAudit } = await import('../export-audit.ts');
      return await exportAudit(getContext(), flags);
    });
  },
};
