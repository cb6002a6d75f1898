import { spawnSync } from 'node:child_process';
import { printSkipReason } from './skip-reason.ts';

/** The parser of GitHub, from the packages of the system. */
const PARSER = 'cmark-gfm';

/** Whether the parser is here; prints the reason when not. */
export function hasGitHubParser(): boolean {
  const isHere = spawnSync(PARSER, ['--version']).status === 0;
  if (!isHere) printSkipReason('cmark-gfm is not installed: pages are not read by the parser of GitHub');
  return isHere;
}

/** A page as GitHub reads it, before it cleans the HTML. */
export function toHtml(markdown: string): string {
  const extensions = ['table', 'autolink', 'strikethrough', 'tasklist'].flatMap((name) => ['-e', name]);
  return spawnSync(PARSER, ['--unsafe', ...extensions], { input: markdown, encoding: 'utf8' }).stdout;
}
