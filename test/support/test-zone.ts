import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aRule, policyText, writePolicy } from './policy-text.ts';
import { allowedLine, createKey, writeAllowedSigners, type TestKey } from './signing-rig.ts';

/** The folder of trust of a secure zone, with alice and bob enrolled; mallory has a key that nobody approved. */
export interface TestZone {
  readonly trustDir: string;
  readonly alice: TestKey;
  readonly bob: TestKey;
  readonly mallory: TestKey;
  /** Key of `<name>@example.com`. */
  keyOf(principal: string): TestKey;
  /** A further key, that nobody has approved yet. */
  createKey(name: string): Promise<TestKey>;
  /** Replaces the list of allowed signers. */
  allow(lines: readonly string[]): Promise<void>;
  /** Replaces the list of revoked keys. */
  revoke(keys: readonly TestKey[]): Promise<void>;
}

export const ALICE = 'alice@example.com';
export const BOB = 'bob@example.com';
export const MALLORY = 'mallory@example.com';

export async function createZone(folder: string): Promise<TestZone> {
  const trustDir = join(folder, 'trust');
  const keyDir = join(folder, 'keys');
  for (const path of [trustDir, keyDir]) await mkdir(path, { recursive: true, mode: 0o755 });
  const alice = await createKey(keyDir, 'alice');
  const bob = await createKey(keyDir, 'bob');
  const mallory = await createKey(keyDir, 'mallory');
  const keys = new Map([
    [ALICE, alice],
    [BOB, bob],
    [MALLORY, mallory],
  ]);
  await writeAllowedSigners(trustDir, [allowedLine(ALICE, alice), allowedLine(BOB, bob)]);
  // Everybody may ask anything: what a policy refuses has tests of its own.
  await writePolicy(trustDir, policyText({ rules: [aRule({ who: [ALICE, BOB, MALLORY] })] }));
  return {
    ...{ trustDir, alice, bob, mallory },
    keyOf: (principal) => {
      const key = keys.get(principal);
      if (key === undefined) throw new Error(`${principal} has no key`);
      return key;
    },
    createKey: async (name) => await createKey(keyDir, name),
    allow: async (lines) => {
      await writeAllowedSigners(trustDir, lines);
    },
    revoke: async (revoked) => {
      await writeFile(join(trustDir, 'revoked_keys'), revoked.map(({ publicText }) => `${publicText}\n`).join(''));
    },
  };
}
