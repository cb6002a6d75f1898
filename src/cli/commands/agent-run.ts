import { environmentValue } from '../../config/environment.ts';
import type { AgentEnd } from '../../executor/agent/run-agent.ts';
import type { CliContext, CommandModule } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom agent-run --processor https://10.0.0.7:8443 --credentials /var/run/warroom-agent --work /work

A processor with  executor: { kind: kubernetes-job }  starts this in the pod of each investigation (docs/job-executor.md).
Exit code 0 when the processor said that it is done, 1 when the processor was lost or no longer wants it, 130 when stopped.`;

interface AgentFlags {
  readonly processor: string;
  readonly credentials: string;
  readonly work: string;
  readonly claude?: string;
}

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .requiredOption('--processor <url>', 'where the processor waits for its agent')
      .requiredOption('--credentials <folder>', 'folder with token and ca.crt')
      .requiredOption('--work <folder>', 'empty folder that may be written to')
      .option('--claude <path>', 'path of the claude binary; looked up when absent')
      .addHelpText('after', EXAMPLES);
    action(async (flags: AgentFlags) => await run(getContext(), flags));
  },
};

async function run({ io, env, signal }: CliContext, flags: AgentFlags): Promise<ExitCode> {
  const { runAgent } = await import('../../executor/agent/run-agent.ts');
  const end = await runAgent({ ...flags, path: environmentValue(env, 'PATH'), signal });
  const { exit, said } = describeEnd(end);
  if (said !== undefined) io.err(said);
  return exit;
}

/** How the process ends, and why: the pod's log tells it when the processor cannot. */
export function describeEnd(end: AgentEnd): { readonly exit: ExitCode; readonly said?: string } {
  switch (end) {
    case 'finished':
      return { exit: EXIT.done };
    case 'stopped':
      return { exit: EXIT.interrupted };
    case 'ended':
      return { exit: EXIT.failed, said: 'the processor no longer knows this agent' };
    case 'refused':
      return {
        exit: EXIT.failed,
        said: 'the processor takes no more from this agent: it said more than a run may say',
      };
    case 'unreachable':
      return { exit: EXIT.failed, said: 'the processor cannot be reached' };
  }
}
