import { expect, it } from 'vitest';
import { isRefName } from '../../../src/domain/ref-name.ts';

it.each(['main', 'release/1.2', 'refs/warroom', 'p-0.example_1'])('git accepts %s in a ref', (name) => {
  expect(isRefName(name)).toBe(true);
});

it.each(['', 'a..b', 'a/', '/a', 'a//b', '.a', 'a/.b', 'a.', 'a.lock', 'a.LOCK/b'])(
  'git, or a file system, refuses "%s"',
  (name) => {
    expect(isRefName(name)).toBe(false);
  },
);
