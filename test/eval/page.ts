import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceSection } from '../support/page-section.ts';

const PAGE = join(import.meta.dirname, '../../docs/benchmarks.md');

export const EVAL_HEADING = 'How well playbooks find causes';

/** Writes the section of docs/benchmarks.md and leaves the others alone. */
export async function writeEvaluation(facts: {
  readonly date: string;
  readonly tables: string;
  readonly misses: readonly string[];
}): Promise<void> {
  const { date, tables, misses } = facts;
  const section = `## ${EVAL_HEADING}

Written by \`npm run eval -- --write\` on ${date}; no model is asked.

- A case is a recording, the question that was asked about it, and the causes that are right; they were written down
  before the result was looked at. Rank 1 and top 3 are places among the hypotheses of the report.
- Most cases of hosts are recordings of real faults: \`npm run eval:record\` injects each into a throwaway Debian 12 with systemd,
  PostgreSQL, MariaDB, Redis, nginx, OpenSSH, Podman, nftables and ufw. The others, of other distributions and programs, are
  made by hand from real wordings, as cases of clusters are from documented shapes of objects; each \`case.yaml\` says which.
- *As first seen* counts what the playbooks said before a case led to a repair. *Never used for a repair* leaves those
  cases out. Corrections of the cases themselves are not counted there: nine expected codes of hand-made clusters became the
  finer code of the same rule, two of their objects lacked a field, and four faults were injected again because the script
  had not made the machine ill, or not in the way it said.
- A finding on a healthy target is false when it is a warning or worse. *False all-clear* counts faults that were answered
  with "no problem". *Rules unknown* are those whose step gave no answer.
- *ms* is judging a recording; *live* is the whole playbook on the machine that was recorded, which shared its two
  processors with other work.

${tables}
${misses.length === 0 ? '' : `\nNot at rank 1:\n\n${misses.map((line) => `- ${line}`).join('\n')}\n`}`;
  const page = await readFile(PAGE, 'utf8');
  await writeFile(PAGE, replaceSection(page, EVAL_HEADING, section));
}
