import { Option } from 'commander';
import type { CommandModule } from '../context.ts';
import type { DemoFlags } from '../demo/demo.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom demo                       a real report about this machine, in seconds
  $ claude-warroom demo --keep warroom-demo   and the war room to look around in
  $ claude-warroom demo --engine claude       Claude Code judges too; costs money, sends data of this machine
  $ claude-warroom demo --json | tail -1 | jq .outcome

Nothing leaves this machine unless Claude is asked, and everything is removed afterwards unless --keep is given.
With --json the last line is {"id","phase","outcome","engine","evidence","usd","seconds","warRoom"}.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    const engine = new Option('--engine <engine>', 'who judges the evidence').choices([
      'auto',
      'diagnostics',
      'claude',
    ]);
    command
      .option('--keep <dir>', 'keep everything in this new folder')
      .addOption(engine.default('auto'))
      .addHelpText('after', EXAMPLES);
    action(async (flags: DemoFlags) => {
      const { demo } = await import('../demo/demo.ts');
      return await demo(getContext(), flags);
    });
  },
};
