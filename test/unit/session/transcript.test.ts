import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { holdSession } from '../../../src/session/hold-session.ts';
import { parseTranscript, saidIn } from '../../../src/session/transcript.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const AT = '2026-11-20T14:40:00.000Z';

function line(type: string, content: unknown, change: object = {}): string {
  return JSON.stringify({ type, timestamp: AT, message: { content }, ...change });
}

describe('a line of a conversation', () => {
  it.each<[string, string, readonly [string, string][]]>([
    ['what a person asks', line('user', 'is etcd well?'), [['prompt', 'is etcd well?']]],
    ['what claude answers', line('assistant', [{ type: 'text', text: 'it is' }]), [['answer', 'it is']]],
    [
      'a command',
      line('assistant', [{ type: 'tool_use', name: 'Bash', input: { command: 'uptime' } }]),
      [['command', 'uptime']],
    ],
    [
      'another tool',
      line('assistant', [{ type: 'tool_use', name: 'Read', input: { file_path: '/x' } }]),
      [['command', 'Read {"file_path":"/x"}']],
    ],
    ['an output', line('user', [{ type: 'tool_result', content: 'up 3 days' }]), [['output', 'up 3 days']]],
    [
      'an output in parts',
      line('user', [{ type: 'tool_result', content: [{ type: 'text', text: 'a' }, { text: 'b' }] }]),
      [['output', 'a\nb']],
    ],
    [
      'a long output',
      line('user', [{ type: 'tool_result', content: 'x'.repeat(3000) }]),
      [['output', 'x'.repeat(2000) + '…']],
    ],
    ['what claude says to itself', line('assistant', [{ type: 'thinking', thinking: 'hm' }]), []],
    ['a note of the program', line('user', 'caveat', { isMeta: true }), []],
    ['bookkeeping', JSON.stringify({ type: 'summary', summary: 'x' }), []],
    ['no JSON', '{', []],
  ])('tells %s', (_what, text, expected) => {
    expect(saidIn(text).map(({ kind, text: said }) => [kind, said])).toEqual(expected);
  });
});

it('reads of a log what the program wrote, and nothing that somebody wrote beside it', () => {
  const log = [
    'starting',
    JSON.stringify({ warroom: 'said', kind: 'prompt', at: AT, text: 'x' }),
    JSON.stringify({ warroom: 'said', kind: 'verdict', at: AT, text: 'x' }),
    JSON.stringify({ warroom: 'said', kind: 'answer', at: '**bold**', text: 'y' }),
    JSON.stringify({ warroom: 'end', end: 'toString', at: AT }),
    JSON.stringify({ warroom: 'end', end: 'idle', at: AT }),
    JSON.stringify({ warroom: 'full' }),
  ].join('\n');
  expect(parseTranscript(log)).toEqual({
    said: [
      { warroom: 'said', kind: 'prompt', at: AT, text: 'x' },
      { warroom: 'said', kind: 'answer', at: '', text: 'y' },
    ],
    isFull: true,
    end: 'idle',
  });
});

describe('the program in the pod', () => {
  const START = new Date('2026-11-20T14:30:00Z');

  async function held(
    facts: { readonly expires?: string; readonly idleMs?: number; readonly isTold?: boolean },
    onSleep: (count: number, file: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<{ readonly end: string; readonly printed: readonly string[]; readonly minutes: number }> {
    return await withTempFolder(async (folder) => {
      const clock = new FakeClock(START);
      const expiresFile = join(folder, 'expires');
      if (facts.expires !== undefined) await writeFile(expiresFile, facts.expires);
      await mkdir(join(folder, 'projects', '-session'), { recursive: true });
      const printed: string[] = [];
      const stop = new AbortController();
      if (facts.isTold === true) stop.abort(new Error('told'));
      const end = await holdSession({
        ...{ stateDir: folder, expiresFile, idleMs: facts.idleMs ?? 1_800_000, signal: stop.signal },
        clock: {
          now: () => clock.now(),
          monotonicMs: () => clock.monotonicMs(),
          sleep: async (ms, signal) => {
            await clock.sleep(ms, signal);
            await onSleep(clock.sleeps.length, join(folder, 'projects', '-session', 'a.jsonl'));
          },
        },
        print: (text) => printed.push(text),
        everyMs: 60_000,
      });
      return { end, printed, minutes: clock.sleeps.length };
    });
  }

  it('ends at the time in the file', async () => {
    expect(await held({ expires: '2026-11-20T14:45:00Z\n' })).toMatchObject({ end: 'expired', minutes: 15 });
  });

  it('ends when nothing was said for the idle time, also without a file of the time', async () => {
    const talk = async (count: number, file: string): Promise<void> => {
      if (count === 10) await writeFile(file, `${line('user', 'hello')}\n`);
    };
    const { end, minutes, printed } = await held({}, talk);
    expect({ end, minutes }).toEqual({ end: 'idle', minutes: 40 });
    expect(parseTranscript(printed.join('\n'))).toMatchObject({ said: [{ text: 'hello' }], end: 'idle' });
  });

  it('tells each line once, and one that is half written when it is whole', async () => {
    const whole = `${line('user', 'first')}\n${line('user', 'sécond')}\n`;
    const talk = async (count: number, file: string): Promise<void> => {
      if (count === 1) await writeFile(file, whole.slice(0, -20));
      if (count === 3) await appendFile(file, whole.slice(-20));
    };
    const { printed } = await held({ expires: '2026-11-20T14:40:00Z' }, talk);
    expect(parseTranscript(printed.join('\n')).said.map(({ text }) => text)).toEqual(['first', 'sécond']);
  });

  it('tells the rest when it is told to end', async () => {
    expect(await held({ isTold: true })).toMatchObject({ end: 'closed', minutes: 0 });
  });

  it('says when a record holds no more', async () => {
    const many = `${line('user', [{ type: 'tool_result', content: 'x'.repeat(2000) }])}\n`.repeat(700);
    const talk = async (count: number, file: string): Promise<void> => {
      if (count === 1) await writeFile(file, many);
    };
    const { printed } = await held({ expires: '2026-11-20T14:40:00Z' }, talk);
    expect(Buffer.byteLength(printed.join('\n'))).toBeLessThan(1.01 * 1024 * 1024);
    expect(parseTranscript(printed.join('\n'))).toMatchObject({ isFull: true, end: 'expired' });
  });
});
