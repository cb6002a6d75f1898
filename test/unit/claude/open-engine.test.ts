import { expect, it } from 'vitest';
import { openClaudeEngine } from '../../../src/claude/open-engine.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { systemRandom } from '../../../src/lib/random-text.ts';
import { processorSettings } from '../../support/processor-rig.ts';

it.each(['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX'])(
  'refuses agents in Jobs with %s: their pods would need the credential',
  async (name) => {
    const opening = openClaudeEngine({
      settings: processorSettings({ url: '/srv/warroom.git', folder: '/nonexistent' }),
      ...{ env: { [name]: '1' }, uid: undefined, clock: systemClock, random: systemRandom },
      openExecutor: () => Promise.reject(new Error('it is not asked for')),
    });
    await expect(opening).rejects.toMatchObject({
      code: 'not-allowed',
      message: 'an agent in a Job cannot reach a model at Bedrock or Vertex',
      why: expect.stringContaining('a credential would have to go into its pod') as string,
      hint: expect.stringContaining('local-process') as string,
    });
  },
);
