/** Whether a text is an IPv4 address, or an IPv6 address in brackets: one that nobody has to look up. */
export function isNumericAddress(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']') ? isIpv6(text.slice(1, -1)) : isIpv4(text);
}

export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/u.test(part) && Number(part) <= 255);
}

export function isIpv6(text: string): boolean {
  const [head = '', tail, ...more] = text.split('::');
  const groups = [head, tail ?? ''].flatMap((half) => (half === '' ? [] : half.split(':')));
  if (more.length > 0 || !groups.every((group) => /^[0-9a-f]{1,4}$/iu.test(group))) return false;
  return tail === undefined ? groups.length === 8 : groups.length < 8;
}
