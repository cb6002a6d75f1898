import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger } from '../../../src/admission/ledger.ts';
import type { RecordedAsk } from '../../../src/admission/ledger-format.ts';
import { policyText } from '../../support/policy-text.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;

beforeEach(async () => {
  folder = await createTempFolder('warroom-policy');
  for (const [name, text] of await documented()) await write(name, text);
});

afterEach(async () => {
  await folder.close();
});

/** The files that docs/policy.md shows. */
async function documented(): Promise<readonly (readonly [string, string])[]> {
  const page = await readFile('docs/policy.md', 'utf8');
  const blocks = [...page.matchAll(/```yaml\n(# (policy(?:-test)?\.yaml)\n.*?)```/gsu)];
  return blocks.map(([, text = '', name = '']) => [name, text] as const);
}

async function write(name: string, text: string): Promise<void> {
  await writeFile(join(folder.path, name), text);
}

/** 2026-11-20 14:42 UTC, a Friday. */
async function run(
  argv: readonly string[],
  options: { stdin?: string; columns?: number } = {},
): Promise<InProcessResult> {
  const warRoom = new MemoryWarRoom();
  const result = await runInProcess(argv, { warRoom, cwd: folder.path, env: { WARROOM_REPO: '' }, ...options });
  expect(warRoom.fetches).toBe(0);
  return result;
}

const CONFIG = `apiVersion: warroom.intility.io/v1
kind: ProcessorConfig
cluster: {type: hub, name: hub-1}
trust: required
repository: {url: https://github.com/acme/warroom.git}
stateDir: state
trustDir: .
`;

const OPEN_CONFIG = CONFIG.replace('trustDir: .\n', '')
  .replace('trust: required', 'trust: open')
  .replace('https://github.com/acme/warroom.git', 'warroom.git');

const ASK: RecordedAsk = {
  cluster: 'hub-1',
  namespaces: [],
  strategy: 'general',
  engine: 'auto',
  mode: 'read',
  timeoutSeconds: 600,
};

/** A processor of hub-1 that was asked a few things today. */
async function withProcessor(): Promise<void> {
  await write('processor.yaml', CONFIG);
  const clock = createManualClock(new Date('2026-11-20T14:00:00Z'));
  const file = join(folder.path, 'state', 'ledger.jsonl');
  const ledger = await openLedger({ file, clock, keepMs: 30 * 86_400_000, maxBytes: 1_000_000 });
  const policy = { sha256: 'a'.repeat(64), rule: 'sre-any' };
  const requester = 'alice@example.com';
  await ledger.append({ event: 'opened', incarnation: 'i', version: '1' });
  await ledger.append({ event: 'accepted', id: 'first', sha256: '', nonce: '1', requester, policy, ask: ASK });
  await ledger.append({ event: 'started', id: 'first', attempt: 1, incarnation: 'i', seconds: 600 });
  await ledger.append({ event: 'finished', id: 'first', attempt: 1, phase: 'succeeded', ms: 90_000 });
  await ledger.append({
    event: 'refused',
    id: 'second',
    requester: 'mallory@example.com',
    code: 'not-permitted',
    policy: { sha256: policy.sha256 },
    ask: ASK,
  });
  await ledger.append({ event: 'accepted', id: 'third', sha256: '', nonce: '3', requester: 'someone' });
  await ledger.close();
  await mkdir(join(folder.path, 'state'), { recursive: true });
  await write('state/spend.json', '{"day":"2026-11-20","usd":{"alice@example.com":1.25}}\n');
}

