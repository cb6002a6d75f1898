import { isAbsolute } from 'node:path';
import { explainCommand, type CommandExplanation } from '../command-policy/decide-command.ts';
import { FAMILIES, isFamily, type Family } from '../command-policy/tool.ts';
import { WarroomError } from '../domain/errors.ts';
import { cleanLine } from '../report/untrusted.ts';
import { readInput } from './check-file.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { renderExplanation } from './render/command-explanation.ts';

/** Prints what is decided about shell text, and why. */
export async function explainCommandText(
  context: CliContext,
  given: string,
  flags: { readonly tool?: readonly string[]; readonly evidenceDir: string },
): Promise<ExitCode> {
  const { evidenceDir } = flags;
  if (!isAbsolute(evidenceDir)) {
    const hint = 'give an absolute path such as /evidence';
    throw new WarroomError('usage', `--evidence-dir ${cleanLine(evidenceDir)} is not absolute`, { hint });
  }
  const allowedTools = flags.tool?.map(familyOf);
  const text = given === '-' ? await readInput('-', context) : given;
  const options = { evidenceDir, ...(allowedTools === undefined ? {} : { allowedTools }) };
  const explanation = explainCommand(text, options);
  const { io } = context;
  if (context.flags.json) io.out(JSON.stringify(explanationJson(explanation), null, 2));
  else {
    for (const line of renderExplanation(explanation, io.style)) io.out(line);
    const { errorStyle } = io;
    io.err(
      isAllowed(explanation)
        ? `${errorStyle.good('✔')} allowed: a processor would run this`
        : `${errorStyle.bad('✘')} denied: nothing of it runs`,
    );
  }
  return isAllowed(explanation) ? EXIT.done : EXIT.notAllowed;
}

function isAllowed(explanation: CommandExplanation): boolean {
  return explanation.kind === 'read' && explanation.isAllowed;
}

function familyOf(word: string): Family {
  if (isFamily(word)) return word;
  throw new WarroomError('usage', `there is no tool ${cleanLine(word)}`, { hint: `tools are ${FAMILIES.join(', ')}` });
}

/** The names are a promise. */
function explanationJson(explanation: CommandExplanation): Readonly<Record<string, unknown>> {
  const decision = isAllowed(explanation) ? 'allowed' : 'denied';
  if (explanation.kind === 'unreadable') return { decision, reason: explanation.reason, commands: [] };
  const commands = explanation.commands.map(({ connector, argv, verdict }) => ({
    connector,
    argv,
    decision: verdict.kind,
    ...(verdict.kind === 'allowed' ? { needs: verdict.needs } : { word: verdict.word ?? null, reason: verdict.reason }),
  }));
  const first = commands.find((command) => command.decision === 'denied');
  return { decision, reason: first !== undefined && 'reason' in first ? first.reason : null, commands };
}
