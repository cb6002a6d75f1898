import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeArgv } from '../../../src/command-policy/policy.ts';
import type { Family } from '../../../src/command-policy/tool.ts';
import { decide, EVIDENCE_DIR } from './decisions.ts';
import { cpuTimeMs } from '../../support/cpu-time.ts';

const NAMES = (
  'kubectl oc systemctl journalctl docker podman crictl ps df free uptime stat ls lsblk dmesg id uname ss ip dig host ' +
  'getent ping psql mysql mariadb redis-cli valkey-cli grep rg head ' +
  'tail cat nl wc cut sort uniq column tr date jq'
).split(' ');
const FAMILIES: readonly Family[] = [
  ...(['read', 'grep', 'kubectl', 'oc', 'systemctl', 'journalctl', 'docker', 'podman', 'crictl', 'host'] as const),
  ...(['network', 'database'] as const),
];

const word = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...'get describe logs status show list-units ps inspect pods nodes api addr link'.split(' '),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...'-n -o -A -l -c -f -w -e -p -r --tail=5 -oyaml -nprod --as=x --raw -v9 -ef aux -k2 -10 -- -'.split(' '),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...'secrets SECRETS cm/x delete exec E001.txt ./a ../a /etc/passwd /proc/1/environ {} env $ENV . e --kubeconfig=/x'.split(
        ' ',
      ),
    ),
  },
  fc.string({ maxLength: 6 }),
);
const argv = fc
  .tuple(fc.constantFrom(...NAMES), fc.array(word, { maxLength: 5 }))
  .map(([name, rest]) => [name, ...rest]);
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const command = argv.map((words) => words.map(quote).join(' '));
/** Half of the texts are of commands that are likely to pass, so that both sides of each law are seen. */
const likely = fc.constantFrom(
  'kubectl get pods',
  'df -h',
  'grep x',
  'head -5',
  'ps aux',
  'systemctl status',
  "jq '.a'",
  'ls',
);
const text = fc
  .array(fc.tuple(fc.oneof(command, likely), fc.constantFrom(' | ', ' && ', ' || ', '; ', '\n', ' 2>&1 | ')), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.map(([one, glue], at) => (at === parts.length - 1 ? one : one + glue)).join(''));

describe('the command policy', () => {
  it('allows only texts whose every argument list it accepts by itself', () => {
    fc.assert(
      fc.property(text, (source) => {
        const decision = decide(source);
        if (decision.kind === 'denied') return;
        for (const { pipeline } of decision.plan) {
          for (const { argv: words } of pipeline) {
            expect(judgeArgv(words, { evidenceDir: EVIDENCE_DIR }).kind).toBe('accepted');
            expect(decide(words.map(quote).join(' ')).kind).toBe('allowed');
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('decides about a list of commands as about each of them', () => {
    fc.assert(
      fc.property(command, command, fc.constantFrom('; ', ' | ', ' && ', ' || ', '\n'), (one, two, glue) => {
        const both = decide(one).kind === 'allowed' && decide(two).kind === 'allowed';
        expect(decide(one + glue + two).kind === 'allowed').toBe(both);
      }),
      { numRuns: 2000 },
    );
  });

  it('never allows more to a request that restricts its tools', () => {
    fc.assert(
      fc.property(text, fc.subarray([...FAMILIES]), (source, families) => {
        if (decide(source, families).kind === 'allowed') expect(decide(source).kind).toBe('allowed');
      }),
      { numRuns: 1000 },
    );
  });

  it('never accepts words that name a secret, another identity or another place', () => {
    fc.assert(
      fc.property(argv, (words) => {
        if (judgeArgv(words, { evidenceDir: EVIDENCE_DIR }).kind === 'denied') return;
        const [name = '', ...all] = words;
        // What follows two dashes is an operand, a file of the evidence folder.
        const args = all.includes('--') ? all.slice(0, all.indexOf('--')) : all;
        const isKubernetes = name === 'kubectl' || name === 'oc';
        // To others a pattern, a format or a separator may look like a flag.
        const isStrict = isKubernetes || 'docker podman crictl systemctl'.split(' ').includes(name);
        for (const [at, arg] of (isStrict ? args : []).entries()) {
          expect(arg).not.toMatch(/^--(?:as|kubeconfig|token|server|context|root|host|file|pre)\b/u);
          // A namespace or a container may have this name.
          const isValue = args[at - 1]?.startsWith('-') === true;
          if (isKubernetes && !isValue) expect(arg.toLowerCase()).not.toMatch(/^(?:secrets?)$/u);
        }
        if (['cat', 'head', 'tail', 'wc', 'uniq'].includes(name)) {
          expect(args.filter((arg) => !arg.startsWith('-')).join(' ')).not.toMatch(/\/etc\/|\/proc|\.\.\//u);
        }
        if (name === 'ps') expect(args).not.toContain('e');
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses a path as the name of a program, and every name that is not listed', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom(...NAMES), (other, name) => {
        expect(judgeArgv([`/usr/bin/${name}`], { evidenceDir: EVIDENCE_DIR }).kind).toBe('denied');
        if (!NAMES.includes(other)) expect(judgeArgv([other], { evidenceDir: EVIDENCE_DIR }).kind).toBe('denied');
      }),
    );
  });

  it.each<[head: string, unit: string, tail: string]>([
    ['kubectl get', ' ', ' pods ('],
    ['df ', '\\\n', ')'],
    ['', '#a\n', 'df )'],
    ['ps -o ', 's,', 'nosuch'],
    ['ps -o s,', 's=,', '!'],
    ['ps --sort=', '-s,', '!'],
    ["ss '", ' :1', " evil'"],
    ["ss 'dst ", 'a:', "'"],
    ["ss 'dst [", ':', "]'"],
    ['kubectl get ', 'a,', '!'],
    ["jq '", '"env" ', "env'"],
    ["jq '", '.', "env'"],
    ['cat ', '/', ''],
    ['df -', 'a', 'z'],
    ["kubectl get pods -l '", 'a in (', "'"],
    ['df ', "''", ''],
  ])('decides soon about %j and many times %j', (head, unit, tail) => {
    const many = unit.repeat(Math.floor((4090 - head.length - tail.length) / unit.length));
    const ms = cpuTimeMs(() => {
      decide(head + many + tail);
    });
    expect(ms).toBeLessThan(1000);
  });
});
