import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanTargetNames } from '../../../src/admission/scan-target-names.ts';
import { requestTargets } from '../../../src/domain/request.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { arbitraryRequest } from '../../support/arbitrary-request.ts';
import { cpuTimeMs } from '../../support/cpu-time.ts';

describe('the addressee of bytes that nobody vouches for', () => {
  it.each<[string, string, readonly string[]]>([
    ['one cluster', 'spec:\n  targetCluster:\n    type: host\n    name: this-host\n', ['this-host']],
    ['windows line ends', 'spec:\r\n  targetCluster:\r\n    name: this-host\r\n', ['this-host']],
    ['quotes', 'spec:\n  targetCluster:\n    name: "this-host"\n', ['this-host']],
    ['a flow mapping', "spec:\n  targetCluster: {type: host, name: 'this-host'}\n", ['this-host']],
    [
      'several',
      'spec:\n  targetClusters:\n    - name: a\n      type: hub\n    - type: host\n      name: b\n',
      ['a', 'b'],
    ],
    ['a list below its key', 'spec:\n  targetClusters:\n  - name: a\n    type: hub\n  issue:\n    name: x\n', ['a']],
    ['a name elsewhere', 'metadata:\n  name: this-host\nspec:\n  issue:\n    name: this-host\n', []],
    ['a target outside the spec', 'targetCluster:\n  name: this-host\n', []],
    ['a comment', 'spec:\n  targetCluster:\n    # name: this-host\n', []],
    ['a name that no cluster has', 'spec:\n  targetCluster:\n    name: ../../etc\n', []],
    ['an alias', 'spec:\n  targetCluster:\n    name: *a\n', []],
    ['json', '{"spec": {"targetCluster": {"name": "this-host"}}}', []],
    ['nothing', '', []],
  ])('is read from %s', (_what, text, names) => {
    expect(scanTargetNames(text)).toEqual(names);
  });

  it('is found in every request that this program writes', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        const wanted = requestTargets(request).map(({ name }) => name);
        expect(scanTargetNames(formatYaml('TroubleshootingRequest', request))).toEqual(wanted);
      }),
      { numRuns: 50 },
    );
  });

  it('never fails, and names few', () => {
    const piece = fc.oneof(
      fc.constantFrom('spec:\n', '  targetClusters:\n', '    - name: a\n', '{', 'name: b', '\0', ' ', '\t', '"'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (parts) => {
        expect(scanTargetNames(parts.join('')).length).toBeLessThanOrEqual(20);
      }),
    );
  });

  it.each([
    ['braces', `spec:\n  targetCluster: ${'{'.repeat(60_000)}`],
    ['flow openings', `spec:\n${'  targetCluster: {name: \n'.repeat(2500)}`],
    ['blanks', ' '.repeat(64_000)],
    ['names', `spec:\n  targetClusters:\n${'    - name: a\n'.repeat(4000)}`],
  ])('costs little in 64 KiB of %s', (_what, text) => {
    const ms = cpuTimeMs(() => {
      scanTargetNames(text);
    });
    expect(ms).toBeLessThan(3000);
  });
});
