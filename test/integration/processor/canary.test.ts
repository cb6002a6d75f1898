import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listRequests } from '../../../src/client/list-requests.ts';
import type { ProcessorSettings } from '../../../src/config/processor-settings.ts';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import { isCanary } from '../../../src/domain/request-id.ts';
import { readFileAt } from '../../support/git-rig.ts';
import { createScene, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import type { RunningProcessor } from '../../support/processor-rig.ts';
import { ALICE, MALLORY } from '../../support/test-zone.ts';
import { waitUntil } from '../../support/wait-until.ts';

let scene: ProcessorScene;

beforeEach(async () => {
  scene = await createScene({ trust: 'required' });
});

afterEach(async () => {
  await scene.close();
});

function settingsFor(principal: string): Partial<ProcessorSettings> {
  if (scene.zone === undefined) throw new Error('no zone');
  const keyFile = scene.zone.keyOf(principal).file;
  return { canary: { everyMinutes: 60, deadlineSeconds: 60, strategy: 'quick', principal, keyFile } };
}

type CanaryEvent = Extract<ProcessorEvent, { readonly type: 'canary' }>;

async function canaryOf(processor: RunningProcessor): Promise<CanaryEvent> {
  return await waitUntil(() => processor.events.find((event): event is CanaryEvent => event.type === 'canary'), {
    what: 'a canary',
    timeoutMs: 50_000,
  });
}

async function metricsOf({ events }: RunningProcessor): Promise<string> {
  const served = events.find((event) => event.type === 'metrics-served');
  if (served === undefined) throw new Error('no metrics are served');
  // The war room has the result a moment before the processor says so.
  await waitUntil(() => events.find((event) => event.type === 'published'), { what: 'what was published' });
  const at = `http://${served.host}:${served.port}`;
  expect((await fetch(`${at}/readyz`)).status).toBe(200);
  return await (await fetch(`${at}/metrics`)).text();
}

describe('a canary', () => {
  it('goes through the whole loop, signed, and stays out of the lists of people', async () => {
    const processor = scene.start({ ...settingsFor(ALICE), metrics: { listen: { host: '127.0.0.1', port: 0 } } });
    const canary = await canaryOf(processor);
    expect(canary).toMatchObject({ result: 'answered' });
    if (canary.result !== 'answered') return;
    expect(isCanary(canary.id)).toBe(true);
    expect(canary.ms).toBeGreaterThan(0);
    expect((await scene.readStatus(canary.id))?.phase).toBe('succeeded');

    const text = await metricsOf(processor);
    expect(text).toMatch(/^claude_warroom_canary_runs_total\{result="answered"\} 1$/mu);
    expect(text).toMatch(/^claude_warroom_requests_total\{phase="succeeded",outcome="[a-z-]+"\} 1$/mu);
    expect(text).toMatch(/^claude_warroom_claims_total\{result="won"\} 1$/mu);
    expect(text).toMatch(/^claude_warroom_phase_duration_seconds_count\{phase="collecting"\} 1$/mu);
    expect(text).toMatch(/^claude_warroom_pushes_total\{outcome="landed"\} [1-9]/mu);
    expect(text).toMatch(/^claude_warroom_last_sync_timestamp_seconds [1-9]/mu);
    expect(text).toMatch(/^claude_warroom_ledger_size_bytes [1-9]/mu);

    const person = await scene.send(quickRequest({}, { engineer: ALICE }));
    await scene.ended(person);
    const now = new Date();
    const ids = (await listRequests(scene.client, { now })).map(({ id }) => id);
    expect(ids).toEqual([person]);
    const all = await listRequests(scene.client, { now, filter: { canaries: true } });
    expect(all.map(({ id }) => id).sort()).toEqual([canary.id, person].sort());
    const index = await waitUntil(
      async () => {
        const text = await readFileAt(scene.remote, 'results/README.md');
        return text?.includes(person) === true ? text : undefined;
      },
      { what: 'the index page' },
    );
    expect(index).not.toContain(canary.id);
  });

  it('that nobody vouches for is rejected like any other request, and says so', async () => {
    const processor = scene.start(settingsFor(MALLORY));
    expect(await canaryOf(processor)).toMatchObject({ result: 'failed', code: 'rejected' });
  });
});
