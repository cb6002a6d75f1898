import { WarroomError } from '../domain/errors.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import type { RedactionCounts } from '../schema/generated.ts';
import { createBudget, type Budget } from './budget.ts';
import { DEFAULT_RULES } from './default-rules.ts';
import { encodingsOf, MIN_KNOWN_LENGTH } from './encodings.ts';
import { createLiteralSearch } from './literal-search.ts';
import { formatPlaceholder, outsideOf, placeholdersIn } from './placeholder.ts';
import { redactStrings } from './redact-value.ts';
import { lowerAscii, type RedactionRule } from './rule.ts';
import { maySpread } from './secret-value.ts';
import { merged, named, type RuleFind } from './spans.ts';

/**
 * Removes secrets from everything that belongs to one result. It learns: a value that was surely a secret in one text is
 * removed from every later one. So before publishing, all texts go through `redact` once more, then through `verify`.
 * All methods fail with `redaction` for a text that is too large or takes too long: nothing may be published then.
 */
export interface Redaction {
  redact(text: string): Promise<RedactedText>;
  /** Redacts every string inside plain JSON data and leaves keys as they are; names beside a value are understood. */
  redactValue<T>(value: T): Promise<T>;
  /** Promises that final bytes hold nothing that a rule would still remove; fails with the name of the rule otherwise. */
  verify(text: string): Promise<RedactedText>;
  counts(): RedactionCounts;
}

export interface RedactionOptions {
  /** Secrets of the processor itself; values below six characters are ignored. `name` becomes the mark. */
  readonly knownValues: readonly { readonly name: string; readonly value: string }[];
  /** Makes marks that can be compared within one result and not guessed; new random bytes for each. */
  readonly key: Uint8Array;
  readonly rules?: readonly RedactionRule[];
  /** 8 MiB by default. */
  readonly maxBytes?: number;
  /** Time for one text; 20 s by default. */
  readonly timeBudgetMs?: number;
  readonly monotonicMs?: () => number;
}

interface Mark {
  readonly rule: string;
  readonly text: string;
}

/** Removing a value can complete another find around it; more rounds than this mean that something is wrong. */
const MAX_ROUNDS = 6;

export function createRedaction(options: RedactionOptions): Redaction {
  const { key, rules = DEFAULT_RULES, maxBytes = 8 * 1024 * 1024, timeBudgetMs = 20_000 } = options;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const known = createLiteralSearch();
  const learned = createLiteralSearch();
  const byRule = new Map<string, number>();
  const marks = new Map<string, Mark>();
  for (const { name, value } of options.knownValues) {
    for (const secret of new Set([value, value.trim()])) {
      if (secret.length < MIN_KNOWN_LENGTH) continue;
      for (const text of encodingsOf(secret)) known.add({ text, secret, rule: ruleName(name), isWhole: false });
    }
  }

  return {
    redact,
    async redactValue(value) {
      return await redactStrings(value, { redact, hide });
    },
    async verify(text) {
      const budget = begin(text);
      const left = new Map<string, number>();
      const clean = await removeOnce(text, budget, (rule) => left.set(rule, (left.get(rule) ?? 0) + 1));
      if (clean === text) return branded(text);
      const found = Array.from(left, ([rule, count]) => `${rule} (${count})`).join(', ');
      throw new WarroomError('redaction', 'a secret is left in what would be published', {
        why: `found by ${found}`,
        hint: 'nothing was published; redact the text again before publishing it',
      });
    },
    counts() {
      const sorted = [...byRule].sort(([a], [b]) => (a < b ? -1 : 1));
      return { total: sorted.reduce((sum, [, count]) => sum + count, 0), byRule: Object.fromEntries(sorted) };
    },
  };

  async function redact(text: string): Promise<RedactedText> {
    const budget = begin(text);
    let current = text;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const next = await removeOnce(current, budget, (rule) => byRule.set(rule, (byRule.get(rule) ?? 0) + 1));
      if (next === current) return branded(current);
      current = next;
    }
    throw new WarroomError('redaction', 'cannot make the text safe to publish', {
      why: `it still changed after ${MAX_ROUNDS} rounds of removing secrets`,
      hint: 'nothing was published; please report this with the command that made the output',
    });
  }

  function begin(text: string): Budget {
    if (Buffer.byteLength(text) > maxBytes) {
      throw new WarroomError('redaction', 'cannot make the text safe to publish', {
        why: `it is larger than ${maxBytes} bytes`,
        hint: 'nothing was published; ask for less output',
      });
    }
    return createBudget(timeBudgetMs, monotonicMs);
  }

  /** One round: known values, every rule, then what was learned. */
  async function removeOnce(text: string, budget: Budget, count: (rule: string) => void): Promise<string> {
    let current = replace(text, known.find(text), { budget, count });
    let lower = lowerAscii(current);
    for (const rule of rules) {
      await budget.pause();
      if (!rule.keywords.some((keyword) => lower.includes(keyword))) continue;
      const finds = rule.find({ text: current, lower, checkBudget: budget.check });
      const next = replace(current, named(finds, rule.id), { budget, count });
      if (next === current) continue;
      current = next;
      lower = lowerAscii(current);
    }
    await budget.pause();
    return replace(current, learned.find(current), { budget, count });
  }

  function replace(
    text: string,
    finds: Iterable<RuleFind>,
    run: { budget: Budget; count: (rule: string) => void },
  ): string {
    const spans = merged(finds, run.budget);
    if (spans.length === 0) return text;
    const made = placeholdersIn(text);
    const cursor = { index: 0 };
    const pieces: string[] = [];
    let copied = 0;
    for (const span of spans) {
      const parts = outsideOf(span, made, cursor);
      const isWhole = parts.length === 1 && parts[0]?.start === span.start && parts[0].end === span.end;
      for (const part of parts) {
        const value = text.slice(part.start, part.end);
        // Punctuation between two marks is not worth one of its own.
        if (!isWhole && value.trim().length < 3) continue;
        const secret = isWhole ? (span.secret ?? value) : value;
        const mark = markOf(span.rule, secret);
        if (isWhole && span.spreads === true) learn(value, secret, span.rule);
        run.count(mark.rule);
        pieces.push(text.slice(copied, part.start), mark.text);
        copied = part.end;
      }
    }
    pieces.push(text.slice(copied));
    return pieces.join('');
  }

  function hide(secret: string): string {
    const mark = markOf('assignment', secret);
    byRule.set(mark.rule, (byRule.get(mark.rule) ?? 0) + 1);
    if (maySpread(secret)) learn(secret, secret, 'assignment');
    return mark.text;
  }

  /** The same value has the same mark, whichever rule finds it later. */
  function markOf(rule: string, secret: string): Mark {
    const made = marks.get(secret) ?? { rule, text: formatPlaceholder(rule, secret, key) };
    marks.set(secret, made);
    return made;
  }

  function learn(value: string, secret: string, rule: string): void {
    const spellings = [
      ...(secret !== value || maySpread(value) ? [value] : []),
      ...(maySpread(secret) ? [secret, JSON.stringify(secret).slice(1, -1), base64Of(secret)] : []),
    ];
    for (const text of spellings) learned.add({ text, secret, rule, isWhole: text.length < 12 });
  }
}

function base64Of(secret: string): string {
  return Buffer.from(secret, 'utf8').toString('base64');
}

function ruleName(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return id === '' ? 'known-value' : id;
}

function branded(text: string): RedactedText {
  return text as RedactedText;
}