describe('the documented policy', () => {
  it('is shown with its test file', async () => {
    expect((await documented()).map(([name]) => name)).toEqual(['policy.yaml', 'policy-test.yaml']);
  });

  it('is valid, for policy validate and for validate', async () => {
    expect(await run(['policy', 'validate', 'policy.yaml'])).toMatchObject({
      exit: 0,
      stdout: '',
      stderr: expect.stringMatching(
        /^✔ policy\.yaml: valid Policy, 3 rules, 3 limits, sha256 [0-9a-f]{12}\n$/u,
      ) as string,
    });
    expect((await run(['validate', 'policy.yaml', 'policy-test.yaml'])).stderr).toBe(
      '✔ policy.yaml: valid Policy\n✔ policy-test.yaml: valid PolicyTest\n',
    );
  });

  it('does what its test file says', async () => {
    expect(await run(['policy', 'test', 'policy-test.yaml'])).toMatchObject({
      exit: 0,
      stderr: '✔ 7 cases, all as expected\n',
    });
  });
});

describe('policy validate', () => {
  it('points at line and column of every problem', async () => {
    await write('bad.yaml', policyText().replace('who:', 'whom:'));
    const { exit, stdout } = await run(['policy', 'validate', 'bad.yaml']);
    expect(exit).toBe(2);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'bad.yaml:5:5: rules[0].who: is missing (who may ask)',
      expect.stringMatching(/^bad\.yaml:6:5: rules\[0\]\.whom: is not a known field/u),
    ]);
  });

  it('reads standard input and prints JSON', async () => {
    const good = await run(['policy', 'validate', '--json', '-'], { stdin: policyText() });
    expect(JSON.parse(good.stdout)).toMatchObject({ file: 'stdin', valid: true, rules: 1, problems: [] });
    const bad = await run(['policy', 'validate', '--json', '-'], { stdin: policyText().replace('who:', 'whom:') });
    expect(bad.exit).toBe(2);
    expect(JSON.parse(bad.stdout)).toMatchObject({ valid: false, problems: [{ line: 5 }, { line: 6 }] });
  });

  it('finds the policy of a processor, and says when there is none', async () => {
    await withProcessor();
    expect((await run(['policy', 'validate'])).stderr).toContain('policy.yaml: valid Policy');
    await write('processor.yaml', OPEN_CONFIG);
    expect((await run(['policy', 'validate'])).stderr).toMatch(
      /^error: the processor has no policy\ncause: .*names no trustDir\n/u,
    );
    const missing = await run(['policy', 'validate', '-c', 'nowhere.yaml']);
    expect(missing.exit).toBe(2);
    expect(missing.stderr).toContain('error: it is not known which policy is meant');
  });
});

