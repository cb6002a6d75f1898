import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Redaction } from '../../../src/redaction/create-redaction.ts';
import { createRedactionThread, type RedactionThread, type ThreadOptions } from '../../../src/redaction/thread.ts';
import { withTempFolder } from '../../support/temp-folder.ts';
import { PASSWORD, PASSWORD_BASE64, testRedaction } from './redaction-samples.ts';

const shared = createRedactionThread();
afterAll(async () => {
  await shared.close();
});

/** Long enough to be searched in the thread. */
function long(text: string): string {
  return `${'nothing to see here\n'.repeat(1000)}${text}\n`;
}

describe('a session that shares a thread', () => {
  it('gets back a text of many parts as it was', async () => {
    const text = 'nothing to see here, ä and 字\n'.repeat(20_000);
    expect(await testRedaction({ thread: shared }).redact(text)).toBe(text);
    const redacted = await testRedaction({ thread: shared }).redact(`${text}DB_PASSWORD=${PASSWORD}\n${text}`);
    expect(redacted.replace(/DB_PASSWORD=\[REDACTED:assignment:[0-9a-f]{4}\]\n/, '')).toBe(text + text);
  });

  it('takes back more values than go into one part, and looks for all of them in the next text', async () => {
    const redaction = testRedaction({ thread: shared });
    const passwords = Array.from({ length: 2500 }, (_, index) => `pw${index}x${PASSWORD.slice(0, 6)}`);
    await redaction.redact(passwords.map((password) => `DB_PASSWORD=${password}\n`).join(''));
    const left = await redaction.redact(long(passwords.join(' ')));
    expect(passwords.filter((password) => left.includes(password))).toEqual([]);
  });

  it('removes from a long text what it learned from a short one, and the other way round', async () => {
    const redaction = testRedaction({ thread: shared });
    await redaction.redact(`DB_PASSWORD=${PASSWORD}`);
    expect(await redaction.redact(long(`tried ${PASSWORD} and ${PASSWORD_BASE64}`))).not.toMatch(
      new RegExp(`${PASSWORD}|${PASSWORD_BASE64}`),
    );
    await redaction.redact(long('API_TOKEN=aB3dE5gH7jK9'));
    expect(await redaction.redact('sent aB3dE5gH7jK9')).toMatch(/^sent \[REDACTED:assignment:[0-9a-f]{4}\]$/);
  });

  it('uses one mark for one value, wherever it was found', async () => {
    const redaction = testRedaction({ thread: shared, knownValues: [{ name: 'known', value: 'known-value-1' }] });
    const mark = (await redaction.redact('known-value-1')).trim();
    expect(await redaction.redact(long('known-value-1'))).toContain(`\n${mark}\n`);
    expect(redaction.counts()).toEqual({ total: 2, byRule: { known: 2 } });
  });

  it('keeps what other sessions learned apart', async () => {
    await testRedaction({ thread: shared }).redact(long(`DB_PASSWORD=${PASSWORD}`));
    const text = long(`tried ${PASSWORD}`);
    expect(await testRedaction({ thread: shared }).redact(text)).toBe(text);
  });

  it('verifies long texts', async () => {
    const redaction = testRedaction({ thread: shared });
    await expect(redaction.verify(long(`DB_PASSWORD=${PASSWORD}`))).rejects.toMatchObject({
      code: 'redaction',
      why: 'found by assignment (1)',
    });
    expect(await redaction.verify(long('fine'))).toBe(long('fine'));
  });

  it('serves texts in order when they are asked for at once', async () => {
    const redaction = testRedaction({ thread: shared });
    const [first, second] = await Promise.all([
      redaction.redact(long(`DB_PASSWORD=${PASSWORD}`)),
      redaction.redact(`tried ${PASSWORD}`),
    ]);
    expect(first).not.toContain(PASSWORD);
    expect(second).not.toContain(PASSWORD);
  });
});

/** A session whose thread runs a program that the test wrote. */
async function withProgram(
  source: string,
  options: Omit<ThreadOptions, 'program'> & { readonly timeBudgetMs?: number },
  act: (redaction: Redaction, thread: RedactionThread) => Promise<void>,
): Promise<void> {
  await withTempFolder(async (folder) => {
    const program = join(folder, 'program.mjs');
    await writeFile(program, `import { parentPort as port } from 'node:worker_threads';\n${source}`);
    const { timeBudgetMs = 60_000, ...rest } = options;
    const thread = createRedactionThread({ ...rest, program: pathToFileURL(program) });
    try {
      await act(testRedaction({ thread, timeBudgetMs }), thread);
    } finally {
      await thread.close();
    }
  }, 'redaction-thread');
}

