import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import type { ProcessorContext } from '../../../src/processor/context.ts';
import { brokenHistoryError, HistoryGuard } from '../../../src/processor/history-guard.ts';
import type { Snapshot } from '../../../src/repository/port.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const SNAPSHOT = { tip: 'new' } as Snapshot;

let folder: TempFolder;
let events: ProcessorEvent[];

beforeEach(async () => {
  folder = await createTempFolder('history-guard');
  events = [];
});

afterEach(async () => {
  await folder.close();
});

function guard(facts: { accepted?: string; contained?: readonly string[]; acceptTip?: string }): HistoryGuard {
  const context = {
    settings: { stateDir: folder.path, trust: 'open' },
    ledger: { tip: facts.accepted },
    warRoom: {
      contains: (_tip: string, commit: string) => Promise.resolve(facts.contained?.includes(commit) === true),
    },
    emit: (event: ProcessorEvent) => events.push(event),
  } as unknown as ProcessorContext;
  return new HistoryGuard(context, { acceptTip: facts.acceptTip, signal: new AbortController().signal });
}

describe('the history of the war room', () => {
  it.each([
    ['nothing was accepted yet', {}],
    ['it holds what was accepted', { accepted: 'old', contained: ['old'] }],
    ['an administrator accepts its tip at this start', { accepted: 'old', acceptTip: 'new' }],
  ])('is whole when %s', async (_when, facts) => {
    expect(await guard(facts).check(SNAPSHOT)).toBeUndefined();
  });

  it('is broken when it lacks what was accepted, and the hint says what to do', async () => {
    const broken = await guard({ accepted: 'old', acceptTip: 'other' }).check(SNAPSHOT);
    expect(broken).toEqual({
      code: 'history-rewritten',
      message: 'the branch no longer contains commit old that was accepted before',
      hint: 'when this was intended:  claude-warroom admin accept-history --to new --reason "…"',
    });
    if (broken === undefined) return;
    expect(brokenHistoryError(broken, 'new')).toMatchObject({ code: 'history-rewritten', why: 'the tip is new now' });
  });

  it('stays broken with an announcement that cannot be read, which is told once', async () => {
    await writeFile(join(folder.path, 'accepted-history.yaml'), 'no: thing\n');
    const guarding = guard({ accepted: 'old' });
    for (let look = 0; look < 2; look++) expect((await guarding.check(SNAPSHOT))?.code).toBe('history-rewritten');
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'warning',
      message: expect.stringContaining('the announced history is not accepted: ') as string,
    });
  });
});
