/** The beginning of `text`, at most `maxBytes` bytes of UTF-8: whole characters, and whole lines where that is near. */
export function cutBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = Math.max(0, maxBytes);
  // 10xxxxxx continues a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  const kept = bytes.subarray(0, end).toString('utf8');
  const line = kept.lastIndexOf('\n');
  return line > kept.length * 0.7 ? kept.slice(0, line) : kept;
}
