import type { LoadedPlaybook } from '../../playbook/load-playbooks.ts';
import type { PlaybookInput, PlaybookRule, PlaybookStep } from '../../schema/generated.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderTable, renderTsv, wrapText } from '../render/table.ts';
import { findPlaybook, loadAll } from './find-playbook.ts';

/** Prints one line for each playbook. */
export async function listPlaybooks(context: CliContext, flags: { readonly dir?: string }): Promise<ExitCode> {
  const { io } = context;
  const all = await loadAll(context, flags.dir);
  if (context.flags.json) {
    io.out(JSON.stringify({ playbooks: all.map(summaryJson) }, null, 2));
    return EXIT.done;
  }
  if (!io.isTerminal) {
    for (const loaded of all) io.out(renderTsv(summaryCells(loaded)));
    return EXIT.done;
  }
  const headings = ['ID', 'TARGETS', 'STEPS', 'RULES', 'TIME', 'FROM', 'TITLE'].map((heading) => io.style.dim(heading));
  for (const line of renderTable([headings, ...all.map(summaryCells)], io.width)) io.out(line);
  return EXIT.done;
}

function summaryJson({ playbook: { metadata, spec }, origin, file, sha256 }: LoadedPlaybook): object {
  return {
    ...metadata,
    ...{ strategies: spec.strategies, targets: spec.targets, origin, file, sha256 },
    ...{ steps: spec.steps.length, rules: spec.rules.length, seconds: spec.budget.seconds },
  };
}

function summaryCells({ playbook: { metadata, spec }, origin }: LoadedPlaybook): readonly string[] {
  return [
    metadata.id,
    spec.targets.join(','),
    String(spec.steps.length),
    String(spec.rules.length),
    `${spec.budget.seconds}s`,
    origin,
    metadata.title,
  ];
}

/** Prints what a playbook looks at, with every command that it runs, and what it concludes. */
export async function showPlaybook(
  context: CliContext,
  name: string,
  flags: { readonly dir?: string },
): Promise<ExitCode> {
  const { io } = context;
  const loaded = findPlaybook(name, await loadAll(context, flags.dir));
  if (context.flags.json) {
    io.out(
      JSON.stringify({ ...loaded.playbook, origin: loaded.origin, file: loaded.file, sha256: loaded.sha256 }, null, 2),
    );
    return EXIT.done;
  }
  for (const line of renderPlaybook(loaded, io)) io.out(line);
  return EXIT.done;
}

export function renderPlaybook(
  { playbook, origin, file }: LoadedPlaybook,
  { style, width }: Pick<CliContext['io'], 'style' | 'width'>,
): readonly string[] {
  const { metadata, spec } = playbook;
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', style.bold(title), ...lines];
  return [
    `${style.bold(metadata.id)}  ${metadata.title}`,
    ...wrapText(metadata.description, width - 2).map((line) => `  ${line}`),
    `  ${style.dim(`version ${metadata.version}, ${origin}, ${file}`)}`,
    `  strategies ${spec.strategies.join(', ')}; targets ${spec.targets.join(', ')}; at most ${spec.budget.seconds} s`,
    ...section('Inputs', Object.entries(spec.inputs ?? {}).map(inputLine)),
    ...section(
      'Steps',
      spec.steps.flatMap((step) => stepLines(step, style.dim.bind(style))),
    ),
    ...section(
      'Rules',
      spec.rules.flatMap((rule) => ruleLines(rule, style.dim.bind(style))),
    ),
  ];
}

function inputLine([name, input]: readonly [string, PlaybookInput]): string {
  const facts = [
    input.type,
    ...(input.required === true ? ['required'] : []),
    ...(input.default === undefined ? [] : [`default ${input.default}`]),
    ...(input.from === undefined ? [] : [`from ${input.from}`]),
  ];
  return `  ${name}  ${input.description} (${facts.join(', ')})`;
}

function stepLines(step: PlaybookStep, dim: (text: string) => string): readonly string[] {
  const { argv, promql, collector } = step;
  const command =
    argv === undefined
      ? `${promql === undefined ? 'built-in' : 'promql'} ${promql?.query ?? collector ?? ''}`
      : shellLine(argv);
  const facts = [
    step.access,
    `privilege ${step.privilege ?? 'user'}`,
    ...(step.required === true ? ['required'] : []),
    ...(step.via === undefined ? [] : [`via ${step.via}`]),
    ...(step.platforms === undefined ? [] : [`only ${step.platforms.join(', ')}`]),
    ...(step.forEach === undefined
      ? []
      : [`for each ${step.forEach.rule ?? step.forEach.step ?? ''}, at most ${step.forEach.max}`]),
    ...(step.when === undefined
      ? []
      : [`when ${[step.when.step, step.when.rule, step.when.input].filter(Boolean).join(', ')}`]),
    ...(step.rbac ?? []).map(
      ({ verbs, resource, url, group, scope }) =>
        `${verbs.join(',')} ${[resource ?? url ?? '', group ?? ''].filter(Boolean).join('.')} in ${scope ?? 'cluster'}`,
    ),
    `${step.timeoutSeconds} s`,
  ];
  return [
    `  ${step.id}  ${step.title}`,
    `    $ ${command}`,
    ...(step.fallback ?? []).map((each) => `    else $ ${shellLine(each.argv)}`),
    `    ${dim(facts.join('; '))}`,
  ];
}

function ruleLines({ id, title, from, finding }: PlaybookRule, dim: (text: string) => string): readonly string[] {
  const codes = [
    finding.code,
    ...(finding.refine?.cases ?? []).flatMap(({ code }) => (code === undefined ? [] : [code])),
  ];
  const actions = (finding.recommendations ?? []).map(({ action, risk }) => `    → ${action} ${dim(`(risk ${risk})`)}`);
  return [
    `  ${id}  ${title}`,
    `    ${dim(`${finding.severity} ${codes.join(', ')} from ${from}, confidence ${finding.confidence}`)}`,
    ...actions,
  ];
}

/** The argument list as a person would type it. */
function shellLine(argv: readonly string[]): string {
  return argv
    .map((element) =>
      /^[\w@%+=:,./${}-]+$/u.test(element) ? element : `'${element.replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(' ');
}
