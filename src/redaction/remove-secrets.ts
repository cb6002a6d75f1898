import { WarroomError } from '../domain/errors.ts';
import type { Budget } from './budget.ts';
import { outsideOf, placeholdersIn } from './placeholder.ts';
import { lowerAscii, type RedactionRule } from './rule.ts';
import type { SessionState } from './session-state.ts';
import { joined, merged, named, type RuleFind } from './spans.ts';

/** With what a text is searched. */
export interface Search {
  readonly state: SessionState;
  readonly rules: readonly RedactionRule[];
  readonly budget: Budget;
}

/** Removing a value can complete another find around it; more rounds than this mean that something is wrong. */
const MAX_ROUNDS = 6;
/** An encoding inside an encoding inside an encoding. */
const MAX_DEPTH = 3;
/**
 * Nobody reads a text with more finds of one kind than this: where they stand close together, all of it goes under one
 * mark. A mark is longer than many values, so that hostile text would grow with each and take as much longer to search.
 */
const DENSE = 20_000;
const DENSE_GAP = 64;

/** The text without secrets; redacting it again changes nothing. Throws `redaction` when that cannot be reached. */
export async function redactText(text: string, search: Search): Promise<string> {
  let current = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = await removeOnce(current, search, (rule) => {
      search.state.count(rule);
    });
    if (next === current) return current;
    current = next;
  }
  throw new WarroomError('redaction', 'cannot make the text safe to publish', {
    why: `it still changed after ${MAX_ROUNDS} rounds of removing secrets`,
    hint: 'nothing was published; please report this with the command that made the output',
  });
}

/** Throws `redaction`, with the names of the rules, when one of them would still remove something. */
export async function verifyText(text: string, search: Search): Promise<void> {
  const left = new Map<string, number>();
  const secrets = { ...search, rules: search.rules.filter(({ isCosmetic = false }) => !isCosmetic) };
  const clean = await removeOnce(text, secrets, (rule) => left.set(rule, (left.get(rule) ?? 0) + 1));
  if (clean === text) return;
  const found = Array.from(left, ([rule, count]) => `${rule} (${count})`).join(', ');
  throw new WarroomError('redaction', 'a secret is left in what would be published', {
    why: `found by ${found}`,
    hint: 'nothing was published; redact the text again before publishing it',
  });
}

/** One round: known values, every rule, then what was learned. */
async function removeOnce(text: string, search: Search, count: (rule: string) => void): Promise<string> {
  const { state, rules, budget } = search;
  let current = replaced(text, state.known.find(text), { search, count });
  let lower = lowerAscii(current);
  for (const rule of rules) {
    await budget.pause();
    if (!isCalledFor(rule, lower)) continue;
    const holdsSecret = (decoded: string): boolean => isSecretInside(decoded, search, 1);
    const finds = rule.find({ text: current, lower, checkBudget: budget.check, holdsSecret });
    const next = replaced(current, named(finds, rule.id), { search, count });
    if (next === current) continue;
    current = next;
    lower = lowerAscii(current);
  }
  await budget.pause();
  return replaced(current, state.learned.find(current), { search, count });
}

/** Whether a decoded text would lose something; what it gives away is learned. */
function isSecretInside(text: string, search: Search, depth: number): boolean {
  const { state, rules, budget } = search;
  budget.check();
  for (const _ of state.known.find(text)) return true;
  for (const _ of state.learned.find(text)) return true;
  const lower = lowerAscii(text);
  const holdsSecret = (decoded: string): boolean => depth < MAX_DEPTH && isSecretInside(decoded, search, depth + 1);
  let isFound = false;
  for (const rule of rules) {
    if (!isCalledFor(rule, lower) || rule.isCosmetic === true) continue;
    for (const find of named(rule.find({ text, lower, checkBudget: budget.check, holdsSecret }), rule.id)) {
      const value = text.slice(find.start, find.end);
      if (value.trim() === '' || value.includes('[REDACTED:')) continue;
      isFound = true;
      if (find.spreads === true) state.learn(find, value);
    }
  }
  return isFound;
}

function isCalledFor(rule: RedactionRule, lower: string): boolean {
  return rule.keywords.length === 0 || rule.keywords.some((keyword) => lower.includes(keyword));
}

function replaced(
  text: string,
  finds: Iterable<RuleFind>,
  run: { readonly search: Search; readonly count: (rule: string) => void },
): string {
  const { state, budget } = run.search;
  const found = merged(finds, budget);
  if (found.length === 0) return text;
  const isDense = found.length > DENSE;
  // What is joined is no value any more, so each is learned before.
  if (isDense) learnAll(text, found, run.search);
  const spans = isDense ? joined(found, DENSE_GAP) : found;
  const made = placeholdersIn(text);
  const cursor = { index: 0 };
  const pieces: string[] = [];
  let copied = 0;
  for (const [index, span] of spans.entries()) {
    if (index % 1024 === 0) budget.check();
    const parts = outsideOf(span, made, cursor);
    const isWhole = parts.length === 1 && parts[0]?.start === span.start && parts[0].end === span.end;
    for (const part of parts) {
      const value = text.slice(part.start, part.end);
      // Punctuation between two marks is not worth one of its own.
      if (!isWhole && value.trim().length < 3) continue;
      const secret = isWhole ? (span.secret ?? value) : value;
      const mark =
        span.pseudonym === undefined ? state.markOf(span.rule, secret) : { rule: span.rule, text: span.pseudonym };
      if (isWhole && span.spreads === true) state.learn(span, value);
      run.count(mark.rule);
      pieces.push(text.slice(copied, part.start), mark.text);
      copied = part.end;
    }
  }
  pieces.push(text.slice(copied));
  return pieces.join('');
}

function learnAll(text: string, spans: readonly RuleFind[], { state, budget }: Search): void {
  for (const [index, span] of spans.entries()) {
    if (index % 1024 === 0) budget.check();
    if (span.spreads !== true) continue;
    const value = text.slice(span.start, span.end);
    if (!value.includes('[REDACTED:')) state.learn(span, value);
  }
}
