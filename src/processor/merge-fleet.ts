import {
  isProblem,
  severityRank,
  type CoverageStep,
  type Finding,
  type FindingRelations,
  type Judgement,
} from '../domain/finding.ts';
import { compareHosts, type HostComparison, type HostLook } from '../hosts/outliers.ts';
import { shortened } from '../report/untrusted.ts';

/** Limits of the report contract. */
const MAX_TITLE = 300;
const MAX_EXPLANATION = 2000;
const MAX_COVERAGE_TITLE = 120;
const MAX_REASON = 300;
const MAX_CITATIONS = 20;
/** Hosts of which a problem that many have is quoted. */
const QUOTED_HOSTS = 5;
const NAMED_HOSTS = 10;

/** What a group of hosts says together. */
export interface FleetJudgement {
  readonly judgement: Judgement;
  /** Which hosts differ and which are unknown, in words: the first thing to know. */
  readonly summary: string;
}

/**
 * Makes one judgement of those of many hosts. What a single host has stands first, under its name; a problem by which
 * most hosts are alike is one finding, because it has one cause; a host that is unknown is a gap that no other host
 * fills.
 */
export function mergeFleet(looks: readonly HostLook[]): FleetJudgement {
  const known = looks.flatMap((look) => (look.kind === 'known' ? [look] : []));
  const away = looks.flatMap((look) => (look.kind === 'unknown' ? [look] : []));
  const byCode = new Map<string, Held[]>();
  for (const { host, judgement } of known) {
    for (const finding of judgement.findings) {
      byCode.set(finding.code, [...(byCode.get(finding.code) ?? []), { host, finding }]);
    }
  }
  const own: Placed[] = [];
  const common: Placed[] = [];
  for (const held of byCode.values()) {
    const hosts = new Set(held.map(({ host }) => host));
    if (hosts.size > 1 && hosts.size * 2 > known.length) common.push({ finding: commonFinding(held, known.length) });
    else own.push(...held.map((each) => ({ host: each.host, finding: ownFinding(each) })));
  }
  const numbered = [...worstFirst(own), ...worstFirst(common)].map(({ finding, ...place }, index) => ({
    ...place,
    finding: { ...finding, id: `F${String(index + 1).padStart(2, '0')}` },
  }));
  return {
    judgement: {
      findings: numbered.map(({ finding }) => finding),
      relations: relationsOf(numbered),
      ruledOut: sameOnAll(known, ({ ruledOut }) => ruledOut.map(({ text }) => text)).map((text) => ({
        text,
        evidence: known
          .flatMap(({ judgement }) => judgement.ruledOut.filter((each) => each.text === text))
          .flatMap(({ evidence }) => evidence)
          .slice(0, 10),
      })),
      unknowns: known.flatMap(({ host, judgement }) =>
        judgement.unknowns.map(({ text, why }) => ({ text: shortened(`${host}: ${text}`, 300), why })),
      ),
      coverage: [...away.map(awayRow), ...stepRows(known)],
    },
    summary: summaryOf(looks),
  };
}

interface Held {
  readonly host: string;
  readonly finding: Finding;
}

type Unnumbered = Omit<Finding, 'id'>;

interface Placed<Item = Unnumbered> {
  /** Absent for what most hosts have. */
  readonly host?: string;
  readonly finding: Item;
}

type KnownLook = Extract<HostLook, { readonly kind: 'known' }>;

function ownFinding({ host, finding }: Held): Unnumbered {
  return {
    ...finding,
    object: shortened(`${host}/${finding.object}`, 253),
    title: shortened(`${host}: ${finding.title}`, MAX_TITLE),
  };
}

/** Trouble of one host explains none of another one. */
function relationsOf(placed: readonly Placed<Finding>[]): FindingRelations {
  const near: Record<string, string[]> = {};
  const apartFrom: Record<string, string[]> = {};
  for (const effect of placed) {
    for (const cause of placed) {
      if (effect === cause || effect.host === undefined || cause.host === undefined) continue;
      const list = effect.host === cause.host ? near : apartFrom;
      (list[effect.finding.id] ??= []).push(cause.finding.id);
    }
  }
  return { dependsOn: {}, alike: {}, near, apartFrom };
}

