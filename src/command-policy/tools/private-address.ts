import { isIpv4, isIpv6 } from './numeric-address.ts';

/**
 * Networks that nobody on the internet can watch (RFC 1918, 4193, 6598, loopback and link-local of IPv6). A packet to any
 * other address tells its owner something, and the choice of the address can say more.
 */
export function isPrivateAddress(text: string): boolean {
  if (isIpv4(text)) return isPrivateIpv4(text.split('.').map(Number));
  return isIpv6(text) && /^(?:::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/iu.test(text);
}

function isPrivateIpv4([first = 0, second = 0]: readonly number[]): boolean {
  switch (first) {
    case 10:
    case 127:
      return true;
    case 100:
      return second >= 64 && second < 128;
    case 172:
      return second >= 16 && second < 32;
    case 192:
      return second === 168;
    default:
      return false;
  }
}
