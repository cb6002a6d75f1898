import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compilePolicy, type CompiledPolicy } from '../../src/policy/compile-policy.ts';
import type { Policy, PolicyRule } from '../../src/schema/generated.ts';
import { formatYaml } from '../../src/schema/format-document.ts';

/** A rule that lets alice ask anything; tests change what they are about. */
export function aRule(change: Partial<PolicyRule> = {}): PolicyRule {
  return {
    name: 'all',
    who: ['alice@example.com'],
    clusters: ['*'],
    strategies: ['*'],
    engines: ['diagnostics', 'claude'],
    ...change,
  };
}

export function aPolicy(change: Partial<Policy> = {}): Policy {
  return { apiVersion: 'warroom.intility.io/v1', kind: 'Policy', rules: [aRule()], ...change };
}

/** Compiled, as a processor has it. */
export function compiled(change: Partial<Policy> = {}): CompiledPolicy {
  return compilePolicy(aPolicy(change));
}

export function policyText(change: Partial<Policy> = {}): string {
  return formatYaml('Policy', aPolicy(change));
}

/** Puts a policy into a folder of trust, in one step as an administrator should; returns the folder. */
export async function writePolicy(trustDir: string, text: string): Promise<string> {
  await mkdir(trustDir, { recursive: true });
  const file = join(trustDir, 'policy.yaml');
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
  return trustDir;
}
