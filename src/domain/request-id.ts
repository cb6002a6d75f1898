import type { Brand } from '../lib/brand.ts';
import { randomBase32, type RandomBytes } from '../lib/random-text.ts';

/**
 * `2026-11-20-1430-api-timeout-k7m2`: UTC date and time, slug of at most 30 characters, four characters of Crockford
 * base32. Safe as file name, part of a git ref and Kubernetes label. The id gives the path, so nothing is searched.
 */
export type RequestId = Brand<string, 'RequestId'>;

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})-(\d{2})(\d{2})-[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?-[0-9a-hjkmnp-tv-z]{4}$/u;

/** The id in `text`, or undefined when the grammar or the calendar does not allow it. */
export function parseRequestId(text: string): RequestId | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const minute = `${match.slice(1, 4).join('-')}T${match.slice(4, 6).join(':')}`;
  const date = new Date(`${minute}:00Z`);
  const isOnCalendar = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(minute);
  return isOnCalendar ? (text as RequestId) : undefined;
}

/** A new id; two calls in the same minute with the same slug differ with probability 1 − 2⁻²⁰. */
export function createRequestId(parts: { at: Date; slug: string; random: RandomBytes }): RequestId {
  const iso = parts.at.toISOString();
  const stamp = `${iso.slice(0, 10)}-${iso.slice(11, 13)}${iso.slice(14, 16)}`;
  return `${stamp}-${slugOf(parts.slug)}-${randomBase32(4, parts.random)}` as RequestId;
}

/** At most 30 characters of `[a-z0-9-]`, cut at a word; `request` when nothing is left. */
export function slugOf(text: string): string {
  const words = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/gu, '')
    .split(/[^a-z0-9]+/u)
    .filter((word) => word !== '');
  let slug = '';
  for (const word of words) {
    const longer = slug === '' ? word : `${slug}-${word}`;
    if (longer.length > 30) break;
    slug = longer;
  }
  return slug === '' ? (words[0]?.slice(0, 30) ?? 'request') : slug;
}

/** The UTC minute in the id. */
export function requestMinute(id: RequestId): Date {
  return new Date(`${id.slice(0, 10)}T${id.slice(11, 13)}:${id.slice(13, 15)}:00Z`);
}

/** `2026/11/20`. */
export function dayFolder(id: RequestId): string {
  return id.slice(0, 10).replaceAll('-', '/');
}

/** Slug of the requests by which a processor measures itself. */
export const CANARY_SLUG = 'canary';

/** Whether the id is that of a canary, which people do not want to see in their lists. */
export function isCanary(id: RequestId): boolean {
  return id.slice(16, -5) === CANARY_SLUG;
}
