import { WarroomError } from '../domain/errors.ts';
import { encodingsOf, MIN_KNOWN_LENGTH } from './encodings.ts';
import { createLiteralSearch, type LiteralSearch, type Needle } from './literal-search.ts';
import { formatPlaceholder } from './placeholder.ts';
import { maySpread } from './secret-value.ts';
import type { RuleFind } from './spans.ts';

export interface KnownValue {
  readonly name: string;
  readonly value: string;
}

export interface Mark {
  readonly rule: string;
  readonly text: string;
}

/** Everything that a session has to remember, as plain data that can go to another thread. */
export interface StateSnapshot {
  readonly key: Uint8Array;
  readonly knownValues: readonly KnownValue[];
  readonly learned: readonly Needle[];
  readonly marks: readonly (readonly [secret: string, rule: string])[];
}

/** What one text added to a session. */
export interface StateChanges {
  readonly learned: readonly Needle[];
  readonly marks: readonly (readonly [secret: string, rule: string])[];
  readonly counts: readonly (readonly [rule: string, count: number])[];
}

/** What one result knows about secrets: given values, learned values, marks and counts. */
export interface SessionState {
  readonly known: LiteralSearch;
  readonly learned: LiteralSearch;
  readonly counts: ReadonlyMap<string, number>;
  /** The same value has the same mark, whichever rule finds it later. */
  markOf(rule: string, secret: string): Mark;
  count(rule: string): void;
  /** From now on the value is removed wherever it stands. */
  learn(find: RuleFind, value: string): void;
  snapshot(): StateSnapshot;
  /** What came after the snapshot that the state was made from. */
  changes(): StateChanges;
  absorb(changes: StateChanges): void;
}

/** After so many needles only the plain spellings are added, so that a text full of secrets stays affordable. */
const MANY_NEEDLES = 40_000;
/** A result that gives away more is refused: what is not remembered would stay in its other texts. */
const MOST_NEEDLES = 200_000;
/** Marks of further values are not remembered; the same value then may be named after another rule elsewhere. */
const MOST_MARKS = 20_000;

export function createSessionState(from: StateSnapshot): SessionState {
  const known = createLiteralSearch();
  const learned = createLiteralSearch();
  const needles: Needle[] = [];
  const marks = new Map<string, Mark>();
  const counts = new Map<string, number>();
  for (const { name, value } of from.knownValues) {
    for (const secret of new Set([value, value.trim()])) {
      if (secret.length < MIN_KNOWN_LENGTH) continue;
      for (const text of encodingsOf(secret)) known.add({ text, secret, rule: ruleName(name), isWhole: false });
    }
  }
  for (const needle of from.learned) addNeedle(needle);
  for (const [secret, rule] of from.marks) markOf(rule, secret);
  const begin = { needles: needles.length, marks: marks.size };

  return {
    known,
    learned,
    counts,
    markOf,
    count(rule) {
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
    },
    learn(find, value) {
      if (needles.length > MOST_NEEDLES) throw tooManySecrets();
      const secret = find.secret ?? value;
      for (const text of spellingsOf(value, secret, { isSure: find.isSure === true, isBrief: isFull() })) {
        addNeedle({ text, secret, rule: find.rule, isWhole: text.length < 12 || /^[a-z]+$/i.test(text) });
      }
    },
    snapshot() {
      return { ...from, learned: needles, marks: Array.from(marks, ([secret, { rule }]) => [secret, rule] as const) };
    },
    changes() {
      return {
        learned: needles.slice(begin.needles),
        marks: Array.from(marks, ([secret, { rule }]) => [secret, rule] as const).slice(begin.marks),
        counts: [...counts],
      };
    },
    absorb(changes) {
      for (const needle of changes.learned) addNeedle(needle);
      for (const [secret, rule] of changes.marks) markOf(rule, secret);
      for (const [rule, count] of changes.counts) counts.set(rule, (counts.get(rule) ?? 0) + count);
    },
  };

  function addNeedle(needle: Needle): void {
    if (learned.add(needle)) needles.push(needle);
  }

  function isFull(): boolean {
    return needles.length > MANY_NEEDLES;
  }

  function markOf(rule: string, secret: string): Mark {
    const made = marks.get(secret) ?? { rule, text: formatPlaceholder(rule, secret, from.key) };
    if (marks.size < MOST_MARKS) marks.set(secret, made);
    return made;
  }
}

function tooManySecrets(): WarroomError {
  return new WarroomError('redaction', 'cannot make the text safe to publish', {
    why: `it holds more different secrets than can be looked for (${MOST_NEEDLES} spellings)`,
    hint: 'nothing was published; ask for less output',
  });
}

/** How a found secret may be written elsewhere in the result. A sure one spreads whatever it looks like. */
function spellingsOf(
  value: string,
  secret: string,
  how: { readonly isSure: boolean; readonly isBrief: boolean },
): readonly string[] {
  const plain = secret !== value || maySpread(value, how) ? [value] : [];
  if (!maySpread(secret, how)) return plain;
  const isLong = secret.length >= 8 && secret.length <= 1024;
  if (isLong && !how.isBrief) return [...plain, ...encodingsOf(secret)];
  return [...plain, secret, JSON.stringify(secret).slice(1, -1), Buffer.from(secret, 'utf8').toString('base64')];
}

function ruleName(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return id === '' ? 'known-value' : id;
}
