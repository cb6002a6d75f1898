import { describe, expect, it } from 'vitest';
import { hasReachedLogLimit } from '../../../src/target/log-limit.ts';

const ONE = '[pod/a/c] 12345\n';

describe('the limit of a log', () => {
  it.each([
    [['logs', 'a', '--limit-bytes=10'], '12345\n1234', true],
    [['logs', 'a', '--limit-bytes', '10'], '12345\n1234', true],
    [['logs', 'a', '--limit-bytes=10'], '12345\n', false],
    // The API server counts each container, and knows nothing of the names that kubectl writes in front.
    [['logs', '-l', 'app=x', '--prefix', '--limit-bytes=10'], ONE + ONE.replace('/a/', '/b/'), false],
    [['logs', '-l', 'app=x', '--prefix', '--limit-bytes=10'], ONE + ONE, true],
    [['logs', 'a', '--tail=5'], '12345\n1234', false],
    [['logs', 'a', '--limit-bytes=x'], '12345\n1234', false],
    [['get', 'pods', '--limit-bytes=1'], '12345', false],
  ])('of %j is reached by %j: %s', (argv, stdout, expected) => {
    expect(hasReachedLogLimit(argv, stdout)).toBe(expected);
  });
});