const READY = "port.postMessage({ kind: 'ready' });";
/** Answers a search with a text in one part. */
const ANSWERS = `function answer(kind, text) {
  if (kind === 'search') port.postMessage({ kind: 'done', isSame: false, counts: [], parts: 1 });
  if (kind === 'next') port.postMessage({ kind: 'part', part: { text } });
}`;

describe('a thread that fails', () => {
  it.each<[string, string, string]>([
    ['hangs', `${READY} port.on('message', () => { for (;;); });`, 'looking for secrets took longer than 0.1 s'],
    ['dies', `${READY} port.on('message', () => process.exit(0));`, 'the search for secrets ended before its time'],
    ['throws', `${READY} port.on('message', () => { throw new RangeError('the secret'); });`, 'the search for secrets failed: RangeError'],
    ['does not start', 'throw new SyntaxError("the secret");', 'the search for secrets failed: SyntaxError'],
    ['gives no answer', `${READY} port.on('message', () => port.postMessage({ kind: 'ready' }));`, 'the search for secrets gave no answer'],
  ])('%s: the text is refused', async (_, source, why) => {
    await withProgram(source, { timeBudgetMs: 100 }, async (redaction) => {
      const error: unknown = await redaction.redact(long('the secret')).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'redaction', message: 'cannot make the text safe to publish', why });
      expect(JSON.stringify(error)).not.toContain('the secret');
    });
  }, 60_000); // prettier-ignore

  it('is refused when a part of its answer is missing', async () => {
    const source = `${READY} port.on('message', ({ kind }) => {
      if (kind === 'search') port.postMessage({ kind: 'done', isSame: false, counts: [], parts: 2 });
      if (kind === 'next') port.postMessage({ kind: 'ready' });
    });`;
    await withProgram(source, {}, async (redaction) => {
      await expect(redaction.redact(long('x'))).rejects.toMatchObject({
        why: 'the search for secrets gave no answer',
      });
    });
  });

  it('is refused when it does not say that it is ready', async () => {
    await withProgram('setInterval(() => undefined, 1000);', { startMs: 100 }, async (redaction) => {
      await expect(redaction.redact(long('x'))).rejects.toMatchObject({ why: 'the search for secrets did not start' });
    });
  });

  it('is refused when it needs more memory than it may have', async () => {
    const source = `${READY} port.on('message', () => { const all = []; for (;;) all.push(new Array(1000).fill(Math.random())); });`;
    await withProgram(source, { memoryMegabytes: 16 }, async (redaction) => {
      await expect(redaction.redact(long('x'))).rejects.toMatchObject({ code: 'redaction' });
    });
  }, 60_000);

  it('is replaced for the next text', async () => {
    const source = `${READY} ${ANSWERS} port.on('message', ({ kind, part }) => {
      if (kind === 'part' && part.text.includes('poison')) process.exit(1);
      answer(kind, 'new thread');
    });`;
    await withProgram(source, {}, async (redaction) => {
      await expect(redaction.redact(long('poison'))).rejects.toMatchObject({ code: 'redaction' });
      expect(await redaction.redact(long('x'))).toBe('new thread');
    });
  });

  it('is refused after it was closed', async () => {
    await withProgram(READY, {}, async (redaction, thread) => {
      await thread.close();
      await expect(redaction.redact(long('x'))).rejects.toMatchObject({ why: 'the program is stopping' });
    });
  });

  it('starts again after it had nothing to do for a while', async () => {
    const source = `let count = 0; ${READY} ${ANSWERS} port.on('message', ({ kind }) => {
      if (kind === 'search') count += 1;
      answer(kind, String(count));
    });`;
    await withProgram(source, { idleMs: 0 }, async (redaction) => {
      expect(await redaction.redact(long('x'))).toBe('1');
      await expect.poll(() => redaction.redact(long('x')), { timeout: 20_000 }).toBe('1');
    });
  }, 30_000);
});

describe('a rule that fails', () => {
  it('refuses the text and does not say what it was', async () => {
    const rules = [{ id: 'broken', keywords: [], find: () => { throw new TypeError('the secret'); } }]; // prettier-ignore
    await expect(testRedaction({ rules }).redact('the secret')).rejects.toMatchObject({
      code: 'redaction',
      why: 'looking for secrets failed: TypeError',
    });
  });
});
