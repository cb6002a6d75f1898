import type { Strip } from './json-filter.ts';

/** How the body of an answer is let through. */
export type BodyRule =
  /** JSON, parsed, stripped and written anew: as a whole, item by item of a list, or one document per line. */
  | { readonly kind: 'json'; readonly shape: 'object' | 'list' | 'lines'; readonly strip: Strip }
  /** As it comes, up to so many bytes, when its type is one of those that are accepted. */
  | {
      readonly kind: 'raw';
      readonly maxBytes: number;
      readonly accepted: RegExp;
      /** What the caller is told that it is. */
      readonly contentType: string;
      /** Lines of an answer with an error status that go into its message; none when absent. */
      readonly errorLines?: RegExp;
    };

/** What is asked of an upstream in place of what a caller asked of the broker. */
export interface BrokerCall {
  /** Path and query, written by the broker. */
  readonly target: string;
  readonly accept: string;
  readonly body: BodyRule;
  /** Milliseconds after which a call that lasts by its nature is ended; the same as a full answer for the caller. */
  readonly endsAfterMs?: number;
}

export type RefusalReason =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'TooManyRequests'
  | 'BadGateway'
  | 'ServiceUnavailable'
  | 'GatewayTimeout'
  | 'NotFound'
  | 'Expired';

export interface Refusal {
  readonly reason: RefusalReason;
  /** Says what is wrong and what is possible instead. */
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

export type Admission =
  { readonly kind: 'refused'; readonly refusal: Refusal } | { readonly kind: 'admitted'; readonly call: BrokerCall };

/** A request as far as it matters: everything else of it is dropped. */
export interface AskedCall {
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly accept: string;
}

export function refused(reason: RefusalReason, message: string): Admission {
  return { kind: 'refused', refusal: { reason, message } };
}
