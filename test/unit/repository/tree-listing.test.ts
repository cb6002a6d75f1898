import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTreeListing, parseTreeObject } from '../../../src/repository/git/tree-listing.ts';

const OID = '0123456789abcdef0123456789abcdef01234567';

describe('a tree listing', () => {
  it('keeps names as they are, whatever is in them', () => {
    const names = ['a.yaml', 'with\nline', 'tab\there', '--output=x', '\u001b[31m', ' space ', '..', '.git/config'];
    const listing = names.map((name) => `100644 blob ${OID}\t${name}\0`).join('');
    expect(parseTreeListing(listing).map(({ path }) => path)).toEqual(names);
  });

  it('tells links, programs and submodules from plain files by their mode', () => {
    const listing = ['120000 blob', '100755 blob', '160000 commit'].map((kind) => `${kind} ${OID}\tx\0`).join('');
    expect(parseTreeListing(listing).map(({ mode }) => mode)).toEqual(['120000', '100755', '160000']);
  });

  it.each(['', '\0', 'garbage\0', `100644 blob short\tx\0`])('leaves out %j', (listing) => {
    expect(parseTreeListing(listing)).toEqual([]);
  });
});

describe('a tree object', () => {
  function entry(mode: string, name: string): Buffer {
    return Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(OID, 'hex')]);
  }

  it('gives its entries in order', () => {
    const bytes = Buffer.concat([entry('100644', 'claim.json'), entry('40000', 'requests')]);
    expect(parseTreeObject(bytes)).toEqual([
      { mode: '100644', path: 'claim.json', oid: OID },
      { mode: '40000', path: 'requests', oid: OID },
    ]);
    expect(parseTreeObject(Buffer.alloc(0))).toEqual([]);
  });

  it('is nothing when it is torn at any place', () => {
    const bytes = entry('100644', 'claim.json');
    for (let length = 1; length < bytes.length; length++) {
      expect(parseTreeObject(bytes.subarray(0, length)), `${length} bytes`).toBeUndefined();
    }
  });

  it('ends for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const entries = parseTreeObject(bytes);
        return entries === undefined || entries.every(({ oid }) => oid.length === 40);
      }),
    );
  });
});
