import { describe, expect, it } from 'vitest';
import { flyCanaries, flyCanary, type CanaryOptions, type CanaryOutcome } from '../../../src/client/canary.ts';
import { WarroomError } from '../../../src/domain/errors.ts';
import { parseRequestId, type RequestId } from '../../../src/domain/request-id.ts';
import { systemRandom } from '../../../src/lib/random-text.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';

const START = new Date('2026-11-20T14:30:00Z');

function options(warRoom: MemoryWarRoom, change: Partial<CanaryOptions> = {}): CanaryOptions {
  return {
    warRoom,
    cluster: { type: 'hub', name: 'production-hub' },
    strategy: 'general',
    principal: 'canary@production-hub.invalid',
    sign: undefined,
    deadlineMs: 900_000,
    processorKey: 'SHA256:abc',
    clock: new FakeClock(START),
    random: systemRandom,
    path: '/usr/bin',
    signal: new AbortController().signal,
    ...change,
  };
}

describe('a canary', () => {
  it('that nobody answers is late, and its request has ended by then', async () => {
    const warRoom = new MemoryWarRoom();
    const outcome = await flyCanary(options(warRoom));
    expect(outcome).toMatchObject({ result: 'failed', code: 'late' });
    const [path = '', file] = [...warRoom.files].find(([name]) => name.startsWith('requests/')) ?? [];
    const parsed = parseDocument('TroubleshootingRequest', file?.bytes.toString('utf8') ?? '', { file: path });
    if (!parsed.ok) throw new Error('no request');
    const { metadata, spec } = parsed.value;
    expect(parseRequestId(metadata.name)).toMatch(/-canary-/u);
    expect(Date.parse(spec.expiresAt) - Date.parse(metadata.timestamp)).toBe(900_000);
    expect(spec.investigation).toMatchObject({ engine: 'diagnostics', mode: 'read', strategy: 'general' });
  });

  it('that cannot be sent says with which error', async () => {
    const warRoom = new MemoryWarRoom();
    warRoom.submit = () => Promise.reject(new TypeError('boom'));
    expect(await flyCanary(options(warRoom))).toMatchObject({ result: 'failed', code: 'bug' });
    const sign = (): Promise<string> => Promise.reject(new WarroomError('not-allowed', 'the key cannot be used'));
    expect(await flyCanary(options(new MemoryWarRoom(), { sign }))).toMatchObject({ code: 'not-allowed' });
  });
});

describe('canaries', () => {
  it('fly at their interval, sooner after a failure, and end with the processor', async () => {
    const clock = new FakeClock(START);
    const stop = new AbortController();
    const answers: CanaryOutcome[] = [
      { result: 'answered', id: '2026-11-20-1430-canary-k7m2' as RequestId, ms: 1000 },
      { result: 'failed', code: 'offline', message: 'x' },
      { result: 'failed', code: 'offline', message: 'x' },
    ];
    const starts: number[] = [];
    const told: CanaryOutcome[] = [];
    await flyCanaries({
      everyMs: 3_600_000,
      clock,
      signal: stop.signal,
      fly: () => {
        starts.push(clock.monotonicMs());
        const outcome = answers[starts.length - 1];
        if (outcome === undefined) stop.abort();
        return Promise.resolve(outcome ?? { result: 'failed', code: 'interrupted', message: 'x' });
      },
      tell: (outcome) => told.push(outcome),
    });
    expect(starts.map((each) => each - (starts[0] ?? 0))).toEqual([0, 3_600_000, 3_900_000, 4_200_000]);
    expect(told).toEqual(answers);
  });
});
