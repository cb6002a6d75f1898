import { switches, valued, type Arguments, type ValueCheck } from '../arguments.ts';
import { shortWord } from '../short-word.ts';
import { denied, plainTool, type ArgumentCheck, type Judgement, type Objection, type Tool } from '../tool.ts';
import { matching, oneOf } from '../value-checks.ts';
import { isPrivateAddress } from './private-address.ts';

/**
 * A question to a name server travels as far as the name says, and whoever owns the zone reads it: a free name would be a
 * way to send data out. So only names of the cluster itself are looked up, and only private addresses are turned around.
 */
const CLUSTER_NAME =
  /^(?:localhost|(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.){1,8}(?:svc|svc\.cluster\.local|cluster\.local))\.?$/iu;
const NAMES = 'names such as kubernetes.default.svc.cluster.local, and private addresses such as 10.0.0.1';

const TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'];
const recordType = oneOf(...TYPES, ...TYPES.map((type) => type.toLowerCase()));
const seconds = matching(/^[1-5]$/u, '1 to 5');

function isKnownName(word: string): boolean {
  return CLUSTER_NAME.test(word) || isPrivateAddress(word);
}

const privateAddress: ValueCheck = (value) =>
  isPrivateAddress(value) ? undefined : 'a private address such as 10.0.0.1';

const DIG_OPTIONS = new Set(
  (
    '+short +answer +noall +noanswer +stats +nostats +comments +nocomments +cmd +nocmd +question +noquestion +authority ' +
    '+noauthority +additional +noadditional +tcp +notcp +search +nosearch +recurse +norecurse +multiline +ttlid'
  ).split(' '),
);
const DIG_LIMIT = /^\+(?:time|tries)=[1-5]$/u;
const DIG_USAGE = 'dig [@10.0.0.10] NAME [A|AAAA|SRV|…] [+short +time=2 +tries=1], dig -x 10.0.0.1';

/** Its words may come in any order and each says by its form what it is, so each is judged by itself. */
const dig: Tool = {
  name: 'dig',
  family: 'network',
  usage: 'dig [+short] NAME.svc.cluster.local',
  judge(args): Judgement {
    let names = 0;
    for (const [at, word] of args.entries()) {
      if (DIG_OPTIONS.has(word) || DIG_LIMIT.test(word) || word === '-4' || word === '-6') continue;
      if (word === '-x' && isPrivateAddress(args[at + 1] ?? '')) continue;
      if (word.startsWith('@') && isPrivateAddress(word.slice(1))) continue;
      if (recordType(word, { evidenceDir: '' }) === undefined) continue;
      const isName = args[at - 1] === '-x' ? isPrivateAddress(word) : CLUSTER_NAME.test(word);
      if (!isName) return refuse(shortWord(word));
      names++;
    }
    if (names === 1) return { kind: 'accepted', needs: ['network'], answerExits: [] };
    return denied(`dig needs exactly one name or -x with an address; you may use: ${DIG_USAGE}`);
  },
};

function refuse(word: string): Judgement {
  return denied(`dig may not be given ${word}: only ${NAMES}; you may use: ${DIG_USAGE}`, word);
}

const host = plainTool({
  name: 'host',
  family: 'network',
  flags: [...switches('-4', '-6', '-T', '-v'), valued('-t', recordType), valued('-W', seconds), valued('-R', seconds)],
  check: nameThenServer,
});

const TABLES = ['hosts', 'ahosts', 'ahostsv4', 'ahostsv6', 'services', 'protocols'];

const getent = plainTool({
  name: 'getent',
  family: 'network',
  flags: [],
  check: ({ operands: [table, ...keys] }) => {
    if (table === undefined || !TABLES.includes(table)) {
      const given = table === undefined ? {} : { word: shortWord(table) };
      return { reason: `getent needs one of ${TABLES.join('|')}; for a user use id`, ...given };
    }
    const isHosts = table.includes('hosts');
    const strange = keys.find((key) => (isHosts ? !isKnownName(key) : !/^[a-z0-9/_-]{1,40}$/iu.test(key)));
    if (strange === undefined) return undefined;
    const word = shortWord(strange);
    return { reason: `getent ${table} may not be given ${word}: only ${isHosts ? NAMES : 'a plain word'}`, word };
  },
  answerExits: [2],
});

const ping = plainTool({
  name: 'ping',
  family: 'network',
  flags: [
    ...switches('-4', '-6', '-n', '-q'),
    valued('-c', matching(/^(?:[1-9]|10)$/u, '1 to 10')),
    valued('-W', seconds),
    valued('-w', matching(/^(?:[1-9]|1\d|20)$/u, '1 to 20')),
    valued('-i', matching(/^(?:[1-5]|0\.[2-9]\d?)$/u, '0.2 to 5')),
  ],
  check: (args, options) => countedPing(args) ?? addressOnly(args, options),
  answerExits: [1],
});

/** Looks into the network: names of the cluster, and whether a private address answers. */
export const lookUpTools: readonly Tool[] = [dig, host, getent, ping];

function nameThenServer({ operands: [name, server, more] }: Arguments): Objection | undefined {
  if (name === undefined) return { reason: `host needs a name: only ${NAMES}` };
  if (!isKnownName(name)) {
    const word = shortWord(name);
    return { reason: `host may not be given ${word}: only ${NAMES}`, word };
  }
  const strange = more ?? (server !== undefined && !isPrivateAddress(server) ? server : undefined);
  if (strange === undefined) return undefined;
  const word = shortWord(strange);
  return { reason: `host may not be given ${word}: after the name only the private address of a name server`, word };
}

function countedPing({ flags }: Arguments): Objection | undefined {
  return flags.has('-c') ? undefined : { reason: 'ping would not end; add -c 3' };
}

const addressOnly: ArgumentCheck = ({ operands: [address, more] }, options) => {
  if (address === undefined) return { reason: 'ping needs a private address such as 10.0.0.1' };
  const strange = more ?? (privateAddress(address, options) === undefined ? undefined : address);
  if (strange === undefined) return undefined;
  const word = shortWord(strange);
  return { reason: `ping may not be given ${word}: only one private address such as 10.0.0.1`, word };
};
