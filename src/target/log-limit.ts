const SOURCE = /^\[pod\/[^\]]{1,600}\] /u;

/**
 * Whether the log of a container came to the end that `--limit-bytes` sets. The API server stops there, so it is the newest
 * lines that are missing; kubectl says nothing about it.
 */
export function hasReachedLogLimit(argv: readonly string[], stdout: string): boolean {
  if (!argv.includes('logs')) return false;
  const at = argv.findIndex((element) => element.startsWith('--limit-bytes'));
  const text = argv[at]?.slice('--limit-bytes='.length);
  const limit = Number(text === '' ? argv[at + 1] : text);
  if (at === -1 || !(limit > 0) || Buffer.byteLength(stdout) < limit) return false;
  const bytes = new Map<string, number>();
  for (const line of stdout.split('\n')) {
    const source = SOURCE.exec(line)?.[0] ?? '';
    bytes.set(source, (bytes.get(source) ?? 0) + Buffer.byteLength(line) - Buffer.byteLength(source) + 1);
  }
  // The last line has no end of its own when it was cut.
  return [...bytes.values()].some((size) => size > limit);
}
