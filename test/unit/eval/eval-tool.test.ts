import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkAims } from '../../eval/aims.ts';
import { formatEvalCase, readEvalCase } from '../../eval/eval-case.ts';
import { parseFault } from '../../eval/fault.ts';
import type { CaseScore } from '../../eval/judge-case.ts';
import { asFirstSeen, summarise } from '../../eval/summary.ts';
import { replaceSection, sectionOf } from '../../support/page-section.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const score = (more: Partial<CaseScore>): CaseScore => ({
  ...{ id: 'x', playbook: 'general', expected: [{ code: 'DISK_FULL' }], hypotheses: [], problems: [] },
  ...{ outcome: 'root-cause', unknownRules: 1, rules: 4, ms: 10 },
  ...more,
});

describe('faults', () => {
  it('reads what is wrong, and what each playbook should say', () => {
    const fault = parseFault(
      'disk-full',
      '# A full disk.\n# own-load\n# case: general DISK_FULL@/var,NO_SPACE\n# case: firewall healthy port=80 unit=a=b\ntrue\n',
    );
    expect(fault).toEqual({
      what: 'A full disk.',
      hasOwnLoad: true,
      questions: [
        { playbook: 'general', causes: [{ code: 'DISK_FULL', object: '/var' }, { code: 'NO_SPACE' }], inputs: {} },
        { playbook: 'firewall', causes: [], inputs: { port: '80', unit: 'a=b' } },
      ],
    });
  });

  it.each(['true\n', '# Only a sentence.\n', '# case: general healthy\n', '# A disk.\n# case: general\n'])(
    'refuses %j, which is not complete',
    (script) => {
      expect(() => parseFault('x', script)).toThrow(/the fault x/u);
    },
  );
});

describe('case.yaml', () => {
  it('is read as it was written', async () => {
    const written = {
      ...{ playbook: 'general', provenance: 'by hand: a disk', causes: [{ code: 'DISK_FULL', object: '/var' }] },
      ...{ inputs: { port: '80' }, now: new Date('2026-11-20T12:00:00Z'), liveMs: 12 },
      development: { rank: 'none' as const, why: 'a rule was added' },
      limitation: { rank: 2, why: 'the log is not kept' },
    };
    await withTempFolder(async (folder) => {
      await writeFile(join(folder, 'case.yaml'), formatEvalCase(written));
      expect(await readEvalCase(folder)).toEqual(written);
    });
  });

  it.each([
    ['expect: healthy\nprovenance: x\n', 'playbook is not a text'],
    ['playbook: general\nprovenance: x\n', 'expect is neither healthy nor causes'],
    ['playbook: general\nprovenance: x\nexpect: [DISK_FULL]\n', 'a cause needs a code'],
    ['playbook: general\nprovenance: x\nexpect: healthy\nsevrity: high\n', 'unknown fields: sevrity'],
    ['playbook: general\nprovenance: x\nexpect: healthy\ninputs: [a]\n', 'inputs is not a mapping'],
    ['playbook: general\nprovenance: x\nexpect: healthy\ndevelopment: {why: a}\n', 'a note has no rank'],
    ['playbook: general\nprovenance: x\nexpect: healthy\nlimitation: 1\n', 'a note is not a mapping'],
    ['- a\n', 'is not a YAML mapping'],
  ])('says what is wrong with %j', async (text, message) => {
    await withTempFolder(async (folder) => {
      await mkdir(join(folder, 'case'));
      await writeFile(join(folder, 'case/case.yaml'), text);
      await expect(readEvalCase(join(folder, 'case'))).rejects.toThrow(message);
    });
  });
});

describe('figures', () => {
  const scores = [
    score({ rank: 1, liveMs: 4000 }),
    score({ rank: 3, development: { rank: 'none', why: 'a rule was added' } }),
    score({ outcome: 'no-problem' }),
    score({ expected: [], problems: ['ZOMBIES', 'LOAD_HIGH'], ms: 90 }),
  ];

  it('count ranks, false findings and what is unknown', () => {
    expect(summarise(scores)).toEqual({
      ...{ cases: 4, faults: 3, rank1: 1, top3: 2, allClear: 1, healthy: 1, falseFindings: 2 },
      ...{ unknownPercent: 25, medianMs: 10, maxMs: 90, maxLiveMs: 4000 },
    });
  });

  it('can be those of the first look, before anything was repaired', () => {
    expect(summarise(asFirstSeen(scores)).top3).toBe(1);
  });

  it('are compared with the aims', () => {
    expect(checkAims(scores, 21_000).map(({ measured, holds }) => [measured, holds])).toEqual([
      ['2 of 3 (67 %)', false],
      ['1 of 3 (33 %)', false],
      ['1', false],
      ['2', false],
      ['4.0 s', true],
      ['21.0 s', false],
    ]);
    expect(checkAims([]).length).toBe(0);
  });
});

describe('sections of a page', () => {
  const page = '# Page\n\n## One\n\na\n\n## Two\n\nb\n';

  it('are replaced, or added at the end, and leave the others alone', () => {
    expect(replaceSection(page, 'One', '## One\n\nc\n')).toBe('# Page\n\n## Two\n\nb\n\n## One\n\nc\n');
    expect(replaceSection(page, 'Three', '## Three\n\nc\n')).toBe(`${page}\n## Three\n\nc\n`);
    expect(sectionOf(page, 'Two')).toBe('## Two\n\nb\n');
    expect(sectionOf(page, 'Three')).toBe('');
  });
});
