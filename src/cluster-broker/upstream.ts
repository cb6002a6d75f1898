import type { ClientRequest } from 'node:http';

/** What the broker asks on behalf of others. It alone knows the credential. */
export interface Upstream {
  /** For messages: `the API server`. */
  readonly title: string;
  /** Opens a request with the credential as it is now. Throws a `WarroomError` when there is none. */
  open(call: UpstreamCall): Promise<ClientRequest>;
  /** After a refusal or a certificate that is not trusted: whether there is another credential or authority now. */
  renew(): Promise<boolean>;
  close(): void;
}

export interface UpstreamCall {
  /** The broker forwards GET only. POST is for the processor's own questions, the rest for its own objects. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly target: string;
  readonly accept: string;
  readonly userAgent?: string;
  readonly contentType?: string;
  readonly signal: AbortSignal;
}

export function headersOf(
  { accept, userAgent, contentType }: UpstreamCall,
  token: string | undefined,
): Record<string, string> {
  return {
    accept,
    // A body is filtered as text; nothing else is understood here.
    'accept-encoding': 'identity',
    'user-agent': userAgent === undefined ? 'claude-warroom' : `claude-warroom (${userAgent})`,
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}
