import { InvalidArgumentError } from 'commander';
import { isRefName } from '../domain/ref-name.ts';
import { PURPOSES, type Purpose } from './keys/purposes.ts';
import { parseDuration } from './render/time.ts';

/** What `--signing-key` means, wherever something is signed. */
export const SIGNING_KEY = 'SSH key to sign with; the one that git uses when absent';

/** What `--require-verified` means. */
export const REQUIRE_VERIFIED = 'show nothing of a result that the key of its processor did not sign; exit code 4';

/** Parsers for the values of flags; commander turns what they throw into a usage error that names the flag. */

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/u.test(text)) throw new InvalidArgumentError('it must be a whole number above 0.');
  return Number(text);
}

export function amount(text: string): number {
  if (!/^\d{1,6}(\.\d{1,4})?$/u.test(text)) throw new InvalidArgumentError('it must be a number such as 2 or 0.50.');
  return Number(text);
}

/** Milliseconds. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('it must be a time such as 90s, 10m or 1h.');
  return ms;
}

/** Seconds, from a time such as `15m` or a plain number. */
export function durationSeconds(text: string): number {
  return Math.round(duration(text) / 1000);
}

/** Adds one value of a flag that may be repeated. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** Adds one `name=value` of a flag that may be repeated. */
export function collectPair(
  text: string,
  previous: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('it must be name=value.');
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Whole object id of a commit: a short one could mean another commit tomorrow. */
export function commitId(text: string): string {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(text)) {
    throw new InvalidArgumentError('it must be a whole commit id of 40 or 64 characters.');
  }
  return text;
}

/** Name of a branch, as the configuration allows it. */
export function branchName(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/u.test(text) || !isRefName(text)) {
    throw new InvalidArgumentError('it must be the name of a branch, such as main.');
  }
  return text;
}

/** Whole fingerprint of a key: a part of one could be that of another key. */
export function fingerprint(text: string): string {
  if (!/^SHA256:[A-Za-z0-9+/]{43}$/u.test(text)) {
    throw new InvalidArgumentError('it must be a whole fingerprint, SHA256: and 43 characters.');
  }
  return text;
}

/** What a key may sign, separated by commas. */
export function purposes(text: string): readonly Purpose[] {
  return text.split(',').map((part) => {
    const purpose = PURPOSES.find((each) => each === part.trim());
    if (purpose === undefined) throw new InvalidArgumentError(`it must be some of ${PURPOSES.join(', ')}.`);
    return purpose;
  });
}

/** Begin of a day, UTC. */
export function utcDay(text: string): Date {
  const day = /^\d{4}-\d{2}-\d{2}$/u.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(NaN);
  if (Number.isNaN(day.getTime())) throw new InvalidArgumentError('it must be a day such as 2027-06-30.');
  return day;
}

/** A date and time with its zone. */
export function moment(text: string): Date {
  const isWhole = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/u.test(text);
  const at = new Date(text);
  if (isWhole && !Number.isNaN(at.getTime())) return at;
  throw new InvalidArgumentError('it must be a date and time with its zone, such as 2026-11-20T14:30:00Z.');
}
