import type { InventoryEntry } from '../../domain/inventory-host.ts';
import type { HostCheck } from '../../hosts/check-host.ts';
import type { FleetComparison, HostComparison } from '../../hosts/outliers.ts';
import { cleanLine } from '../../report/untrusted.ts';
import type { Style } from '../context.ts';
import { renderTsv } from './table.ts';

/** `warroom@192.0.2.11:22`, or `local`. */
export function reachText(reach: InventoryEntry['reach']): string {
  if (reach.kind === 'local') return 'local';
  const { user, address, port, jump } = reach.ssh;
  return `${user}@${address}:${port}${jump === undefined ? '' : ` over ${jump.user}@${jump.address}:${jump.port}`}`;
}

const MARKS = { good: '✔', problem: '✖', unknown: '?' } as const;

/** One line per host when all is well, and one more per row that is not. */
export function renderHostCheck({ host, rows }: HostCheck, style: Style): readonly string[] {
  const isGood = rows.every(({ state }) => state === 'good');
  const head = isGood ? `${style.good(MARKS.good)} ${host}` : style.bold(host);
  const shown = rows.map(({ name, state, detail }) => {
    return `    ${mark(state, style)} ${name}: ${cleanLine(detail)}`;
  });
  return [head, ...shown];
}

function mark(state: keyof typeof MARKS, style: Style): string {
  switch (state) {
    case 'good':
      return style.good(MARKS.good);
    case 'problem':
      return style.bad(MARKS.problem);
    case 'unknown':
      return style.warn(MARKS.unknown);
  }
}

/** The hosts that differ, and one line for all others; every host when `all` is set. */
export function renderComparison(
  comparison: FleetComparison,
  { style, all }: { readonly style: Style; readonly all: boolean },
): readonly string[] {
  const { hosts, shared, known } = comparison;
  const common = shared.map(
    ({ finding, hosts: count }) => `  ${style.warn('!')} ${cleanLine(finding.title)}  (${count} of ${known} hosts)`,
  );
  const shown = hosts.filter(({ kind }) => all || kind !== 'usual').flatMap((host) => renderHost(host, style));
  return [...(common.length === 0 ? [] : ['On most hosts:', ...common]), ...shown, summaryOf(comparison)];
}

function summaryOf({ hosts, shared }: FleetComparison): string {
  const usual = hosts.filter(({ kind }) => kind === 'usual').length;
  const [only, ...others] = hosts;
  if (only !== undefined && others.length === 0) {
    return usual === 1 ? `nothing is wrong on ${only.host}` : 'there is no other host to compare it with';
  }
  if (usual === 0) return `every one of ${hosts.length} hosts differs from the others`;
  return `${usual} of ${hosts.length} hosts say the same${shared.length === 0 ? ': nothing is wrong there' : ''}`;
}

const FIELDS = ['host', 'state', 'severity', 'code', 'object', 'title'] as const;
type Row = Readonly<Partial<Record<(typeof FIELDS)[number], string>>>;

/** The same for pipes, a line for each difference: host, state, severity, code, object, title; `*` is most hosts. */
export function renderComparisonRows(
  { hosts, shared, known }: FleetComparison,
  { all }: { readonly all: boolean },
): readonly string[] {
  const common = shared.map(({ finding: { severity, code, object, title }, hosts: count }): Row => {
    return { host: '*', state: 'shared', severity, code, object, title: `${title} (${count} of ${known} hosts)` };
  });
  const rows = [...common, ...hosts.filter(({ kind }) => all || kind !== 'usual').flatMap(hostRows)];
  return rows.map((row) => renderTsv(FIELDS.map((field) => cleanLine(row[field] ?? ''))));
}

function hostRows(comparison: HostComparison): readonly Row[] {
  const { host, kind: state } = comparison;
  switch (comparison.kind) {
    case 'usual':
      return [{ host, state }];
    case 'unknown':
      return [{ host, state, title: comparison.why }];
    case 'outlier':
    case 'alone':
      return [
        ...comparison.extra.map(({ severity, code, object, title }) => ({
          host,
          state,
          severity,
          code,
          object,
          title,
        })),
        ...comparison.absent.map((problem) => ({ host, state, title: `does not have what most have: ${problem}` })),
        ...comparison.unknownSteps.map((step) => ({ host, state, title: `unknown: ${step} gave no answer` })),
      ];
  }
}

function renderHost(host: HostComparison, style: Style): readonly string[] {
  switch (host.kind) {
    case 'usual':
      return [`${style.good('✔')} ${host.host}`];
    case 'unknown':
      return [`${style.warn('?')} ${style.bold(host.host)}  unknown: ${cleanLine(host.why)}`];
    case 'outlier':
    case 'alone':
      return [
        `${style.bad('✖')} ${style.bold(host.host)}`,
        ...host.extra.map(({ severity, title }) => `    ${severity}: ${cleanLine(title)}`),
        ...host.absent.map((problem) => `    does not have what most have: ${cleanLine(problem)}`),
        ...host.unknownSteps.map((step) => `    unknown: ${step} gave no answer`),
      ];
  }
}
