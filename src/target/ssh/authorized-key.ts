import { WarroomError } from '../../domain/errors.ts';

/** One public key as OpenSSH writes it; options in front of it would come before ours. */
const PUBLIC_KEY =
  /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]{40,2000}={0,3}(?: [ -!#-~]{0,200})?$/u;
const SCRIPT_PATH = /^(?:\/[A-Za-z0-9_.-]+)+$/u;
const FROM = /^[A-Za-z0-9.:*?!/_,-]{1,200}$/u;

/**
 * The line for `authorized_keys`: this key may run the script and nothing else. `restrict` refuses terminals, forwarding
 * and whatever a later sshd adds (sshd manual, AUTHORIZED_KEYS FILE FORMAT).
 */
export function authorizedKeyLine(options: {
  readonly publicKey: string;
  readonly scriptPath: string;
  /** Addresses that may use the key, as sshd reads them in `from=`. */
  readonly from?: string;
}): string {
  const key = options.publicKey.trim();
  if (!PUBLIC_KEY.test(key)) {
    throw new WarroomError('usage', 'the key is not one line with one public key', {
      why: `it begins with ${JSON.stringify(key.slice(0, 30))}`,
      hint: 'name the file that ends in .pub; make one with  ssh-keygen -t ed25519 -N "" -f KEY',
    });
  }
  if (!SCRIPT_PATH.test(options.scriptPath)) {
    throw new WarroomError('usage', `${JSON.stringify(options.scriptPath)} cannot be the path of the wrapper`, {
      why: 'it must be absolute and consist of letters, digits and _ . - /',
      hint: 'for example /usr/local/lib/claude-warroom/warroom-ro',
    });
  }
  const { from } = options;
  if (from !== undefined && !FROM.test(from)) {
    throw new WarroomError('usage', `${JSON.stringify(from)} is no list of addresses for from=`, {
      hint: 'for example 192.0.2.10 or 192.0.2.0/24,2001:db8::/32',
    });
  }
  const source = from === undefined ? '' : `from="${from}",`;
  return `${source}restrict,command="${options.scriptPath}" ${key}`;
}
