import type { IncomingMessage } from 'node:http';
import type { AskedCall, Refusal } from './call.ts';

export type ReadRequest =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'read'; readonly call: AskedCall; readonly userAgent?: string };

const MAX_USER_AGENT = 100;

/** What of a request goes on: its path, its query, what it accepts and who sends it. Anything that wants more is refused. */
export function readRequest(request: IncomingMessage): ReadRequest {
  const refused = (reason: Refusal['reason'], message: string): ReadRequest => ({
    kind: 'refused',
    refusal: { reason, message },
  });
  const { method, headers, url = '' } = request;
  if (method !== 'GET') {
    return refused(
      'MethodNotAllowed',
      `the cluster broker forwards GET only; ${method ?? 'this'} could change something`,
    );
  }
  if (headers.upgrade !== undefined || /upgrade/iu.test(headers.connection ?? '')) {
    return refused(
      'Forbidden',
      'the cluster broker forwards no upgraded connections: exec, attach and port-forward do not work here',
    );
  }
  const impersonation = Object.keys(headers).find((name) => /^impersonate-|^x-remote-/u.test(name));
  if (impersonation !== undefined) {
    return refused(
      'Forbidden',
      `the cluster broker forwards no ${impersonation} header: nobody acts as somebody else here`,
    );
  }
  if (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0') {
    return refused('BadRequest', 'the cluster broker takes requests without a body only');
  }
  if (!url.startsWith('/') || !/^[\x21-\x7e]+$/u.test(url) || url.includes('#')) {
    return refused('BadRequest', 'the cluster broker takes a plain path as the target of a request only');
  }
  const mark = url.indexOf('?');
  const userAgent = printable(headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT);
  return {
    kind: 'read',
    call: {
      path: mark === -1 ? url : url.slice(0, mark),
      query: mark === -1 ? '' : url.slice(mark + 1),
      accept: (headers.accept ?? '').slice(0, 1000),
    },
    ...(userAgent === '' ? {} : { userAgent }),
  };
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]|[()]/gu, '');
}
