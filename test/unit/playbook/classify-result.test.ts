import { describe, expect, it } from 'vitest';
import { classifyResult, type ExitCodes } from '../../../src/playbook/classify-result.ts';
import { resultOf, type Answer } from './scripted-target.ts';

const COMMAND = { argv: ['tool'], timeoutMs: 1000, maxBytes: 1000 };

function exited(exit: number, parts: Exclude<Answer, string> = {}): Answer {
  return { ...parts, end: { kind: 'exited', exit } };
}

describe('status of a step', () => {
  it.each<[string, Answer, ExitCodes, string]>([
    ['exit code 0', exited(0), {}, 'ok'],
    ['another exit code', exited(1), {}, 'failed'],
    ['a declared good exit code', exited(1, { stdout: 'rows' }), { okExitCodes: [0, 1] }, 'ok'],
    [
      'a good exit code with a complaint instead of output',
      exited(1, { stderr: 'df: no file systems' }),
      { okExitCodes: [0, 1] },
      'failed',
    ],
    [
      'a good exit code with a complaint beside output',
      exited(1, { stdout: 'rows', stderr: 'x: Permission denied' }),
      { okExitCodes: [0, 1] },
      'ok',
    ],
    ['exit code 0 that is not declared', exited(0), { okExitCodes: [3] }, 'failed'],
    ['a signal', exited(1, { stdout: 'degraded' }), { signalExitCodes: { '1': 'degraded' } }, 'nonzero-ok'],
    [
      'a signal with words on stderr',
      exited(1, { stderr: 'refused' }),
      { signalExitCodes: { '1': 'closed' } },
      'nonzero-ok',
    ],
    [
      'a signal that hides a missing permission',
      exited(1, { stderr: 'insufficient permissions' }),
      { signalExitCodes: { '1': 'no-match' } },
      'denied',
    ],
    ['a missing permission', exited(1, { stderr: 'cat: /x: Permission denied' }), {}, 'denied'],
    [
      'a refusal of the kernel',
      exited(1, { stderr: 'dmesg: read kernel buffer failed: Operation not permitted' }),
      {},
      'denied',
    ],
    ['a refusal of an API', exited(1, { stderr: 'Error from server (Forbidden): pods is forbidden' }), {}, 'denied'],
    ['sudo without a password', exited(1, { stderr: 'sudo: a password is required' }), {}, 'denied'],
    [
      'a hidden journal with exit code 0',
      exited(0, { stderr: 'Hint: You are currently not seeing messages from other users and the system.' }),
      {},
      'denied',
    ],
    [
      'a missing journal with exit code 0',
      exited(0, { stdout: '-- No entries --', stderr: 'No journal files were found.' }),
      {},
      'failed',
    ],
    [
      'a journal that may not be opened',
      exited(1, { stderr: 'No journal files were opened due to insufficient permissions.' }),
      {},
      'denied',
    ],
    ['exit code 127', exited(127, { stderr: 'sh: tool: not found' }), {}, 'missing-tool'],
    ['exit code 124 after the whole time', exited(124, { ms: 1000 }), {}, 'timeout'],
    ['exit code 137 long before the time was over', exited(137, { ms: 5 }), {}, 'failed'],
    ['a program that is not there', { end: { kind: 'missing-tool' } }, {}, 'missing-tool'],
    ['a program that may not be executed', { end: { kind: 'denied' } }, {}, 'denied'],
    ['our own time limit', { end: { kind: 'timeout' } }, {}, 'timeout'],
    ['a target that is away', { end: { kind: 'unreachable' } }, {}, 'unreachable'],
    ['a run that was stopped', { end: { kind: 'aborted' } }, {}, 'skipped'],
  ])('%s', (_what, answer, codes, expected) => {
    expect(classifyResult(COMMAND, resultOf(answer), codes).status).toBe(expected);
  });

  it('reads 124 of the program timeout as a time limit', () => {
    const command = { ...COMMAND, argv: ['timeout', '1', 'tool'] };
    expect(classifyResult(command, resultOf(exited(124, { ms: 5 })), {}).status).toBe('timeout');
  });

  it('gives the first line that the tool said as the reason', () => {
    const answer = exited(1, { stderr: '\n  cannot open bus  \nmore\n' });
    expect(classifyResult(COMMAND, resultOf(answer), {}).reason).toBe('cannot open bus');
    expect(classifyResult(COMMAND, resultOf(exited(7)), {}).reason).toBe('ended with exit code 7');
  });
});
