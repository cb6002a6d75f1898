import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRequestId } from '../domain/request-id.ts';
import type { Publisher } from './port.ts';

/** Where the queue of a publisher lies. */
export function publisherFolder(stateDir: string, name: Publisher['name']): string {
  return join(stateDir, 'publishers', name);
}

/** Results that wait for a publisher, whether its processor runs or not. */
export async function countWaiting(stateDir: string, name: Publisher['name']): Promise<number> {
  const names = await readdir(publisherFolder(stateDir, name)).catch((): string[] => []);
  return names.filter((each) => parseRequestId(each.replace(/\.json$/u, '')) !== undefined).length;
}
