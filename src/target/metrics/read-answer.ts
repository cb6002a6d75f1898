import type { CommandResult } from '../port.ts';

export type Answer = Pick<CommandResult, 'end' | 'stdout' | 'stderr' | 'truncated'>;

const MAX_WORDS = 300;
const MAX_WARNINGS = 20;

/** Prometheus 2.50 to 2.52 put remarks about the query beside what is missing; they say nothing about the values. */
const REMARK = /^PromQL info/u;

/**
 * What an answer of the HTTP API means. With warnings it is not whole: Thanos names in them the stores that did not
 * answer, so what is not there proves nothing. They stand on stderr.
 */
export function readAnswer(status: number, body: string): Answer {
  if (status !== 200) return explainStatus(status, errorOf(body));
  const value = parse(body);
  if (value?.['status'] !== 'success') return failed('the answer is not one of the HTTP API of Prometheus');
  const warnings = textsOf(value['warnings']);
  return {
    end: { kind: 'exited', exit: 0 },
    stdout: body,
    stderr: warnings.slice(0, MAX_WARNINGS).map(warningLine).join(''),
    truncated: warnings.some((warning) => !REMARK.test(warning)),
  };
}

/** An end that says that the question was not answered. */
export function failed(stderr: string): Answer {
  return { end: { kind: 'exited', exit: 1 }, stdout: '', stderr, truncated: false };
}

function explainStatus(status: number, said: string | undefined): Answer {
  const words = said === undefined ? '' : `: ${said}`;
  const without = { stdout: '', truncated: false };
  if (status >= 300 && status < 400) {
    return failed(`Prometheus redirects (${status}), and redirects are not followed: set the last address`);
  }
  switch (status) {
    case 400:
      return failed(`Prometheus does not understand the query (400)${words}`);
    case 401:
      return { ...without, end: { kind: 'denied' }, stderr: `Prometheus does not accept the token (401)${words}` };
    case 403: {
      const why = `the token may not read metrics (403)${words}`;
      return { ...without, end: { kind: 'denied' }, stderr: why };
    }
    case 404:
      return failed(`there is no HTTP API of Prometheus at this address (404)${words}`);
    case 422:
      return failed(`Prometheus cannot evaluate the query (422)${words}`);
    case 429:
      return failed(`Prometheus takes no more questions now (429)${words}`);
    case 502:
    case 504: {
      const why = said ?? `what stands before Prometheus does not reach it (${status})`;
      return { ...without, end: { kind: 'unreachable' }, stderr: why };
    }
    case 503:
      return failed(`Prometheus gave the question up or is not ready (503)${words}`);
    default:
      return failed(`Prometheus answered with status ${status}${words}`);
  }
}

/** What the API says of an error. What is no JSON may be the page of a proxy and says nothing. */
function errorOf(body: string): string | undefined {
  const error = parse(body)?.['error'];
  return typeof error === 'string' && error.trim() !== '' ? oneLine(error) : undefined;
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function warningLine(warning: string): string {
  return `warning: ${oneLine(warning)}\n`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim().slice(0, MAX_WORDS);
}
