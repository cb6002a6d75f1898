import { isOn, switches, valued, type Arguments, type Flag, type ValueCheck } from '../arguments.ts';
import { allOf, noOperands, operands } from '../operand-checks.ts';
import { verbTool, type ArgumentCheck, type Objection, type Tool, type Verb } from '../tool.ts';
import { anyText, matching, oneOf, plainName, plainNames, wholeNumber } from '../value-checks.ts';
import { safeResources } from './kubernetes-resources.ts';

const MAX_WATCH_SECONDS = 60;

const duration = matching(/^\d{1,5}(?:s|m|h)?$/u, 'a duration such as 30s or 15m');
const selector = matching(/^[\w.,/=!() -]+$/u, 'a selector such as app=api');

/** Formats that print what was asked for; none that reads a template from a file. */
const output: ValueCheck = (value) =>
  /^(?:json|yaml|name|wide|(?:jsonpath|jsonpath-as-json|custom-columns|go-template)=.*)$/su.test(value)
    ? undefined
    : "json|yaml|name|wide|jsonpath='…'|custom-columns='…'|go-template='…'";

const outputFlags = [
  valued('-o --output', output),
  ...switches('--show-managed-fields', '--allow-missing-template-keys'),
];
const allNamespaces = switches('-A --all-namespaces');
const selectorFlag = valued('-l --selector', selector);
const fieldSelector = valued('--field-selector', anyText);
const chunkSize = valued('--chunk-size', wholeNumber);
const noHeaders = switches('--no-headers');
const watch = switches('-w --watch');

/** Verbosity above 5 prints requests with their headers. */
const globals: readonly Flag[] = [
  valued('-n --namespace', plainName),
  valued('--request-timeout', duration),
  valued('-v --v', matching(/^[0-5]$/u, '0 to 5')),
];

/** The only paths of the API that may be read as they are. */
const rawPath = matching(
  /^(?:\/(?:healthz|livez|readyz)(?:\?verbose)?|\/version)$/u,
  '/healthz, /livez, /readyz or /version',
);

const topPods = top(switches('-A --all-namespaces', '--containers', '--sum'));
const topNodes = top(switches('--show-capacity'));

const verbs: Readonly<Record<string, Verb>> = {
  get: {
    flags: [
      ...outputFlags,
      ...allNamespaces,
      selectorFlag,
      fieldSelector,
      valued('-L --label-columns', plainNames),
      valued('--sort-by', anyText),
      valued('--subresource', oneOf('status', 'scale')),
      chunkSize,
      valued('--raw', rawPath),
      ...noHeaders,
      ...watch,
      ...switches('--watch-only', '--output-watch-events', '--show-labels', '--show-kind', '--ignore-not-found'),
      ...switches('--server-print'),
    ],
    check: allOf(rawAlone, safeResources, endsByItself('--watch-only', '-w')),
  },
  describe: {
    flags: [...allNamespaces, selectorFlag, chunkSize, ...switches('--show-events')],
    check: allOf(operands(anyText, { least: 1 }), safeResources),
  },
  logs: {
    flags: [
      valued('-c --container', plainName),
      valued('--tail', wholeNumber),
      valued('--since', duration),
      valued('--since-time', matching(/^[\d:.TZ+-]{10,35}$/u, 'a time such as 2026-11-20T14:30:00Z')),
      valued('--limit-bytes', wholeNumber),
      valued('--max-log-requests', wholeNumber),
      valued('--pod-running-timeout', duration),
      selectorFlag,
      ...switches('-p --previous', '-f --follow', '--all-containers', '--all-pods', '--timestamps', '--prefix'),
      ...switches('--ignore-errors'),
    ],
    check: allOf(operands(plainName, { most: 2 }), safeResources, hasLogLimit, endsByItself('-f')),
  },
  'top pod': topPods,
  'top pods': topPods,
  'top node': topNodes,
  'top nodes': topNodes,
  events: {
    flags: [
      ...outputFlags,
      ...allNamespaces,
      chunkSize,
      valued('--for', plainName),
      valued('--types', oneOf('Normal', 'Warning', 'Normal,Warning', 'Warning,Normal')),
      ...noHeaders,
      ...watch,
    ],
    check: allOf(noOperands, endsByItself('-w')),
  },
  explain: {
    flags: [
      valued('--api-version', plainName),
      valued('-o --output', oneOf('plaintext', 'plaintext-openapiv2')),
      ...switches('--recursive'),
    ],
    check: operands(plainName, { least: 1, most: 1 }),
  },
  'api-resources': {
    flags: [
      valued('--api-group', plainName),
      valued('--categories', plainNames),
      valued('--verbs', plainNames),
      valued('-o --output', oneOf('wide', 'name')),
      valued('--sort-by', oneOf('name', 'kind')),
      ...switches('--namespaced', '--cached'),
      ...noHeaders,
    ],
    check: noOperands,
  },
  'api-versions': { flags: [], check: noOperands },
  version: {
    flags: [valued('-o --output', oneOf('json', 'yaml')), ...switches('--client', '--short')],
    check: noOperands,
  },
  'cluster-info': { flags: [], check: noOperands },
  'auth can-i': {
    flags: [...allNamespaces, valued('--subresource', plainName), ...switches('--list', '-q --quiet'), ...noHeaders],
    check: operands(matching(/^[A-Za-z0-9*/][A-Za-z0-9_.:*/-]*$/u, 'a verb and a resource'), { most: 3 }),
    answerExits: [1],
  },
  'auth whoami': { flags: [valued('-o --output', oneOf('json', 'yaml'))], check: noOperands },
  'rollout status': {
    flags: [...watch, valued('--timeout', duration), valued('--revision', wholeNumber), selectorFlag],
    check: allOf(operands(anyText, { least: 1 }), safeResources, rolloutEnds),
    answerExits: [1],
  },
  'rollout history': {
    flags: [...outputFlags, valued('--revision', wholeNumber), selectorFlag],
    check: allOf(operands(anyText, { least: 1 }), safeResources),
  },
  'config current-context': { flags: [], check: noOperands },
};

