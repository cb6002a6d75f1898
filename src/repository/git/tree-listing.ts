import type { TreeFile } from '../port.ts';

/** Entries of `ls-tree -r -z`: `<mode> <type> <oid>\t<path>\0`. Paths are taken as they are, newlines and all. */
export function parseTreeListing(listing: string): TreeFile[] {
  const files: TreeFile[] = [];
  for (const row of listing.split('\0')) {
    const match = /^(\d{6}) (?:blob|commit|tree) ([0-9a-f]{40,64})\t(.*)$/su.exec(row);
    if (match?.[1] === undefined || match[2] === undefined || match[3] === undefined) continue;
    files.push({ mode: match[1], oid: match[2], path: match[3] });
  }
  return files;
}

/** Entries of one raw tree object: `<mode> <name>\0<20 bytes>`; undefined when it is torn. */
export function parseTreeObject(bytes: Uint8Array): TreeFile[] | undefined {
  const files: TreeFile[] = [];
  const buffer = Buffer.from(bytes);
  for (let at = 0; at < buffer.length;) {
    const space = buffer.indexOf(32, at);
    const end = buffer.indexOf(0, space);
    if (space < 0 || end < 0 || end + 20 >= buffer.length) return undefined;
    files.push({
      mode: buffer.toString('latin1', at, space),
      path: buffer.toString('utf8', space + 1, end),
      oid: buffer.toString('hex', end + 1, end + 21),
    });
    at = end + 21;
  }
  return files;
}