describe('policy explain', () => {
  const dave = ['policy', 'explain', '--as', 'dave@example.com', '--cluster', 'hosted-1', '--strategy', 'general'];

  it('says for each rule what does not fit, one line each for pipes', async () => {
    const { exit, stdout } = await run([...dave, '--file', 'policy.yaml', '--at', '2026-11-21T12:00:00+01:00']);
    expect(exit).toBe(4);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'decision\tdenied\tnot-permitted\tno rule of the policy allows this; nearest is developers-checks: namespaces: one of shop-* must be named\task for what it allows, or ask an administrator of this cluster',
      'rule\tsre-any\twho: it does not name this person',
      'rule\tdevelopers-hosted\tnamespaces: one of shop-* must be named; hours: closed until 2026-11-23 06:00 UTC (07:00 in Europe/Oslo)',
      'rule\tdevelopers-checks\tnamespaces: one of shop-* must be named',
      'limit\teach\tperson\trequestsPerHour\t20\t',
      'limit\teach\tperson\tminutesPerDay\t240\t',
      'limit\teach\tperson\tusdPerDay\t20\t',
      'limit\tdevelopers\tgroup\trequestsPerDay\t100\t',
      'limit\tdevelopers\tgroup\tusdPerDay\t30\t',
      'limit\teverybody\tgroup\tusdPerDay\t80',
    ]);
  });

  it('shows people which rule allows it, and what was used of the limits', async () => {
    await withProcessor();
    const argv = ['policy', 'explain', '--as', 'alice@example.com', '--strategy', 'general', '-c', 'processor.yaml'];
    const { exit, stdout } = await run(argv, { columns: 100 });
    expect(exit).toBe(0);
    expect(stdout).toBe(
      [
        'allowed by rule sre-any: alice@example.com · hub-1 · general',
        '  engines diagnostics, claude · all tools · at most $5',
        '',
        'Rules',
        '  ✔  sre-any            fits',
        '  ✘  developers-hosted  who: it does not name this person; clusters: hub-1 is not among hosted-*; n…',
        '  ✘  developers-checks  who: it does not name this person; clusters: hub-1 is not among hosted-*; n…',
        '',
        'Limits',
        '  each       each person  requestsPerHour  1 of 20 used',
        '  each       each person  minutesPerDay    1.5 of 240 used',
        '  each       each person  usdPerDay        1.25 of 20 used',
        '  everybody  each group   usdPerDay        1.25 of 80 used',
        '',
      ].join('\n'),
    );
  });

  it('prints JSON', async () => {
    const { stdout } = await run([...dave, '--namespace', 'shop-web', '--json', '--file', 'policy.yaml']);
    expect(JSON.parse(stdout)).toMatchObject({
      decision: 'allowed',
      rule: 'developers-hosted',
      limits: { engines: ['diagnostics', 'claude'], tools: ['kubectl', 'read', 'grep'], maxUsd: 1 },
      at: '2026-11-20T14:42:00.000Z',
      rules: [{ name: 'sre-any', fits: false, misfits: [{ field: 'who' }] }, { fits: true }, { fits: true }],
    });
  });

  it.each([
    [['--strategy', 'auto', '--cluster', 'a', '--as', 'a', '--file', 'policy.yaml'], 'auto is not a strategy'],
    [['--strategy', 'a', '--as', 'a', '--file', 'policy.yaml'], 'no cluster is named'],
    [['--strategy', 'a', '--cluster', 'a', '--file', 'policy.yaml'], 'required option "--as <principal>"'],
    [['--strategy', 'a', '--cluster', 'a', '--as', 'a', '--file', 'x.yaml'], 'cannot read the policy'],
    [['--strategy', 'a', '--cluster', 'a', '--as', 'a', '--at', 'noon'], 'a date and time with its zone'],
  ])('refuses %j', async (flags, message) => {
    const { exit, stderr } = await run(['policy', 'explain', ...flags]);
    expect(exit).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('policy test', () => {
  const CASES = `apiVersion: warroom.intility.io/v1
kind: PolicyTest
cases:
  - {as: alice@example.com, cluster: hub-1, strategy: general, expect: deny}
  - {as: alice@example.com, cluster: hub-1, strategy: general, expect: allow, rule: other}
  - {as: mallory@example.com, cluster: hub-1, strategy: general, expect: deny, code: outside-hours}
  - {as: mallory@example.com, cluster: hub-1, strategy: general, expect: deny}
`;

  it('fails with the line of each case that does not hold', async () => {
    await write('cases.yaml', CASES);
    const { exit, stdout, stderr } = await run(['policy', 'test', 'cases.yaml', '--file', 'policy.yaml']);
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: '✘ 4 cases, 3 not as expected\n' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'fail\tcases.yaml:4\talice@example.com\thub-1\tgeneral\tdenied\tallowed by sre-any\t',
      'fail\tcases.yaml:5\talice@example.com\thub-1\tgeneral\tallowed by other\tallowed by sre-any\t',
      'fail\tcases.yaml:6\tmallory@example.com\thub-1\tgeneral\tdenied: outside-hours\tdenied: not-permitted\tno rule of the policy names mallory@example.com',
      'ok\tcases.yaml:7\tmallory@example.com\thub-1\tgeneral\tdenied\tdenied: not-permitted\tno rule of the policy names mallory@example.com',
    ]);
  });

  it('shows a table on a terminal, and JSON', async () => {
    await write('cases.yaml', CASES);
    const table = await run(['policy', 'test', 'cases.yaml', '--file', 'policy.yaml'], { columns: 120 });
    expect(table.stdout.split('\n')[1]).toBe(
      '  ✘  cases.yaml:5  alice@example.com · hub-1 · general    expected allowed by other, got allowed by sre-any',
    );
    const json = await run(['policy', 'test', 'cases.yaml', '--json', '--file', 'policy.yaml']);
    expect(json.exit).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      passed: false,
      cases: [
        { line: 4, passed: false, allowedBy: 'sre-any' },
        {},
        {},
        { passed: true, reason: { code: 'not-permitted' } },
      ],
    });
  });

  it('refuses a bad test file with line and column', async () => {
    await write('cases.yaml', CASES.replace('expect: deny}', 'expect: maybe}'));
    const { exit, stderr } = await run(['policy', 'test', 'cases.yaml', '--file', 'policy.yaml']);
    expect(exit).toBe(2);
    expect(stderr).toContain('cases.yaml:4:72: cases[0].expect: "maybe" is not one of allow, deny');
  });
});

