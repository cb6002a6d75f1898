import { refused, type Admission, type AskedCall, type BodyRule } from './call.ts';
import { formatQuery, matching, readQuery, wholeNumber, type ParameterChecks, type Parameters } from './query.ts';

const DAY_SECONDS = 86_400;
const MAX_RANGE_SECONDS = 7 * DAY_SECONDS;
/** The limit of Prometheus itself. */
const MAX_POINTS = 11_000;
const MAX_SERIES = 1000;
const QUERY_TIMEOUT = '20s';

const expression = matching(/^.{1,4000}$/su, 'an expression of at most 4000 characters');
const time = matching(
  /^(?:\d{1,11}(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))$/u,
  'seconds since 1970 or a time such as 2026-11-20T14:30:00Z',
);
const step = matching(/^(?:\d{1,6}(?:\.\d{1,3})?|\d{1,6}(?:ms|s|m|h|d))$/u, 'seconds or a duration such as 30s');
const limit = wholeNumber(1, MAX_SERIES);

interface Route {
  readonly path: RegExp;
  readonly checks: ParameterChecks;
  readonly required: readonly string[];
  readonly added: Readonly<Record<string, string>>;
}

const RANGE = { start: time, end: time };
const ROUTES: readonly Route[] = [
  { path: /^\/query$/u, checks: { query: expression, time }, required: ['query'], added: { timeout: QUERY_TIMEOUT } },
  {
    path: /^\/query_range$/u,
    checks: { query: expression, ...RANGE, step },
    required: ['query', 'start', 'end', 'step'],
    added: { timeout: QUERY_TIMEOUT },
  },
  {
    path: /^\/series$/u,
    checks: { 'match[]': expression, ...RANGE, limit },
    required: ['match[]', 'start', 'end'],
    added: { limit: String(MAX_SERIES) },
  },
  {
    path: /^\/(?:labels|label\/[a-zA-Z_][a-zA-Z0-9_]{0,100}\/values)$/u,
    checks: { 'match[]': expression, ...RANGE, limit },
    required: [],
    added: { limit: String(MAX_SERIES) },
  },
];

const PREFIX = '/prometheus/api/v1';
const BODY: BodyRule = { kind: 'json', shape: 'object', strip: (value) => value };

export function isPrometheusPath(path: string): boolean {
  return path.startsWith('/prometheus/');
}

/** Whether a GET may go to Prometheus: questions only, over a bounded range with a bounded answer. */
export function admitPrometheusCall(asked: AskedCall): Admission {
  const path = asked.path.startsWith(PREFIX) ? asked.path.slice(PREFIX.length) : '';
  const route = ROUTES.find((each) => each.path.test(path));
  if (route === undefined) {
    return refused('Forbidden', `the cluster broker forwards ${PREFIX}/query, query_range, series and labels only`);
  }
  const query = readQuery(asked.query, route.checks);
  if (query.kind === 'invalid') return refused('BadRequest', query.why);
  const missing = route.required.find((name) => !query.parameters.has(name));
  if (missing !== undefined) return refused('BadRequest', `${missing} is missing`);
  const why = whyTooMuch(query.parameters);
  if (why !== undefined) return refused('BadRequest', why);
  const parameters = new Map([...Object.entries(route.added), ...query.parameters]);
  return {
    kind: 'admitted',
    call: { target: `/api/v1${path}${formatQuery(parameters)}`, accept: 'application/json', body: BODY },
  };
}

function whyTooMuch(parameters: Parameters): string | undefined {
  const [start, end, stepText] = [parameters.get('start'), parameters.get('end'), parameters.get('step')];
  if (start === undefined || end === undefined) return undefined;
  const range = secondsAt(end) - secondsAt(start);
  if (!(range >= 0 && range <= MAX_RANGE_SECONDS)) return 'the range from start to end must be from 0 to 7 days';
  if (stepText === undefined) return undefined;
  const stepSeconds = secondsOf(stepText);
  if (stepSeconds > 0 && range / stepSeconds <= MAX_POINTS) return undefined;
  return `the range has more than ${MAX_POINTS} points; use a larger step`;
}

function secondsAt(text: string): number {
  return /^[\d.]+$/u.test(text) ? Number(text) : Date.parse(text) / 1000;
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: DAY_SECONDS };

function secondsOf(text: string): number {
  const [, count, unit = 's'] = /^([\d.]+)(ms|s|m|h|d)?$/u.exec(text) ?? [];
  return Number(count) * (UNITS[unit] ?? NaN);
}
