import { describe, expect, it } from 'vitest';
import { hostileCommands } from '../../support/hostile-commands.ts';
import { verdict } from './decisions.ts';

const GROUND = { canary: '/zone/canary', marker: '/zone/marker', folder: '/zone', home: '/zone/home' };

describe('threat 13: a way around the command policy', () => {
  it.each(hostileCommands(GROUND))('is not %j', (command) => {
    expect(verdict(command)).toMatch(/^denied: ./u);
  });
});
