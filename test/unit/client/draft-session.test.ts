import { describe, expect, it } from 'vitest';
import { draftSession } from '../../../src/client/draft-session.ts';

const AROUND = {
  engineer: 'alice@example.com',
  repository: 'https://git.example.com/acme/warroom.git',
  now: new Date('2026-11-20T14:30:00Z'),
  random: (size: number) => new Uint8Array(size),
};

describe('draftSession', () => {
  it('makes a session for a cluster, up to a whole day', () => {
    const { text } = draftSession({ cluster: { type: 'hub', name: 'production-hub' }, seconds: 86_400 }, AROUND);
    expect(text).toContain('seconds: 86400');
  });

  it.each([
    [{ type: 'hub', name: 'production-hub' }, 720_000, '--duration: at most 24h', '200h were asked for'],
    [{ type: 'host', name: 'node-7' }, 3600, 'sessions need a hub or hosted cluster', 'node-7 is a host'],
  ])('refuses %j for %d seconds in the words of the command line', (cluster, seconds, message, why) => {
    expect(() => draftSession({ cluster, seconds }, AROUND)).toThrow(
      expect.objectContaining({ code: 'usage', message, why }),
    );
  });
});
