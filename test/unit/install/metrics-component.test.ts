import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { manifestsDir } from '../../../src/install/kustomization.ts';
import { kindOf } from '../../../src/install/kubernetes-object.ts';
import { valueAt } from '../../../src/install/json-patch.ts';
import { findProgram } from '../../../src/lib/find-program.ts';
import { METRICS, type MetricDefinition } from '../../../src/metrics/definitions.ts';
import { formatYamlObjects, readYamlObjects } from '../../../src/schema/yaml-objects.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const promtool = await findProgram('promtool', process.env['PATH']);
if (promtool === undefined) printSkipReason('alert rules are not tested with promtool: it is not installed');

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const COMPONENT = join(manifestsDir(), 'components', 'metrics');
const FIXTURES = join(ROOT, 'test', 'fixtures', 'alerts');

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

const rulesFile = join(COMPONENT, 'rules.yaml');
const ruleSpec = readYamlObjects(await readFile(rulesFile, 'utf8'), rulesFile)
  .filter((each) => kindOf(each) === 'PrometheusRule')
  .map((each) => valueAt(each, '/spec') as { readonly groups: readonly { readonly rules: readonly Rule[] }[] })
  .at(0);
const rules = ruleSpec?.groups.flatMap((group) => group.rules) ?? [];
const dashboardFile = join(COMPONENT, 'dashboard.yaml');
const [dashboardMap] = readYamlObjects(await readFile(dashboardFile, 'utf8'), dashboardFile);
const dashboard = JSON.parse(valueAt(dashboardMap, '/data/claude-warroom.json') as string) as Dashboard;
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const recorded = rules.flatMap(({ record }) => record ?? []);

/** Our own names in a query. */
function namesIn(expr: string): readonly string[] {
  return expr.match(/claude_warroom[a-z0-9_:]+/gu) ?? [];
}

/** A histogram is asked for its parts. */
function isKnown(name: string): boolean {
  if (recorded.includes(name)) return true;
  const definitions = new Map<string, MetricDefinition>(Object.entries(METRICS));
  const whole = name.replace(/_(?:bucket|sum|count)$/u, '');
  const definition = definitions.get(name) ?? definitions.get(whole);
  return definition !== undefined && (definition.type === 'histogram') === (whole !== name);
}

describe('what Prometheus is asked', () => {
  it.each(rules)('exists: $alert $record', ({ expr }) => {
    expect(namesIn(expr).length).toBeGreaterThan(0);
    expect(namesIn(expr).filter((name) => !isKnown(name))).toEqual([]);
  });

  it.each(queries)('by the dashboard exists: %s', (expr) => {
    expect(namesIn(expr).length).toBeGreaterThan(0);
    expect(namesIn(expr).filter((name) => !isKnown(name))).toEqual([]);
  });

  it('by the dashboard is everything that there is to know', () => {
    const shown = queries.flatMap(namesIn).map((name) => name.replace(/_bucket$/u, ''));
    const unwatched = Object.keys(METRICS).filter((name) => !shown.includes(name));
    // The size of the file system and the interval of canaries are there for the alerts.
    expect(unwatched).toEqual(['claude_warroom_canary_interval_seconds', 'claude_warroom_state_size_bytes']);
  });
});

describe('the dashboard', () => {
  it('is taken by the sidecar of Grafana', () => {
    expect(valueAt(dashboardMap, '/metadata/labels')).toMatchObject({ grafana_dashboard: '1' });
    expect(dashboard.panels.length).toBeGreaterThan(10);
  });
});

describe('an alert', () => {
  it('is there for everything that must be told', () => {
    expect(rules.flatMap(({ alert }) => alert ?? [])).toEqual([
      'WarroomProcessorAbsent',
      'WarroomNoPoll',
      'WarroomQueueStuck',
      'WarroomSpendHigh',
      'WarroomRedactionFailed',
      'WarroomHistoryRewritten',
      'WarroomDiskNearlyFull',
      'WarroomCanaryFailing',
    ]);
  });

  it('leads to a section of docs/operations.md that exists', async () => {
    const page = await readFile(join(ROOT, 'docs', 'operations.md'), 'utf8');
    const anchors = [...page.matchAll(/^#+ (.+)$/gmu)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/gu, '')
        .replaceAll(' ', '-'),
    );
    for (const { alert, annotations } of rules) {
      if (alert === undefined) continue;
      const [, anchor] = annotations?.['runbook']?.split('docs/operations.md#') ?? [];
      expect(anchors, alert).toContain(anchor);
      // Where the pages are served is known when an installation is rendered.
      expect(annotations).not.toHaveProperty('runbook_url');
    }
  });

  it.runIf(promtool !== undefined)('fires when it should, and not before', async () => {
    await withTempFolder(async (folder) => {
      await writeFile(join(folder, 'rules.yaml'), formatYamlObjects(ruleSpec === undefined ? [] : [{ ...ruleSpec }]));
      await copyFile(join(FIXTURES, 'alerts.test.yaml'), join(folder, 'alerts.test.yaml'));
      const run = promisify(execFile);
      const program = promtool ?? '';
      expect((await run(program, ['check', 'rules', 'rules.yaml'], { cwd: folder })).stdout).toContain(
        '10 rules found',
      );
      expect((await run(program, ['test', 'rules', 'alerts.test.yaml'], { cwd: folder })).stdout).toContain('SUCCESS');
    });
  });
});
