import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { WarroomError } from '../domain/errors.ts';

/** Sends messages to a receiver of syslog; never blocks, never throws. */
export interface Syslog {
  send(message: string): void;
  close(): void;
}

export interface SyslogOptions {
  /** `udp://host:port`, `tcp://host:port` or `unix:/path` of a stream socket. */
  readonly address: string;
  /** Told when the receiver stops taking messages, and when it takes them again. */
  readonly onChange: (state: { readonly isUp: boolean; readonly lost: number; readonly why: string }) => void;
  /** Milliseconds between two tries to connect. */
  readonly reconnectMs?: number;
  /** Messages that wait for a receiver; beyond them the oldest are lost, and counted. */
  readonly maxWaiting?: number;
}

type Address =
  | { readonly kind: 'udp' | 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

const MAX_WAITING = 10_000;
const RECONNECT_MS = 2000;
/** A receiver that is connected and does not read gets no more than this. */
const MAX_UNREAD_BYTES = 1024 * 1024;

export function openSyslog(options: SyslogOptions): Syslog {
  const address = parseAddress(options.address);
  return address.kind === 'udp' ? openUdp(address, options) : openStream(address, options);
}

function parseAddress(text: string): Address {
  const unix = /^unix:(\/.+)$/u.exec(text)?.[1];
  if (unix !== undefined) return { kind: 'unix', path: unix };
  const match = /^(udp|tcp):\/\/(?:\[([^\]]+)\]|([^:/]+)):(\d+)$/u.exec(text);
  const host = match?.[2] ?? match?.[3];
  if (match === null || host === undefined) {
    throw new WarroomError('usage', `${JSON.stringify(text)} is no address of a syslog receiver`, {
      hint: 'udp://host:port, tcp://host:port or unix:/path',
    });
  }
  return { kind: match[1] === 'udp' ? 'udp' : 'tcp', host, port: Number(match[4]) };
}

function openUdp(address: Extract<Address, { kind: 'udp' | 'tcp' }>, { onChange }: SyslogOptions): Syslog {
  let lost = 0;
  const socket: UdpSocket = createSocket(address.host.includes(':') ? 'udp6' : 'udp4');
  socket.unref();
  const settle = (error: Error | null): void => {
    if (error !== null) {
      if (lost === 0) onChange({ isUp: false, lost: 1, why: error.message });
      lost++;
    } else if (lost > 0) {
      onChange({ isUp: true, lost, why: 'it takes messages again' });
      lost = 0;
    }
  };
  socket.on('error', settle);
  return {
    send: (message) => {
      socket.send(message, address.port, address.host, settle);
    },
    close: () => {
      socket.close();
    },
  };
}

/** Octet counting (RFC 6587, section 3.4.1), so that a message may hold line breaks. */
function openStream(address: Exclude<Address, { kind: 'udp' }>, { onChange, ...limits }: SyslogOptions): Syslog {
  const { reconnectMs = RECONNECT_MS, maxWaiting = MAX_WAITING } = limits;
  const waiting: string[] = [];
  let lost = 0;
  let isUp = true;
  let isClosed = false;
  let socket: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;

  const open = (): void => {
    const opened = address.kind === 'unix' ? connect(address.path) : connect(address.port, address.host);
    opened.unref();
    opened.on('connect', () => {
      socket = opened;
      if (!isUp) onChange({ isUp: true, lost, why: 'it takes messages again' });
      isUp = true;
      lost = 0;
      flush(opened);
    });
    opened.on('drain', () => {
      flush(opened);
    });
    // It has nothing to say; unread, its words would keep the connection half open.
    opened.resume();
    opened.on('error', (error) => {
      if (isUp) onChange({ isUp: false, lost, why: error.message });
      isUp = false;
    });
    opened.on('close', () => {
      socket = undefined;
      if (isClosed) return;
      timer = setTimeout(open, reconnectMs);
      timer.unref();
    });
  };
  const write = (to: Socket, message: string): void => {
    to.write(`${Buffer.byteLength(message)} ${message}`);
  };
  const flush = (to: Socket): void => {
    while (waiting.length > 0 && to.writableLength < MAX_UNREAD_BYTES) write(to, waiting.shift() ?? '');
  };
  open();
  return {
    send: (message) => {
      waiting.push(message);
      if (socket !== undefined) flush(socket);
      if (waiting.length <= maxWaiting) return;
      waiting.shift();
      lost++;
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      // What was written is on its way; the end of the stream follows it.
      socket?.end();
    },
  };
}
