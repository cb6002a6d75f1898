import { resolve } from 'node:path';
import { sha256 } from '../../lib/digest.ts';
import { parseDocument } from '../../schema/parse-document.ts';
import { formatProblem } from '../../schema/problem.ts';
import { readInput } from '../check-file.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { policyPathOf } from './policy-source.ts';

/** Checks one policy exactly as a processor does before it takes effect. */
export async function validatePolicy(
  context: CliContext,
  named: string | undefined,
  flags: { readonly c?: string },
): Promise<ExitCode> {
  const { io } = context;
  const file = named ?? (await policyPathOf(context, flags.c));
  const name = file === '-' ? 'stdin' : file;
  const text = await readInput(file === '-' ? file : resolve(context.cwd, file), context);
  const parsed = parseDocument('Policy', text, { file: name });
  if (context.flags.json) {
    const facts = parsed.ok ? { sha256: sha256(text), rules: parsed.value.rules.length } : {};
    const found = parsed.ok ? { problems: [], more: 0 } : { problems: parsed.problems, more: parsed.more };
    io.out(JSON.stringify({ file: name, valid: parsed.ok, ...facts, ...found }, null, 2));
    return parsed.ok ? EXIT.done : EXIT.usage;
  }
  if (!parsed.ok) {
    for (const problem of parsed.problems) io.out(formatProblem(problem));
    if (parsed.more > 0) io.out(`${name}: ${parsed.more} more problem${parsed.more === 1 ? '' : 's'}`);
    return EXIT.usage;
  }
  const { rules, limits = [] } = parsed.value;
  const counts = `${rules.length} rule${rules.length === 1 ? '' : 's'}, ${limits.length} limit${limits.length === 1 ? '' : 's'}`;
  io.err(`${io.errorStyle.good('✔')} ${name}: valid Policy, ${counts}, sha256 ${sha256(text).slice(0, 12)}`);
  return EXIT.done;
}
