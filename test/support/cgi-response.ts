import type { Readable } from 'node:stream';

export interface CgiHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads the header lines that a CGI program prints; the body follows as it comes. */
export async function splitCgiResponse(
  stdout: Readable,
): Promise<{ readonly head: CgiHead; readonly body: AsyncIterable<Buffer> }> {
  const chunks: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]();
  let read = Buffer.alloc(0);
  for (;;) {
    const end = read.indexOf('\r\n\r\n');
    if (end >= 0) return { head: parseHead(read.subarray(0, end).toString()), body: rest(read.subarray(end + 4)) };
    const next = await chunks.next();
    if (next.done === true) throw new Error(`the program ended before its headers did: ${read.toString()}`);
    read = Buffer.concat([read, next.value]);
  }

  async function* rest(first: Buffer): AsyncGenerator<Buffer> {
    try {
      if (first.length > 0) yield first;
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
    } finally {
      // Nobody reads on: the program must not wait for room in the pipe.
      stdout.destroy();
    }
  }
}

function parseHead(text: string): CgiHead {
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'status') status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  return { status, headers };
}
