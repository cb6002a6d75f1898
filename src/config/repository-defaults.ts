import { resolve } from 'node:path';
import { isLocalPath } from '../domain/is-local-address.ts';

export const DEFAULT_BRANCH = 'main';
export const DEFAULT_REF_NAMESPACE = 'refs/warroom';

/** A path becomes absolute, seen from `folder`; a URL stays as it is. */
export function resolveAddress(address: string, folder: string): string {
  return isLocalPath(address) ? resolve(folder, address) : address;
}
