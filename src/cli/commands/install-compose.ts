import { resolve } from 'node:path';
import type { CliContext, CommandModule } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { wholeNumber } from '../flag-values.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom install compose --image registry.example.com/claude-warroom@sha256:… > compose.yaml
  $ docker compose up -d        and later  docker compose down --volumes

Prints a compose file for a processor in a container: read-only, without capabilities, with a volume for its state. The
folder with processor.yaml is mounted at /etc/claude-warroom; paths in it must be those of the container, and readable by
group 0. It looks at clusters and at hosts over SSH; it cannot see the machine that it runs on.`;

interface ComposeFlags {
  readonly image: string;
  readonly configDir: string;
  readonly uid: number;
}

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .requiredOption('--image <name@digest>', 'image of this program, by its digest')
      .option('--config-dir <folder>', 'folder with processor.yaml', '/etc/claude-warroom')
      .option('--uid <number>', 'user inside of the container', wholeNumber, 10_001)
      .addHelpText('after', EXAMPLES);
    action(async (flags: ComposeFlags) => await printCompose(getContext(), flags));
  },
};

async function printCompose({ io, cwd }: CliContext, { image, configDir, uid }: ComposeFlags): Promise<ExitCode> {
  const { parseImage } = await import('../../install/parse-installation.ts');
  const { composeFile } = await import('../../install/compose-file.ts');
  io.out(composeFile({ image: parseImage(image), configDir: resolve(cwd, configDir), uid }).trimEnd());
  return EXIT.done;
}
