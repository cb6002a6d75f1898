import { quoted } from './markdown-blocks.ts';
import { plainMarkdown } from './untrusted.ts';

/** Stands at the end of a report whose large evidence is not in Git. */
export function externalEvidenceNote(id: string, paths: readonly string[]): string {
  const one = paths.length === 1;
  return `\n${quoted([
    `**Large evidence is in the object store**, and its links lead nowhere here: ${paths.map((path) => plainMarkdown(path)).join(', ')}. manifest.json has ${one ? 'its key and digest' : 'their keys and digests'}; whoever may read the store gets ${one ? 'it' : 'them'} with`,
    '',
    `    claude-warroom get-results ${id} --output FOLDER`,
  ])}\n`;
}
