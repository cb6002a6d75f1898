import { describe, expect, it } from 'vitest';
import { findPackagedClaude } from '../../src/claude/find-claude.ts';
import { runCli } from '../support/cli.ts';
import { printSkipReason } from '../support/skip-reason.ts';

const hasClaude = findPackagedClaude() !== undefined;
if (!hasClaude) printSkipReason('Claude Code is not installed: npm left its platform package out');

describe.skipIf(!hasClaude)('doctor --preflight', () => {
  it('finds that this Claude Code asks before it acts, and tells no credential', async () => {
    const env = { ANTHROPIC_API_KEY: 'sk-ant-test-0123456789abcdefghijklmnop' };
    const { stdout, stderr } = await runCli(['doctor', '--preflight', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      checks: expect.arrayContaining([
        expect.objectContaining({ name: 'claude', state: 'ok' }),
        expect.objectContaining({ name: 'preflight', state: 'ok' }),
        expect.objectContaining({ name: 'model credentials', text: 'ANTHROPIC_API_KEY set' }),
      ]) as unknown,
    });
    expect(stdout + stderr).not.toContain(env.ANTHROPIC_API_KEY);
  });
});
