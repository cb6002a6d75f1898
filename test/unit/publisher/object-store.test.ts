import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { withVariable } from '../../../src/config/environment.ts';
import { openObjectStore } from '../../../src/publisher/s3/object-store.ts';

const VARIABLE = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
const warnings: Error[] = [];
const hear = (warning: Error): void => {
  warnings.push(warning);
};

afterEach(() => {
  process.off('warning', hear);
});

it('says nothing about the version of Node, and hides no other warning', async () => {
  process.on('warning', hear);
  const store = openObjectStore({
    // The port of discard: nothing listens.
    ...{ bucket: 'results', endpoint: 'http://127.0.0.1:9', region: 'eu-north-1', attempts: 1 },
    readCredential: () => Promise.resolve({ accessKeyId: 'id', secretAccessKey: 'key' }),
  });
  const read = store.get('x', { maxBytes: 1, signal: new AbortController().signal });
  await expect(read).rejects.toMatchObject({ code: 'offline' });
  store.close();
  process.emitWarning('another warning');
  await setImmediate();
  expect(warnings.map(({ message }) => message)).toEqual(['another warning']);
  expect(process.env[VARIABLE]).toBeUndefined();
});

it('leaves a variable as it was, whatever happens while it is set', () => {
  const ask = (): string | undefined => process.env['WARROOM_TEST_VARIABLE'];
  expect([withVariable('WARROOM_TEST_VARIABLE', 'a', ask), ask()]).toEqual(['a', undefined]);
  const inner = withVariable('WARROOM_TEST_VARIABLE', 'a', () => [
    withVariable('WARROOM_TEST_VARIABLE', 'b', ask),
    ask(),
  ]);
  expect(inner).toEqual(['b', 'a']);
  const fail = (): never => {
    throw new Error('no');
  };
  expect(() => withVariable('WARROOM_TEST_VARIABLE', 'a', fail)).toThrow('no');
  expect(ask()).toBeUndefined();
});
