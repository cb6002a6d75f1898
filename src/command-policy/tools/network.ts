import { switches, valued, type ValueCheck } from '../arguments.ts';
import { operands } from '../operand-checks.ts';
import { shortWord } from '../short-word.ts';
import { denied, plainTool, type Tool } from '../tool.ts';
import { matching, plainNames } from '../value-checks.ts';
import { isNumericAddress } from './numeric-address.ts';

const FILTER_WORDS = new Set(
  (
    'state exclude all connected synchronized bucket big established syn-sent syn-recv fin-wait-1 fin-wait-2 time-wait ' +
    'closed close-wait last-ack listening listen closing sport dport src dst and or not eq ne lt gt le ge neq geq leq ' +
    '( ) ! & | && || = == != < > <= >='
  ).split(' '),
);
const ENDPOINT = /^(?<address>\*|[\d.]+|\[[0-9a-f:]+\])?(?:\/\d{1,3})?(?::(?:\d{1,5}|\*|[a-z][a-z0-9-]{0,15}))?$/iu;

/** States, comparisons, numeric addresses and ports: a host name would be looked up in a DNS that others can watch. */
function isFilterWord(word: string): boolean {
  if (FILTER_WORDS.has(word)) return true;
  const address = ENDPOINT.exec(word)?.groups?.['address'];
  if (address !== undefined) return address === '*' || isNumericAddress(address);
  return /^:(?:\d{1,5}|[a-z][a-z0-9-]{0,15})$/u.test(word);
}

/** One word, or a whole filter in quotes. */
const filter: ValueCheck = (value) =>
  value.trim().split(/\s+/u).every(isFilterWord)
    ? undefined
    : 'states and comparisons such as state close-wait, sport = :443 or dst 10.0.0.1';

const ss = plainTool({
  name: 'ss',
  family: 'network',
  flags: [
    ...switches('-n --numeric', '-a --all', '-l --listening', '-o --options', '-e --extended', '-m --memory'),
    ...switches('-p --processes', '-i --info', '-s --summary', '-t --tcp', '-u --udp', '-w --raw', '-x --unix'),
    ...switches('-4 --ipv4', '-6 --ipv6', '-0 --packet', '-S --sctp', '-M --mptcp', '-H --no-header', '-O --oneline'),
    valued('-f --family', matching(/^(?:inet6?|link|unix|netlink|vsock)$/u, 'inet|inet6|link|unix|netlink|vsock')),
    valued('-A --query', plainNames),
    valued('--socket', plainNames),
  ],
  check: operands(filter),
});

const IP_FLAGS = new Set(
  '-4 -6 -0 -s -stats -statistics -d -details -j -json -p -pretty -br -brief -o -oneline -N -Numeric -iec -h -human'.split(
    ' ',
  ),
);
const IP_OBJECTS = new Set(
  'address addr a link l route r ro neighbour neighbor neigh n rule ru maddress maddr nexthop'.split(' '),
);
const IP_SHOW = new Set(['show', 'list', 'ls']);
const ROUTES = new Set(['route', 'r', 'ro']);
const IP_WORD = /^[A-Za-z0-9][A-Za-z0-9_.:@/-]*$/u;
const IP_USAGE = 'ip [-s -d -j -br -4 -6] addr|link|route|neigh|rule [show …], ip route get ADDRESS';

/** Words may be shortened in ip, and a shortened word can mean a change, so only these spellings pass. */
const ip: Tool = {
  name: 'ip',
  family: 'network',
  usage: 'ip addr|link|route|neigh|rule [show]',
  judge(args) {
    const start = args.findIndex((arg) => !IP_FLAGS.has(arg));
    const [object, verb, ...rest] = start < 0 ? [] : args.slice(start);
    const isShow = verb === undefined || IP_SHOW.has(verb);
    const isGet = object !== undefined && ROUTES.has(object) && verb === 'get' && rest.length > 0;
    if (object === undefined || !IP_OBJECTS.has(object) || (!isShow && !isGet)) {
      const said = shortWord(['ip', ...args.slice(0, 4)].join(' '));
      return denied(`${said} is not allowed; you may use: ${IP_USAGE}`, said);
    }
    const strange = rest.find((word) => !IP_WORD.test(word));
    if (strange !== undefined) {
      const word = shortWord(strange);
      return denied(`ip may not be given ${word}; you may use: ${IP_USAGE}`, word);
    }
    return { kind: 'accepted', needs: ['network'], answerExits: [] };
  },
};

export const networkTools: readonly Tool[] = [ss, ip];
