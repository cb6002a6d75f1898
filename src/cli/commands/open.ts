import { WarroomError } from '../../domain/errors.ts';
import type { CliContext, CommandModule } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom open              the newest report in the browser
  $ claude-warroom open @last | cat  only its address

Needs a war room at GitHub or GitLab. While there is no report the request is opened.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command.argument('[id]', 'request id, its beginning, or @last', '@last').addHelpText('after', EXAMPLES);
    action(async (id: string) => await open(getContext(), id));
  },
};

async function open(context: CliContext, selector: string): Promise<ExitCode> {
  const { withWarRoom } = await import('../session.ts');
  const { findRequest } = await import('../../client/find-request.ts');
  const { fileUrl, folderUrl } = await import('../../client/web-url.ts');
  const { requestPath, resultFolder } = await import('../../domain/repository-layout.ts');
  const { io, clock, signal, flags } = context;
  const url = await withWarRoom(context, async ({ warRoom, principal }) => {
    const { view, snapshot } = await findRequest(warRoom, { selector, now: clock.now(), principal, signal });
    const hasResult = (await snapshot.list([resultFolder(view.id)], { signal })).length > 0;
    const page = hasResult ? folderUrl(warRoom, resultFolder(view.id)) : fileUrl(warRoom, requestPath(view.id));
    if (page !== undefined) return page;
    throw new WarroomError('not-found', `${warRoom.address} has no web pages that are known`, {
      why: 'pages are known for GitHub and GitLab',
      hint: `read it here: claude-warroom get-results ${view.id}`,
    });
  });
  if (flags.json) io.out(JSON.stringify({ url }));
  else io.out(url);
  if (!io.isTerminal || flags.json) return EXIT.done;
  const { openInBrowser } = await import('../browser.ts');
  const isOpened = await openInBrowser(url, context.env);
  if (!isOpened) io.err('no browser could be started; open the address yourself');
  return EXIT.done;
}