describe('policy diff', () => {
  beforeEach(async () => {
    await withProcessor();
    const text = await readFile(join(folder.path, 'policy.yaml'), 'utf8');
    await write(
      'new.yaml',
      text
        .replace('maxTimeout: 1800', 'maxTimeout: 300')
        .replace('[alice@example.com, bob@example.com]', '[bob@example.com, alice@example.com, mallory@example.com]')
        .replace(/ {2}- name: developers-checks.*?(?=limits:)/su, ''),
    );
  });

  it('lists what differs, and the requests that would be decided otherwise', async () => {
    const { exit, stdout, stderr } = await run(['policy', 'diff', 'new.yaml']);
    expect(exit).toBe(0);
    expect(stderr).toBe(
      '9 differences; 2 of 2 requests of the last month would be decided otherwise; 1 could not be tried, they came before there was a policy; limits were not tried\n',
    );
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toContain(
      'policy\tgroups.sre\t["alice@example.com","bob@example.com"]\t["alice@example.com","bob@example.com","mallory@example.com"]',
    );
    expect(lines).toContain('policy\trules.sre-any.maxTimeout\t1800\t300');
    expect(lines).toContain('policy\trules.developers-checks.maxTimeout\t300\t');
    expect(lines.filter((line) => line.startsWith('request'))).toEqual([
      'request\tfirst\talice@example.com\tallowed by sre-any\tdenied: timeout-too-long',
      'request\tsecond\tmallory@example.com\tdenied: not-permitted\tdenied: timeout-too-long',
    ]);
  });

  it('compares two files without a processor', async () => {
    const { stdout, stderr } = await run(['policy', 'diff', 'new.yaml', '--old', 'policy.yaml'], { columns: 120 });
    expect(stderr).toBe('9 differences; name a processor with -c to try its requests of the last month\n');
    expect(stdout).toContain('  ~ rules.sre-any.maxTimeout: 1800 → 300\n');
    expect(stdout).toContain('  - rules.developers-checks.maxTimeout: 300\n');
  });

  it('prints JSON, also when nothing differs', async () => {
    const same = await run(['policy', 'diff', '--json', 'policy.yaml']);
    expect(JSON.parse(same.stdout)).toMatchObject({ differences: [], requests: { tried: 2, untried: 1, changed: [] } });
    const changed = await run(['policy', 'diff', '--json', 'new.yaml']);
    expect(JSON.parse(changed.stdout)).toMatchObject({
      requests: { changed: [{ id: 'first', before: 'allowed by sre-any', after: 'denied: timeout-too-long' }, {}] },
    });
  });

  it('says when the ledger cannot be read', async () => {
    await write('processor.yaml', CONFIG.replace('stateDir: state', 'stateDir: elsewhere'));
    const { exit, stderr } = await run(['policy', 'diff', 'new.yaml']);
    expect(exit).toBe(1);
    expect(stderr).toContain('error: cannot read the ledger');
  });
});
