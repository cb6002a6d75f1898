import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../src/target/metrics/read-answer.ts';

const SUCCESS = { status: 'success', data: { resultType: 'vector', result: [] } };

describe('an answer of Prometheus', () => {
  it('is kept as it came', () => {
    const body = JSON.stringify(SUCCESS);
    expect(readAnswer(200, body)).toEqual({
      end: { kind: 'exited', exit: 0 },
      stdout: body,
      stderr: '',
      truncated: false,
    });
  });

  it.each([
    [['no store matched\nfor querier-2'], true, 'warning: no store matched for querier-2\n'],
    [['PromQL info: metric might not be a counter'], false, 'warning: PromQL info: metric might not be a counter\n'],
    [['PromQL warning: bucket label missing'], true, 'warning: PromQL warning: bucket label missing\n'],
    ['no list', false, ''],
  ])('with the warnings %j is not whole: %s', (warnings, truncated, stderr) => {
    expect(readAnswer(200, JSON.stringify({ ...SUCCESS, warnings }))).toMatchObject({ truncated, stderr });
  });

  const error = (text: string): string => JSON.stringify({ status: 'error', errorType: 'bad_data', error: text });
  it.each([
    [200, '<html>login</html>', 'exited', 'the answer is not one of the HTTP API of Prometheus'],
    [200, '[1]', 'exited', 'the answer is not one of the HTTP API of Prometheus'],
    [302, '', 'exited', 'Prometheus redirects (302), and redirects are not followed: set the last address'],
    [400, error('parse\nerror'), 'exited', 'Prometheus does not understand the query (400): parse error'],
    [401, '', 'denied', 'Prometheus does not accept the token (401)'],
    [403, 'Forbidden', 'denied', 'the token may not read metrics (403)'],
    [404, '', 'exited', 'there is no HTTP API of Prometheus at this address (404)'],
    [422, error('too many samples'), 'exited', 'Prometheus cannot evaluate the query (422): too many samples'],
    [429, '', 'exited', 'Prometheus takes no more questions now (429)'],
    [500, error('disk'), 'exited', 'Prometheus answered with status 500: disk'],
    [502, '<html>', 'unreachable', 'what stands before Prometheus does not reach it (502)'],
    [503, error('timed out'), 'exited', 'Prometheus gave the question up or is not ready (503): timed out'],
    [504, error('Prometheus does not answer in time'), 'unreachable', 'Prometheus does not answer in time'],
  ])('with status %i and %s is %s', (status, body, kind, stderr) => {
    expect(readAnswer(status, body)).toMatchObject({ end: { kind }, stdout: '', stderr, truncated: false });
  });

  it('is told in a line of bounded length', () => {
    expect(readAnswer(500, error('x'.repeat(5000))).stderr.length).toBeLessThan(400);
  });
});
