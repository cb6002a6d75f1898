import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { openPolicyFile, type PolicyFile } from '../../../src/policy/policy-file.ts';
import { aRule, policyText, writePolicy } from '../../support/policy-text.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;
let path: string;

beforeEach(async () => {
  folder = await createTempFolder('policy');
  path = join(folder.path, 'policy.yaml');
});

afterEach(async () => {
  await folder.close();
});

async function open(): Promise<PolicyFile> {
  return await openPolicyFile(path, systemClock);
}

function ruleOf({ loaded }: PolicyFile): string | undefined {
  return loaded.policy.rules[0]?.name;
}

describe('the policy file of a processor', () => {
  it.each([
    ['missing', undefined, 'cannot read the policy'],
    ['bad', policyText().replace('alice@', '*@'), /policy\.yaml:\d+:\d+: /u],
    ['another kind', policyText().replace('kind: Policy', 'kind: Claim'), /"Claim" is not Policy/u],
    ['not text', Buffer.from([0xff, 0xfe, 0x00]), 'is not UTF-8 text'],
  ])('stops the start when it is %s at first', async (_, content, message) => {
    if (content !== undefined) await writeFile(path, content);
    await expect(open()).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(message) as string,
    });
  });

  it('takes effect when it is good, and keeps the last good one while it is bad or gone', async () => {
    await writePolicy(folder.path, policyText({ rules: [aRule({ name: 'one' })] }));
    const file = await open();
    const first = file.loaded.sha256;
    expect(await file.check()).toEqual({ kind: 'same' });

    await writePolicy(folder.path, policyText({ rules: [aRule({ name: 'two' })] }));
    expect(await file.check()).toMatchObject({ kind: 'changed' });
    expect(ruleOf(file)).toBe('two');
    expect(file.loaded.sha256).not.toBe(first);

    await writePolicy(folder.path, 'rules: nonsense\n');
    expect(await file.check()).toMatchObject({ kind: 'broken', isNew: true, error: { code: 'invalid-file' } });
    expect(await file.check()).toMatchObject({ kind: 'broken', isNew: false });
    expect([ruleOf(file), file.isBroken]).toEqual(['two', true]);

    await rm(path);
    expect(await file.check()).toMatchObject({ kind: 'broken', isNew: true });
    expect(ruleOf(file)).toBe('two');

    await writePolicy(folder.path, policyText({ rules: [aRule({ name: 'three' })] }));
    expect(await file.check()).toMatchObject({ kind: 'changed' });
    expect([ruleOf(file), file.isBroken]).toEqual(['three', false]);
  });

  it('is the same when only its time changed', async () => {
    await writePolicy(folder.path, policyText());
    const file = await open();
    await writePolicy(folder.path, policyText());
    expect(await file.check()).toEqual({ kind: 'same' });
  });

  it('tells one change once, whoever looks', async () => {
    await writePolicy(folder.path, policyText());
    const file = await open();
    await writePolicy(folder.path, policyText({ rules: [aRule({ name: 'two' })] }));
    const kinds = (await Promise.all([file.check(), file.check(), file.check()])).map(({ kind }) => kind);
    expect(kinds).toEqual(['changed', 'same', 'same']);
  });

  it('waits until somebody has finished writing', async () => {
    const whole = policyText({ limits: [{ name: 'each', per: 'person', requestsPerDay: 1 }] });
    await writeFile(path, whole);
    let left = 2;
    const half = whole.slice(0, whole.indexOf('limits:'));
    const file = await openPolicyFile(path, {
      sleep: async () => {
        if (left-- > 0) await writeFile(path, left === 0 ? whole.replace('1', '1 ') : `${half}# ${left}\n`);
      },
    });
    await writeFile(path, half);
    await file.check();
    expect(file.loaded.policy.limits).toHaveLength(1);
  });
});
