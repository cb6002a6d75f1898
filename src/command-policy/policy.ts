import type { PolicyContext } from './policy-context.ts';
import { shortWord } from './short-word.ts';
import { denied, type Family, type Judgement, type Tool } from './tool.ts';
import { databaseTools } from './tools/databases.ts';
import { containerTools } from './tools/docker.ts';
import { READERS } from './tools/evidence-readers.ts';
import { hostTools } from './tools/host-tools.ts';
import { journalctl } from './tools/journalctl.ts';
import { kubernetesTools } from './tools/kubectl.ts';
import { lookUpTools } from './tools/look-ups.ts';
import { networkTools } from './tools/network.ts';
import { systemctl } from './tools/systemctl.ts';
import { textTools } from './tools/text-tools.ts';

const TOOLS: readonly Tool[] = [
  ...kubernetesTools,
  systemctl,
  journalctl,
  ...containerTools,
  ...hostTools,
  ...networkTools,
  ...lookUpTools,
  ...databaseTools,
  ...textTools,
];
const BY_NAME: ReadonlyMap<string, Tool> = new Map(TOOLS.map((tool) => [tool.name, tool]));

/** What to do in place of a command that people reach for. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ...['awk', 'gawk', 'sed', 'perl'].map((name): [string, string] => [name, 'use grep, cut, tr, sort, uniq or jq']),
  ...['sh', 'bash', 'zsh', 'eval', 'source', '.', 'exec'].map((name): [string, string] => [
    name,
    'write the command itself',
  ]),
  ...['sudo', 'env', 'nohup', 'nice', 'command', 'xargs', 'watch'].map((name): [string, string] => [
    name,
    'write the command itself, with its arguments',
  ]),
  ['timeout', 'every command has a time limit already'],
  ['find', 'use ls, or grep -r in the evidence folder'],
  ['less', 'use head or tail'],
  ['more', 'use head or tail'],
  ['yq', 'ask for -o json and use jq'],
  ['cd', 'every command starts in the evidence folder'],
  ['tee', 'every output is recorded anyway'],
  ['netstat', 'use ss'],
  ['lsof', 'use ss -tnp, or ps'],
  ['nslookup', 'use dig or getent hosts with a name of the cluster'],
  ['tracepath', 'use ip route get ADDRESS, and ping -c 3 ADDRESS'],
  ['traceroute', 'use ip route get ADDRESS, and ping -c 3 ADDRESS'],
  ...['curl', 'wget', 'nc', 'ncat', 'telnet', 'ssh', 'openssl'].map((name): [string, string] => [
    name,
    'it can send data to any address; use ss, ping -c 3 ADDRESS, kubectl get --raw /readyz, or events and logs',
  ]),
  ...['mongosh', 'mongo'].map((name): [string, string] => [
    name,
    'it runs a programming language, which nobody can judge; use systemctl status mongod, journalctl -u mongod or kubectl logs',
  ]),
  ...['sqlite3', 'cqlsh', 'sqlcmd', 'clickhouse-client'].map((name): [string, string] => [
    name,
    'its statements cannot be judged; use the logs of the database',
  ]),
  ['etcdctl', 'use kubectl get --raw /readyz, and kubectl logs of etcd'],
  ['helm', 'use kubectl get and kubectl describe of what the chart made'],
  ['ifconfig', 'use ip addr'],
  ['top', 'use ps aux'],
  ['hostname', 'use uname -n'],
  ['whoami', 'use id'],
  ['which', 'call the tool; a missing one is reported'],
  ['echo', 'leave it out; every output comes with its evidence id'],
  ['printf', 'leave it out; every output comes with its evidence id'],
]);

/** What one argument list may do: the allow-list of programs, subcommands, flags and operands. */
export function judgeArgv(argv: readonly string[], context: PolicyContext): Judgement {
  const [name = '', ...args] = argv;
  const tool = BY_NAME.get(name);
  if (tool !== undefined) return tool.judge(args, context);
  const shown = shortWord(name);
  const base = name.split('/').at(-1) ?? '';
  if (name.includes('/') && BY_NAME.has(base)) return denied(`${shown} is not allowed as a path; write ${base}`, shown);
  const instead = INSTEAD.get(base);
  const usable = `you may use: ${namesOf(TOOLS)}`;
  return denied(`${shown} is not allowed; ${instead === undefined ? usable : `${instead}; ${usable}`}`, shown);
}

/** The main family of a program on the list. */
export function familyOf(name: string): Family | undefined {
  return BY_NAME.get(name)?.family;
}

/** One short form for each program that a request may use, as in `kubectl get|describe`; of all when nothing is restricted. */
export function usagesOf(families?: readonly Family[]): readonly string[] {
  const allowed = families?.some((family) => READERS.includes(family)) === true ? [...families, ...READERS] : families;
  return TOOLS.filter(({ family }) => allowed?.includes(family) ?? true).map(({ usage }) => usage);
}

function namesOf(tools: readonly Tool[]): string {
  return tools.map(({ name }) => name).join(' ');
}