/** kubectl, and what oc has beyond it. An unknown subcommand would start a plug-in, so only these run. */
export const kubernetesTools: readonly Tool[] = [
  verbTool({ name: 'kubectl', family: 'kubectl', style: { dashes: 'pflag' }, globals, verbs }),
  verbTool({
    name: 'oc',
    family: 'oc',
    style: { dashes: 'pflag' },
    globals: [...globals, valued('--loglevel', oneOf('0', '1', '2', '3', '4', '5'))],
    verbs: {
      ...verbs,
      'adm top pod': topPods,
      'adm top pods': topPods,
      'adm top node': topNodes,
      'adm top nodes': topNodes,
      whoami: { flags: switches('--show-server', '--show-console', '-c --show-context'), check: noOperands },
    },
  }),
];

function top(flags: readonly Flag[]): Verb {
  return {
    flags: [
      ...flags,
      selectorFlag,
      fieldSelector,
      valued('--sort-by', oneOf('cpu', 'memory')),
      ...noHeaders,
      ...switches('--use-protocol-buffers'),
    ],
    check: operands(plainName, { most: 1 }),
  };
}

function rawAlone(args: Arguments, { subject }: { readonly subject: string }): Objection | undefined {
  const raw = args.flags.get('--raw');
  const [first] = args.operands;
  if (raw === undefined) return first === undefined ? { reason: `${subject} needs a kind, such as pods` } : undefined;
  return first === undefined ? undefined : { reason: `${subject} --raw stands alone; leave out ${first}`, word: first };
}

function hasLogLimit({ flags }: Arguments, { subject }: { readonly subject: string }): Objection | undefined {
  const limits = ['--tail', '--since', '--since-time', '--limit-bytes'];
  if (limits.some((name) => flags.has(name))) return undefined;
  return { reason: `${subject} needs a limit; add --tail=200 or --since=15m` };
}

/** What watches or follows must be told when to stop. */
function endsByItself(...names: readonly string[]): ArgumentCheck {
  return (args, { subject }) => {
    const name = names.find((each) => isOn(args, each));
    if (name === undefined) return undefined;
    const seconds = secondsOf(args.flags.get('--request-timeout')?.at(-1));
    if (seconds > 0 && seconds <= MAX_WATCH_SECONDS) return undefined;
    const instead = `leave it out or add --request-timeout=30s (at most ${MAX_WATCH_SECONDS}s)`;
    return { reason: `${subject} ${name} would not end; ${instead}`, word: name };
  };
}

/** It waits for the roll-out unless it is told not to. */
function rolloutEnds(args: Arguments, { subject }: { readonly subject: string }): Objection | undefined {
  if (args.flags.get('-w')?.at(-1) === 'false') return undefined;
  const seconds = secondsOf(args.flags.get('--timeout')?.at(-1));
  if (seconds > 0 && seconds <= MAX_WATCH_SECONDS) return undefined;
  const instead = `add --watch=false or --timeout=30s (at most ${MAX_WATCH_SECONDS}s)`;
  return { reason: `${subject} waits for the end; ${instead}` };
}

function secondsOf(text: string | undefined): number {
  const parts = /^(\d+)(s|m|h)?$/u.exec(text ?? '');
  if (parts === null) return 0;
  const scale = parts[2] === 'h' ? 3600 : parts[2] === 'm' ? 60 : 1;
  return Number(parts[1]) * scale;
}
