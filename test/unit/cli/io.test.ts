import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createIo, type Streams } from '../../../src/cli/io.ts';

function streams(isTTY: boolean): Streams {
  const make = (): PassThrough & { isTTY: boolean; columns: number } =>
    Object.assign(new PassThrough(), { isTTY, columns: 80 });
  return { stdin: make(), stdout: make(), stderr: make() };
}

describe('createIo', () => {
  it('asks, colours and moves on a terminal', async () => {
    const io = await createIo(streams(true), { env: {}, color: true });
    expect(io).toMatchObject({ isInteractive: true, isTerminal: true, isLive: true, width: 80 });
    expect(io.style.bad('x')).toBe('\u001b[31mx\u001b[39m');
  });

  it('does none of it on a pipe', async () => {
    const io = await createIo(streams(false), { env: {}, color: true });
    expect(io).toMatchObject({ isInteractive: false, isTerminal: false, isLive: false, width: 100 });
    expect(io.style.bad('x')).toBe('x');
  });

  it('asks and moves nothing in CI', async () => {
    const io = await createIo(streams(true), { env: { CI: 'true' }, color: true });
    expect(io).toMatchObject({ isInteractive: false, isLive: false });
    expect(io.style.bad('x')).toBe('x');
  });

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }, true],
    ['--no-color', {}, false],
    ['a dumb terminal', { TERM: 'dumb' }, true],
  ])('has no colours with %s', async (_, env, color) => {
    const io = await createIo(streams(true), { env, color });
    expect(io.style.bad('x')).toBe('x');
    expect(io.errorStyle.bad('x')).toBe('x');
  });
});
