import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { usagesOf } from '../../../src/command-policy/policy.ts';
import { decide, verdict } from './decisions.ts';

/** Commands of a file by their heading, one in each line. */
function commandsOf(file: string): readonly (readonly [heading: string, commands: readonly string[]])[] {
  return readFileSync(new URL(file, import.meta.url), 'utf8')
    .split(/^## /mu)
    .filter((part) => part !== '')
    .map((part): readonly [string, readonly string[]] => {
      const [heading = '', ...commands] = part.split('\n');
      return [heading, commands.filter((line) => line !== '')];
    });
}

describe.each(commandsOf('allowed.txt'))('%s', (_heading, commands) => {
  it.each(commands)('may run: %s', (command) => {
    expect(verdict(command)).toBe('allowed');
  });
});

describe.each(commandsOf('denied.txt'))('%s', (_heading, commands) => {
  it.each(commands)('may not run: %s', (command) => {
    expect(verdict(command)).toMatch(/^denied: ./u);
  });
});

const ALLOWED = commandsOf('allowed.txt').flatMap(([, commands]) => commands);
const DENIED = commandsOf('denied.txt').flatMap(([, commands]) => commands);

/** The programs of the policy with their subcommands, as it tells them to a model. */
const SUBCOMMANDS = usagesOf().flatMap((usage): (readonly [string, string])[] => {
  const [name = '', verbs = ''] = usage.split(/ (.*)/su);
  // The others have no subcommands, only a hint.
  const isList = !/[[<.]/u.test(verbs) && verbs !== '';
  return isList ? verbs.split('|').map((verb) => [name, verb]) : [[name, '']];
});

describe('the tables of commands', () => {
  it.each(SUBCOMMANDS)('hold what may and what may not be done with %s %s', (name, verb) => {
    const start = new RegExp(String.raw`^${name}\b.*?${verb.split(' ').join(String.raw`\b.*?\b`)}\b`, 'u');
    expect(ALLOWED.some((command) => start.test(command))).toBe(true);
    expect(DENIED.some((command) => start.test(command))).toBe(true);
  });

  it('give a reason for every denial that says what to do instead', () => {
    const helps =
      /you may use|\bonly\b|; (?:use|add|write|leave|put|look|quote|it|every|single|call)\b|takes .* here|\bneeds\b|leave out|at most|write|written|can run/u;
    expect(DENIED.map((command) => verdict(command)).filter((reason) => !helps.test(reason))).toEqual([]);
  });
});

describe('threat 13: a decision', () => {
  it.each([';', '&&', '||', '|', '\n'])('denies sixty commands joined by %j, and one bad one among twenty', (glue) => {
    const sixty = Array.from({ length: 60 }, () => 'df -h').join(` ${glue} `);
    expect(verdict(sixty)).toBe('denied: at most 20 commands at once');
    for (const at of [0, 30, 49, 50, 59]) {
      const hidden = Array.from({ length: 60 }, (_, index) => (index === at ? 'rm -rf x' : 'true')).join(` ${glue} `);
      expect(verdict(hidden)).toMatch(/^denied: /u);
    }
    for (let at = 0; at < 20; at++) {
      const twenty = Array.from({ length: 20 }, (_, index) => (index === at ? 'rm -rf x' : 'df -h')).join(` ${glue} `);
      expect(verdict(twenty)).toMatch(/^denied: rm is not allowed/u);
    }
  });

  it('runs the lines of a text one after the other, and none when one is denied', () => {
    expect(verdict('df -h\nfree -m')).toBe('allowed');
    expect(verdict('ls\nrm x')).toMatch(/^denied: rm/u);
  });

  it('denies a whole text for one command, wherever it stands', () => {
    const good = ['df -h', 'free -m', 'uptime'];
    for (let at = 0; at <= good.length; at++) {
      for (const glue of ['; ', ' && ', ' || ', ' | ', '\n']) {
        expect(verdict(good.toSpliced(at, 0, 'rm -rf x').join(glue))).toMatch(/^denied: rm is not allowed/u);
      }
    }
  });

  it.each([
    [
      'kubectl delete pod x',
      'kubectl delete is not allowed; you may use: kubectl get|describe|logs|top pod|top pods|top node|top nodes|events|explain|api-resources|api-versions|version|cluster-info|auth can-i|auth whoami|rollout status|rollout history|config current-context',
    ],
    ['docker stats', 'docker stats would not end; add --no-stream'],
    ['kubectl logs x', 'kubectl logs needs a limit; add --tail=200 or --since=15m'],
    ['/usr/bin/kubectl get pods', '/usr/bin/kubectl is not allowed as a path; write kubectl'],
    [
      'kubectl top node --token=abc',
      'kubectl top node --token is not allowed; flags you may use: --namespace --request-timeout --v --show-capacity --selector --field-selector --sort-by --no-headers --use-protocol-buffers',
    ],
    [
      'kubectl get pods -o yml',
      "kubectl get -o takes json|yaml|name|wide|jsonpath='…'|custom-columns='…'|go-template='…' here",
    ],
    ['cat /etc/passwd', 'cat may not be given /etc/passwd: only a file of the evidence folder'],
    ['uniq a b', 'uniq takes at most one argument here'],
    [
      'sed 1d x',
      'sed is not allowed; use grep, cut, tr, sort, uniq or jq; you may use: kubectl oc systemctl journalctl docker podman crictl ps df free uptime stat ls lsblk dmesg id uname ss ip dig host getent ping psql mysql mariadb redis-cli valkey-cli grep rg head tail cat nl wc cut sort uniq column tr date jq',
    ],
  ])('says about %j what would be allowed', (text, reason) => {
    expect(decide(text)).toEqual({ kind: 'denied', reason });
  });

  it('says it in one short line, whatever the command was', () => {
    for (const text of [
      `'a\nb${'x'.repeat(3000)}'`,
      `kubectl get --${'y'.repeat(3000)}`,
      `cat '/${'z\n'.repeat(900)}'`,
    ]) {
      const reason = verdict(text);
      expect(reason.length).toBeLessThanOrEqual('denied: '.length + 500);
      expect(reason).not.toContain('\n');
    }
  });
});

describe('a request that restricts its tools', () => {
  it.each<[allowed: Parameters<typeof decide>[1], text: string, isAllowed: boolean]>([
    [['kubectl'], 'kubectl get pods', true],
    [['kubectl'], 'oc get pods', false],
    [['kubectl'], 'systemctl status', false],
    [['kubectl'], 'kubectl get pods | grep x | head -5', true],
    [['kubectl'], 'kubectl get pods -o json | jq .items', true],
    [['kubectl'], 'cat E001.txt', false],
    [['kubectl'], 'kubectl get pods | grep x E001.txt', false],
    [['kubectl'], 'kubectl get pods | grep -r x', false],
    [['kubectl'], 'kubectl get pods | grep -f E001.txt', false],
    [['kubectl'], 'rg x', false],
    [['kubectl'], 'jq . E001.txt', false],
    [['kubectl'], 'ls', false],
    [['read'], 'cat E001.txt', true],
    [['grep'], 'cat E001.txt', true],
    [['read'], 'grep -r x .', true],
    [['read'], 'ls -l', true],
    [['read'], 'stat E001.txt', true],
    [['read'], 'ls /var/log', false],
    [['read'], 'kubectl get pods', false],
    [['host'], 'ls /var/log', true],
    [['host'], 'ps aux', true],
    [['host'], 'ss -tn', false],
    [['network'], 'ss -tn', true],
    [['network'], 'ip addr', true],
    [['network'], 'df', false],
    [['systemctl'], 'journalctl -n 5', false],
    [['docker'], 'podman ps', false],
    [['database'], 'docker ps', false],
    [['database'], 'redis-cli ping', true],
    [['network'], 'redis-cli ping', false],
    [['network'], 'ping -c 1 10.0.0.1', true],
    [['host'], 'getent hosts', false],
    [[], 'kubectl get pods', false],
    [[], 'cat E001.txt', false],
    [undefined, 'kubectl get pods', true],
  ])('that allows %j and is asked for %j', (allowed, text, isAllowed) => {
    expect(decide(text, allowed).kind).toBe(isAllowed ? 'allowed' : 'denied');
  });

  it('says what is left', () => {
    expect(decide('kubectl get pods', ['network', 'read'])).toEqual({
      kind: 'denied',
      reason:
        'this request does not allow kubectl here (it needs kubectl); you may use: ss, ip addr|link|route|neigh|rule [show], dig [+short] NAME.svc.cluster.local, host, getent, ping, grep, rg, head, tail, cat, nl, wc, cut, sort, uniq, column, tr, date, jq',
    });
    expect(verdict('cat x', [])).toContain('only filters such as grep and head after |');
  });
});

describe('a plan', () => {
  it('holds exactly the words of the command, and which exit codes are answers', () => {
    expect(decide('kubectl get "pods" 2>&1 | grep -v Running && df')).toEqual({
      kind: 'allowed',
      families: ['kubectl', 'grep', 'host'],
      plan: [
        {
          connector: 'first',
          pipeline: [
            {
              argv: ['kubectl', 'get', 'pods'],
              mergeStderr: true,
              dropStderr: false,
              dropStdout: false,
              answerExits: [],
            },
            {
              argv: ['grep', '-v', 'Running'],
              mergeStderr: false,
              dropStderr: false,
              dropStdout: false,
              answerExits: [1],
            },
          ],
        },
        {
          connector: 'and',
          pipeline: [{ argv: ['df'], mergeStderr: false, dropStderr: false, dropStdout: false, answerExits: [] }],
        },
      ],
    });
  });
});
