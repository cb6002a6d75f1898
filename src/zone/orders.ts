import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
import { randomHex, type RandomBytes } from '../lib/random-text.ts';

/**
 * How an administrator speaks to a running processor: files in its state folder, which only its own user can write, and
 * never the network. An order is one file; the answer is another one with the same number.
 */
export interface Order {
  readonly action: 'kill' | 'release' | 'discard';
  /** `all` is for `kill` alone. */
  readonly id: RequestId | 'all';
  readonly who: string;
  readonly reason: string;
}

export type OrderAnswer =
  { readonly kind: 'done'; readonly ids: readonly string[] } | { readonly kind: 'refused'; readonly why: string };

export interface PlacedOrder extends Order {
  readonly number: string;
}

function folderOf(stateDir: string): string {
  return join(stateDir, 'orders');
}

/** Lays an order down and gives its number. */
export async function placeOrder(stateDir: string, order: Order, random: RandomBytes): Promise<string> {
  const folder = folderOf(stateDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const number = randomHex(8, random);
  await writeWhole(join(folder, `${number}.order`), JSON.stringify(order));
  return number;
}

/** Takes an order back that nobody has taken up; false when it is too late for that. */
export async function withdrawOrder(stateDir: string, number: string): Promise<boolean> {
  const file = join(folderOf(stateDir), `${number}.order`);
  try {
    await rm(file);
    return true;
  } catch {
    return false;
  }
}

/** The answer to an order, once; undefined while there is none. */
export async function takeAnswer(stateDir: string, number: string): Promise<OrderAnswer | undefined> {
  const file = join(folderOf(stateDir), `${number}.answer`);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  await rm(file, { force: true });
  return JSON.parse(text) as OrderAnswer;
}

/** For the processor: all orders that lie there; each is given once. What is no order is removed. */
export async function takeOrders(stateDir: string): Promise<readonly PlacedOrder[]> {
  const folder = folderOf(stateDir);
  const names = await readdir(folder).catch(() => []);
  const orders: PlacedOrder[] = [];
  for (const name of names.sort()) {
    const number = /^([0-9a-f]{16})\.order$/u.exec(name)?.[1];
    if (number === undefined) continue;
    const order = parseOrder(await readFile(join(folder, name), 'utf8').catch(() => ''));
    await rm(join(folder, name), { force: true });
    if (order !== undefined) orders.push({ ...order, number });
  }
  return orders;
}

export async function answerOrder(stateDir: string, number: string, answer: OrderAnswer): Promise<void> {
  await writeWhole(join(folderOf(stateDir), `${number}.answer`), JSON.stringify(answer));
}

async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
}

function parseOrder(text: string): Order | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const action = (['kill', 'release', 'discard'] as const).find((name) => name === fields.get('action'));
  const [id, who, reason] = [fields.get('id'), fields.get('who'), fields.get('reason')];
  if (action === undefined || typeof id !== 'string' || typeof who !== 'string' || typeof reason !== 'string') {
    return undefined;
  }
  const parsed = id === 'all' ? id : parseRequestId(id);
  if (parsed === undefined || (parsed === 'all' && action !== 'kill')) return undefined;
  return { action, id: parsed, who: who.slice(0, 254), reason: reason.slice(0, 500) };
}