/** The worst of them speaks for all. */
function commonFinding(held: readonly Held[], known: number): Unnumbered {
  const hosts = [...new Set(held.map(({ host }) => host))];
  const worst = worstFirst(held)[0]?.finding;
  if (worst === undefined) throw new Error('a common finding of no host');
  const isAlike = held.every(({ finding }) => finding.title === worst.title);
  const many = `${hosts.length} of ${known} hosts`;
  const firstOf = hosts.slice(0, QUOTED_HOSTS).map((name) => held.find(({ host }) => host === name));
  return {
    ...worst,
    object: many,
    title: shortened(isAlike ? `${worst.title} (${many})` : `${worst.title}, and alike on ${many}`, MAX_TITLE),
    explanation: shortened(
      `On ${namesOf(hosts)}: one cause is likelier than ${hosts.length}. ${worst.explanation}`,
      MAX_EXPLANATION,
    ),
    citations: firstOf.flatMap((each) => each?.finding.citations.slice(0, 2) ?? []).slice(0, MAX_CITATIONS),
  };
}

function worstFirst(placed: readonly Placed[]): readonly Placed[] {
  return [...placed].sort(
    ({ finding: a }, { finding: b }) =>
      severityRank(a.severity) - severityRank(b.severity) || b.confidence - a.confidence,
  );
}

function sameOnAll(
  known: readonly KnownLook[],
  textsOf: (judgement: Judgement) => readonly string[],
): readonly string[] {
  const [first, ...others] = known.map(({ judgement }) => textsOf(judgement));
  return (first ?? []).filter((text) => others.every((texts) => texts.includes(text)));
}

function awayRow({ host, why }: Extract<HostLook, { readonly kind: 'unknown' }>): CoverageStep {
  return {
    step: 'host',
    title: shortened(`host ${host}`, MAX_COVERAGE_TITLE),
    required: true,
    status: 'unreachable',
    known: false,
    reason: shortened(why, MAX_REASON),
  };
}

/** One row for a step that all hosts answered, and one for each host that did not. */
function stepRows(known: readonly KnownLook[]): readonly CoverageStep[] {
  const byStep = new Map<string, { host: string; row: CoverageStep }[]>();
  for (const { host, judgement } of known) {
    for (const row of judgement.coverage) byStep.set(row.step, [...(byStep.get(row.step) ?? []), { host, row }]);
  }
  return [...byStep.values()].flatMap((held) => {
    const answered = held.filter(({ row }) => row.known);
    const gaps = held.filter(({ row }) => !row.known);
    const [first] = answered;
    const many = `${answered.length} of ${known.length} hosts`;
    return [
      ...(first === undefined ? [] : [{ ...first.row, title: titled(first.row.title, many) }]),
      ...gaps.map(({ host, row }) => ({ ...row, title: shortened(`${host}: ${row.title}`, MAX_COVERAGE_TITLE) })),
    ];
  });
}

function titled(title: string, many: string): string {
  return `${shortened(title, MAX_COVERAGE_TITLE - many.length - 3)} (${many})`;
}

function summaryOf(looks: readonly HostLook[]): string {
  const { hosts, shared, known } = compareHosts(looks);
  const named = (kind: HostComparison['kind']): readonly string[] =>
    hosts.filter((host) => host.kind === kind).map(({ host }) => host);
  const [outliers, alone] = [named('outlier'), named('alone')];
  const [unknown, usual] = [named('unknown'), named('usual')];
  const troubled = shared.filter(({ finding }) => isProblem(finding)).length;
  const parts = [
    ...(outliers.length === 0
      ? []
      : [`${outliers.length} of ${hosts.length} hosts differ from the others: ${namesOf(outliers)}`]),
    ...(alone.length === 0 ? [] : [`${namesOf(alone)} is the only host`]),
    ...(troubled === 0
      ? []
      : [`${troubled === 1 ? 'one problem is' : `${troubled} problems are`} the same on most of ${known} hosts`]),
    ...(unknown.length === 0 ? [] : [`${unknown.length} could not be looked at: ${namesOf(unknown)}`]),
    ...(usual.length === 0 ? [] : [`${usual.length} say the same`]),
  ];
  return shortened(parts.join('; '), 1000);
}

function namesOf(hosts: readonly string[]): string {
  const more = hosts.length > NAMED_HOSTS ? ` and ${hosts.length - NAMED_HOSTS} more` : '';
  return `${hosts.slice(0, NAMED_HOSTS).join(', ')}${more}`;
}
