import { describe, expect, it } from 'vitest';
import { likelyStrategy } from '../../../src/client/likely-strategy.ts';
import { aPresence } from '../../support/war-room-content.ts';

const { strategies } = aPresence();

describe('likelyStrategy', () => {
  it('is the one with the most words of the issue', () => {
    expect(likelyStrategy('The API server times out, etcd is slow', strategies)).toMatchObject({
      strategy: { id: 'api-timeout' },
      words: ['api', 'server', 'etcd'],
    });
  });

  it('is never general for its words, which are about a little of everything', () => {
    const size = { steps: 1, seconds: 1 };
    const general = { id: 'general', title: 'Quick triage of nodes, pods and operators', ...size };
    const nodes = { id: 'node-health', title: 'Nodes that are not ready', ...size };
    expect(likelyStrategy('pods and nodes and operators', [general, nodes])).toMatchObject({ strategy: nodes });
  });

  it('is general when no word fits', () => {
    expect(likelyStrategy('it is odd', strategies)).toMatchObject({ strategy: { id: 'general' }, words: [] });
  });

  it('is unknown when nobody says what there is', () => {
    expect(likelyStrategy('it is odd', [])).toBeUndefined();
  });
});
