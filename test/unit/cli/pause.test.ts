import { describe, expect, it } from 'vitest';
import { runInProcess } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { aPresence, putPresence } from '../../support/war-room-content.ts';

describe('pause', () => {
  it('writes who, when and why', async () => {
    const warRoom = new MemoryWarRoom();
    const { exit, stderr } = await runInProcess(['pause', '--reason', 'change freeze'], { warRoom });
    expect(exit).toBe(0);
    expect(warRoom.text('PAUSE')).toBe('reason: change freeze\nby: alice@example.com\nat: 2026-11-20T14:42:00.000Z\n');
    expect(stderr).toContain('claude-warroom resume');
  });

  it('keeps secrets out of the file', async () => {
    const warRoom = new MemoryWarRoom();
    await runInProcess(['pause', '--reason', 'leak: password=Tr0ub4dor-and-3 was logged'], { warRoom });
    expect(warRoom.text('PAUSE')).not.toContain('Tr0ub4dor');
  });

  it('works for somebody whom git does not know', async () => {
    const warRoom = new MemoryWarRoom();
    const { exit } = await runInProcess(['pause', '--reason', 'now'], { warRoom, email: null });
    expect(exit).toBe(0);
    expect(warRoom.text('PAUSE')).toContain('by: somebody without a git identity');
  });

  it('says who paused when it was paused before, and changes nothing', async () => {
    const warRoom = new MemoryWarRoom();
    await runInProcess(['pause', '--reason', 'first'], { warRoom });
    const { exit, stderr } = await runInProcess(['pause', '--reason', 'second'], { warRoom, email: 'bob@example.com' });
    expect(exit).toBe(0);
    expect(stderr).toContain('paused already by alice@example.com just now: first');
    const { stdout } = await runInProcess(['pause', '--reason', 'third', '--json'], { warRoom });
    expect(JSON.parse(stdout)).toEqual({
      paused: true,
      changed: false,
      commit: null,
      reason: 'first',
      by: 'alice@example.com',
      at: '2026-11-20T14:42:00.000Z',
    });
  });

  it.each([['pause'], ['resume']])('wants a reason for %s where nobody can be asked', async (command) => {
    const { exit, stderr } = await runInProcess([command], { warRoom: new MemoryWarRoom() });
    expect(exit).toBe(2);
    expect(stderr).toContain(`claude-warroom ${command} --reason`);
    const empty = await runInProcess([command, '--reason', ' '], { warRoom: new MemoryWarRoom() });
    expect(empty).toMatchObject({ exit: 2, stderr: expect.stringContaining('--reason is empty') as unknown });
  });
});

describe('resume', () => {
  it('removes the file, and says that a pause of the zone would stay', async () => {
    const warRoom = new MemoryWarRoom();
    await runInProcess(['pause', '--reason', 'freeze'], { warRoom });
    const paused = { code: 'paused', message: 'paused in the secure zone: audit' };
    putPresence(warRoom, aPresence({ paused }));
    const { exit, stderr } = await runInProcess(['resume', '--reason', 'over'], { warRoom });
    expect(exit).toBe(0);
    expect(warRoom.text('PAUSE')).toBeUndefined();
    expect(stderr).toContain('production-hub/processor-0 said at its last look: paused in the secure zone: audit');
    expect(stderr).toContain('until its administrator lifts it');
  });

  it('keeps the reason in a file, without secrets, and says nothing of it to the host', async () => {
    const warRoom = new MemoryWarRoom();
    const messages: string[] = [];
    const land = warRoom.land.bind(warRoom);
    warRoom.land = async (change) => {
      messages.push(change.message);
      return await land(change);
    };
    await runInProcess(['pause', '--reason', 'freeze'], { warRoom });
    const reason = 'Fixes #1 @alice\npassword=Tr0ub4dor-and-3 <b>\u202e';
    await runInProcess(['resume', '--reason', reason], { warRoom });
    expect(messages).toEqual(['pause execution', 'resume execution']);
    expect(warRoom.text('RESUMED')).toMatch(/^Fixes #1 @alice password=\[REDACTED[^\]]*\] <b>\n$/u);
  });

  it('is content when nothing is paused', async () => {
    const { exit, stdout } = await runInProcess(['resume', '--reason', 'over', '--json'], {
      warRoom: new MemoryWarRoom(),
    });
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ paused: false, changed: false, commit: null, signed: false, processors: [] });
  });
});
