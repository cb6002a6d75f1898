import { readArguments, switches, valued, type Arguments, type Flag, type ValueCheck } from '../arguments.ts';
import { shortWord } from '../short-word.ts';
import { denied, plainTool, type Objection, type Tool } from '../tool.ts';
import { matching, oneOf, wholeNumber } from '../value-checks.ts';
import { isMysqlRead, isPostgresRead, MYSQL_FORMS, POSTGRES_FORMS } from './sql-statements.ts';

/** No connection string: it could name another host, a file with a key, or a service. */
const bareName = matching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$/u, 'a plain name');
/** Only databases of this machine; credentials come from what the administrator set up for the processor's user. */
const LOCAL = ['localhost', '127.0.0.1', '::1'];
const localHost = oneOf(...LOCAL);
const port = matching(/^\d{1,5}$/u, 'a port');

const postgresStatement: ValueCheck = (value) => (isPostgresRead(value) ? undefined : POSTGRES_FORMS);

/** Without a statement a client would run what it is given on its input. */
function needs(
  flag: string,
  example: string,
): (args: Arguments, options: { readonly subject: string }) => Objection | undefined {
  return ({ flags, operands: [first] }, { subject }) => {
    if (first !== undefined) {
      return { reason: `${subject} takes no arguments here; name the database with a flag`, word: shortWord(first) };
    }
    return flags.has(flag) ? undefined : { reason: `${subject} needs a statement; add ${flag} '${example}'` };
  };
}

const psqlStatement = needs('-c', 'select pid, state from pg_stat_activity');

const psql = plainTool({
  name: 'psql',
  family: 'database',
  flags: [
    ...switches(
      '-X --no-psqlrc',
      '-A --no-align',
      '-t --tuples-only',
      '-q --quiet',
      '-x --expanded',
      '-w --no-password',
    ),
    ...switches('-l --list', '--csv', '-1 --single-transaction'),
    valued('-c --command', postgresStatement),
    valued('-h --host', oneOf(...LOCAL, '/var/run/postgresql', '/run/postgresql')),
    valued('-p --port', port),
    valued('-U --username', bareName),
    valued('-d --dbname', bareName),
    valued('-F --field-separator', matching(/^[^\\]{1,3}$/u, 'a separator')),
  ],
  check: (args, options) => {
    // A start file may hold any command.
    if (!args.flags.has('-X')) return { reason: "psql needs -X, as in psql -X -At -c 'select version()'" };
    return args.flags.has('-l') && args.operands.length === 0 ? undefined : psqlStatement(args, options);
  },
});

const mysqlFlags: readonly Flag[] = [
  ...switches('-B --batch', '-N --skip-column-names', '-t --table', '-E --vertical', '-s --silent', '--raw', '-r'),
  valued('-e --execute', (value) => (isMysqlRead(value) ? undefined : MYSQL_FORMS)),
  valued('-h --host', localHost),
  valued('-P --port', port),
  valued('-u --user', bareName),
  valued(
    '-S --socket',
    matching(/^\/(?:var\/)?run\/(?:[\w-]{1,40}\/){0,2}[\w.-]{1,40}\.sock$/u, 'a socket below /run'),
  ),
  valued('--protocol', oneOf('tcp', 'socket')),
  valued('--connect-timeout', wholeNumber),
];

function mysqlTool(name: string): Tool {
  return plainTool({ name, family: 'database', flags: mysqlFlags, check: needs('-e', 'show global status') });
}

const REDIS_SETTINGS = new Set(
  (
    'maxmemory maxmemory-policy maxmemory-samples maxclients timeout tcp-keepalive tcp-backlog appendonly appendfsync save ' +
    'databases slowlog-log-slower-than slowlog-max-len latency-monitor-threshold repl-backlog-size repl-timeout ' +
    'min-replicas-to-write hz io-threads lazyfree-lazy-eviction activedefrag cluster-enabled stop-writes-on-bgsave-error'
  ).split(' '),
);
const REDIS_FORMS = [
  /^(?:ping|dbsize|role|time|lastsave)$/u,
  /^info(?: [a-z]{2,20})?$/u,
  /^slowlog (?:len|get(?: \d{1,3})?)$/u,
  /^latency (?:latest|doctor)$/u,
  /^memory (?:stats|doctor)$/u,
  /^cluster (?:info|nodes|slots)$/u,
  /^client list$/u,
  /^config get (?<setting>[a-z-]+)$/u,
];
const REDIS_USAGE =
  'ping, info [section], dbsize, role, slowlog get 10, latency latest, memory stats, client list, cluster info, config get maxmemory';

const redisFlags: readonly Flag[] = [
  valued('-h', localHost),
  valued('-p', port),
  valued('-n', wholeNumber),
  ...switches('--raw', '--no-raw', '--json', '--csv', '--no-auth-warning', '-2', '-3'),
];

/** The first word that is no flag begins the command, and everything behind it belongs to the command. */
function redisTool(name: string): Tool {
  return {
    name,
    family: 'database',
    usage: `${name} ping|info|slowlog get|config get`,
    judge(args, context) {
      const style = { dashes: 'gnu', stopAtOperand: true } as const;
      const reading = readArguments(args, redisFlags, { style, context });
      if (reading.kind === 'refused') {
        const { flag, expected } = reading;
        const only =
          expected === undefined ? 'is not allowed; you may use: -h -p -n --raw --json' : `takes ${expected} here`;
        return denied(`${name} ${flag} ${only}`, flag);
      }
      const words = reading.arguments.rest.join(' ');
      const form = REDIS_FORMS.map((each) => each.exec(words.toLowerCase())).find((match) => match !== null);
      const setting = form?.groups?.['setting'];
      if (form === undefined || (setting !== undefined && !REDIS_SETTINGS.has(setting))) {
        const said = words === '' ? `${name} without a command` : shortWord(`${name} ${words}`);
        return denied(`${said} is not allowed; you may use: ${REDIS_USAGE}`, shortWord(setting ?? words));
      }
      return { kind: 'accepted', needs: ['database'], answerExits: [] };
    },
  };
}

/** Clients of databases, with statements of ours only. */
export const databaseTools: readonly Tool[] = [
  psql,
  mysqlTool('mysql'),
  mysqlTool('mariadb'),
  redisTool('redis-cli'),
  redisTool('valkey-cli'),
];
