import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AUDIT_START,
  formatAuditLine,
  formatSyslog,
  verifyAudit,
  type AuditEntry,
} from '../../../src/zone/audit-format.ts';

function logOf(count: number): readonly string[] {
  let prev = AUDIT_START;
  return Array.from({ length: count }, (_, index) => {
    const entry: AuditEntry = {
      seq: index + 1,
      at: '2026-11-20T14:30:00.000Z',
      event: 'command',
      argv: ['df', '-h'],
      prev,
    };
    const { line, hash } = formatAuditLine(entry);
    prev = hash;
    return line;
  });
}

describe('threat 18: the chain of the audit log', () => {
  it('is whole as it was written, also from the middle on', () => {
    expect(verifyAudit(`${logOf(4).join('\n')}\n`)).toMatchObject({ kind: 'whole', lines: 4, last: { seq: 4 } });
    expect(verifyAudit(logOf(4).slice(2).join('\n'))).toMatchObject({ kind: 'whole', lines: 2 });
    expect(verifyAudit('')).toEqual({ kind: 'whole', lines: 0, last: undefined });
  });

  it.each<[string, (lines: string[]) => string[], number, string]>([
    ['a changed word', (lines) => lines.map((l, i) => (i === 1 ? l.replace('df', 'rm') : l)), 2, 'its own hash'],
    ['a removed line', (lines) => lines.toSpliced(1, 1), 2, 'the line before it'],
    ['two lines in the wrong order', ([a, b, c, d]) => [a, c, b, d].map(String), 2, 'the line before it'],
    ['a line that was made up', (lines) => lines.toSpliced(2, 0, '{"event":"x"}'), 3, 'its own hash'],
    ['a line said twice', (lines) => lines.toSpliced(2, 0, lines[1] ?? ''), 3, 'the line before it'],
  ])('breaks by %s, and the first wrong line is named', (_, change, line, why) => {
    const verdict = verifyAudit(change([...logOf(4)]).join('\n'));
    expect(verdict).toMatchObject({ kind: 'broken', line, why: expect.stringContaining(why) as unknown });
  });

  it('breaks by any changed byte', () => {
    const text = logOf(3).join('\n');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), fc.integer({ min: 33, max: 126 }), (at, code) => {
        const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
        expect(verifyAudit(changed).kind).toBe(changed === text ? 'whole' : 'broken');
      }),
    );
  });
});

it('becomes a message of RFC 5424', () => {
  const entry: AuditEntry = { seq: 1, at: '2026-11-20T14:30:00.000Z', event: 'paused', prev: AUDIT_START };
  expect(formatSyslog('{}', entry, { host: 'hub node', pid: 7 })).toBe(
    '<109>1 2026-11-20T14:30:00.000Z hub-node claude-warroom 7 paused - {}',
  );
});
