import { expect, it } from 'vitest';
import { createCloseStack } from '../../../src/lib/close-stack.ts';

it('closes the newest first, all of it when something fails, and nothing twice', async () => {
  const stack = createCloseStack();
  const closed: string[] = [];
  stack.add(() => {
    closed.push('first');
  });
  stack.add(() => Promise.reject(new Error('cannot close the second')));
  stack.add(async () => {
    await Promise.resolve();
    closed.push('third');
  });
  await expect(stack.close()).rejects.toThrow('cannot close the second');
  expect(closed).toEqual(['third', 'first']);
  await stack.close();
  expect(closed).toHaveLength(2);
});
