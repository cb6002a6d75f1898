import type { CommandModule } from '../context.ts';
import { branchName, collect } from '../flag-values.ts';
import type { InitFlags } from '../init.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom init --github-repo acme/warroom       an empty repository on GitHub that you may push to
  $ claude-warroom init --repo git@git.example.com:ops/warroom.git
  $ claude-warroom init --repo /srv/warroom.git          makes a bare repository on this machine
  $ claude-warroom init --github-repo acme/warroom --dir ~/warroom --owner @acme/platform

Adds the files that are missing and overwrites none, so it can be repeated. Writes the configuration of this machine.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('--github-repo <owner/name>', 'repository on GitHub')
      .option('--branch <name>', 'branch to use', branchName)
      .option('--dir <folder>', 'clone a work tree there, to look around')
      .option('--owner <who>', 'team for CODEOWNERS, such as @acme/platform; may be repeated', collect)
      .option('--no-workflow', 'leave out the GitHub workflow that checks requests')
      .option('--yes', 'ask nothing; replace another war room in the configuration')
      .addHelpText('after', EXAMPLES);
    action(async (flags: InitFlags) => {
      const { init } = await import('../init.ts');
      return await init(getContext(), flags);
    });
  },
};
