import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSyslog, type Syslog, type SyslogOptions } from '../../../src/zone/syslog.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

type Place = { readonly port: number } | { readonly path: string };

/** A receiver of syslog over a stream, which can go away and come back at the same address. */
class Receiver {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #bytes = Buffer.alloc(0);

  async listen(place: Place): Promise<Place> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('data', (chunk: Buffer) => (this.#bytes = Buffer.concat([this.#bytes, chunk])));
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', ...place }, resolve));
    return 'path' in place ? place : { port: (server.address() as AddressInfo).port };
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Stops to read what comes in. */
  stall(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  readOn(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  async goAway(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Messages by the octets that each says it has (RFC 6587, section 3.4.1). */
  messages(): readonly string[] {
    const messages: string[] = [];
    for (let at = 0; at < this.#bytes.length;) {
      const blank = this.#bytes.indexOf(0x20, at);
      const end = blank + 1 + Number(this.#bytes.subarray(at, blank).toString('latin1'));
      if (blank < 0 || end > this.#bytes.length) break;
      messages.push(this.#bytes.subarray(blank + 1, end).toString('utf8'));
      at = end;
    }
    return messages;
  }
}

let temp: TempFolder;
let receiver: Receiver;
let syslog: Syslog | undefined;
let changes: Parameters<SyslogOptions['onChange']>[0][];

beforeEach(async () => {
  temp = await createTempFolder('syslog');
  receiver = new Receiver();
  changes = [];
});

afterEach(async () => {
  syslog?.close();
  await receiver.goAway();
  await temp.close();
});

function open(place: Place, limits: Partial<SyslogOptions> = {}): Syslog {
  const address = 'path' in place ? `unix:${place.path}` : `tcp://127.0.0.1:${place.port}`;
  const onChange = (change: (typeof changes)[number]): void => void changes.push(change);
  syslog = openSyslog({ address, onChange, reconnectMs: 10, ...limits });
  return syslog;
}

async function received(...messages: readonly string[]): Promise<void> {
  await waitUntil(() => receiver.messages().length >= messages.length, {
    what: () => `${messages.length} messages, there are ${receiver.messages().length}`,
  });
  expect(receiver.messages()).toEqual(messages);
}

describe.each(['tcp', 'unix'] as const)('the export of the audit log over %s', (kind) => {
  const placeOf = (): Place => (kind === 'tcp' ? { port: 0 } : { path: join(temp.path, 'log') });

  it('keeps messages apart, whatever is in them', async () => {
    const log = open(await receiver.listen(placeOf()));
    for (const message of ['one', 'two\nlines', '3 æøå 漢字', '']) log.send(message);
    await received('one', 'two\nlines', '3 æøå 漢字', '');
    expect(changes).toEqual([]);
  });

  it('goes on in order when the receiver has been away, and says both', async () => {
    const place = await receiver.listen(placeOf());
    const log = open(place);
    log.send('before');
    await received('before');
    await receiver.goAway();
    await waitUntil(() => changes.length === 1, { what: 'the word that the receiver is away' });
    expect(changes).toMatchObject([{ isUp: false, lost: 0 }]);
    for (const message of ['away 1', 'away 2']) log.send(message);
    await receiver.listen(place);
    await received('before', 'away 1', 'away 2');
    log.send('after');
    await received('before', 'away 1', 'away 2', 'after');
    expect(changes).toMatchObject([{ isUp: false }, { isUp: true, lost: 0, why: 'it takes messages again' }]);
  });

  it('loses the oldest when it waits too long, and counts them', async () => {
    const place = await receiver.listen(placeOf());
    await receiver.goAway();
    const log = open(place, { maxWaiting: 2 });
    for (const message of ['1', '2', '3', '4', '5']) log.send(message);
    await waitUntil(() => changes.length === 1, { what: 'the word that the receiver is away' });
    await receiver.listen(place);
    await received('4', '5');
    expect(changes.at(-1)).toMatchObject({ isUp: true, lost: 3 });
  });

  it('does not grow without end before a receiver that does not read', async () => {
    const log = open(await receiver.listen(placeOf()), { maxWaiting: 3 });
    log.send('first');
    await received('first');
    receiver.stall();
    // More than the buffers of both ends can hold.
    const large = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 20; count++) log.send(large);
    for (const last of ['a', 'b', 'c']) log.send(last);
    receiver.readOn();
    await waitUntil(() => receiver.messages().at(-1) === 'c', { what: 'the last message' });
    expect(receiver.messages().slice(-3)).toEqual(['a', 'b', 'c']);
    expect(receiver.messages().length).toBeLessThan(20);
  });
});

describe('an address of a receiver', () => {
  it.each(['udp://127.0.0.1', 'tcp://:1', 'unix:log', 'https://example.com'])('is refused: %s', (address) => {
    expect(() => openSyslog({ address, onChange: () => undefined })).toThrow('is no address of a syslog receiver');
  });
});
