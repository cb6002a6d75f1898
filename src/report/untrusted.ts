/**
 * Text from clusters, alerts, requests and models is data. These functions are the only way into a terminal or a
 * rendered page: nothing that passes can move the cursor, hide words, load an image, link somewhere or call somebody.
 */

/** Ends a name or a link for whoever reads the rendered text; nobody sees it. */
const JOINER = '\u200d';

/** String sequences (OSC, DCS, SOS, PM, APC) with their body, unterminated ones to the end of the line; CSI; other escapes. */
const SEQUENCES =
  /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\n\u0007\u009c\u001b]*(?:\u0007|\u009c|\u001b\\|$)?|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/gu;
/** C0 but tab and line feed, DEL, C1, soft hyphen, bidi, zero width, invisible operators, tags, and noncharacters. */
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\u{e0000}-\u{e0fff}]/gu;

/** Where `plainMarkdown` puts joiners. */
const KEPT_JOINER = /(?<=[@#]|\bGH-)\u200d/iu;
/** Colours as our own styles write them; then what must not reach a terminal, line ends of other systems among it. */
const KEPT_OR_HIDDEN = new RegExp(
  String.raw`\u001b\[(?:\d{1,2}(?:;\d{1,3}){0,4})?m|(?!${KEPT_JOINER.source})(?:${HIDDEN.source}|[\u2028\u2029]|\p{Cs})`,
  'giu',
);

/** `text` with nothing but what can be seen: no escape sequences, no control, bidi or invisible characters. */
export function cleanText(text: string): string {
  return text
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(SEQUENCES, '')
    .replace(/\r\n?|[\u2028\u2029]/gu, '\n')
    .replace(HIDDEN, '');
}

/**
 * The same for a page of markdown, which keeps the joiners of `plainMarkdown`: without them the page would call people as
 * soon as somebody pastes it into a comment.
 */
export function cleanMarkdown(page: string): string {
  return page.split(KEPT_JOINER).map(cleanText).join(JOINER);
}

/**
 * The last gate before a terminal or a pipe, for text that is made of clean parts already: whatever it still finds is
 * shown as `\\u202e` and not sent. In JSON that is the same text, so no reader of data loses anything. Colours stay.
 */
export function escapeHidden(text: string): string {
  return text.replace(KEPT_OR_HIDDEN, (found) =>
    found.length > 1 && found.startsWith('\u001b') ? found : escapesOf(found),
  );
}

/** The same in one line. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/gu, ' ').trim();
}

/** A code span that keeps its text whatever backticks it has. */
export function inlineCode(text: string): string {
  const line = cleanLine(text);
  if (line === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** One cell of a table; `text` is markdown that one of these functions made. */
export function tableCell(text: string): string {
  // A row is cut at bars before code spans are read, so bars are escaped in spans too.
  return text
    .replace(/\n+/gu, ' ')
    .replace(/\\*\|/gu, (bar) => (bar.length % 2 === 1 ? `\\${bar}` : bar))
    .trim();
}

/**
 * Text in one line that reads as it was written and means nothing to markdown or GitHub: no HTML, link, image, emphasis,
 * formula, mention, or reference to an issue.
 */
export function plainMarkdown(text: string): string {
  return cleanLine(text)
    .replace(/[\\`*_~[\]<>|!$&]/gu, '\\$&')
    .replace(/@(?=[\w-])/gu, `@${JOINER}`)
    .replace(/#(?=\w)/gu, `#${JOINER}`)
    .replace(/\b(GH)-(?=\d)/giu, `$1-${JOINER}`)
    .replace(/\b(www)\./giu, '$1\\.')
    .replace(/:(?=\/\/)/gu, '\\:')
    .replace(/\b(mailto|xmpp):/giu, '$1\\:')
    .replace(/^[-+=]|^#{1,6}(?= |$)/u, '\\$&')
    .replace(/^(\d{1,9})([.)])(?= |$)/u, '$1\\$2');
}

/** A block that shows `text` as it is; the fence is longer than any inside. */
export function fenced(text: string, info = ''): string {
  // Cleaned first: two runs with something hidden between them are one run afterwards.
  const clean = cleanText(text).replace(/\n+$/u, '');
  const fence = '`'.repeat(Math.max(3, longestRun(clean) + 1));
  return `${fence}${info}\n${clean}\n${fence}`;
}

/** What a picture never shows: with it HTML or a code span could begin where somebody decodes twice. */
const NEVER_IN_PICTURES = /[<>&`\\{}]/gu;
/** What mermaid could read as syntax. */
const MERMAID_SYNTAX = /[:;#,"[\]()|@%$=~^*_'/]|-{2,}/gu;

/**
 * A label without what mermaid could read as syntax; cut at `max` characters. `87.39 %` and `0.0.0.0:8080` mean nothing
 * without their signs, so these are written as entity codes (`#37;`), which mermaid takes away before it parses and shows
 * as text.
 */
export function mermaidLabel(text: string, max = 80): string {
  const plain = cleanLine(cleanLine(text).replace(NEVER_IN_PICTURES, ' '));
  const coded = (found: string): string => Array.from(found, (each) => `#${each.charCodeAt(0)};`).join('');
  return plain === '' ? 'unknown' : shortened(plain, max).replace(MERMAID_SYNTAX, coded);
}

/** At most `max` characters, cut at a word where that is near, with an ellipsis. */
export function shortened(text: string, max: number): string {
  const characters = Array.from(text);
  if (characters.length <= max) return text;
  const cut = characters.slice(0, max - 1).join('');
  const word = cut.lastIndexOf(' ');
  return `${(word > cut.length * 0.7 ? cut.slice(0, word) : cut).trimEnd()}…`;
}

/** UTF-16 units, as JSON has them. */
function escapesOf(character: string): string {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}

function longestRun(text: string): number {
  let longest = 0;
  for (const run of text.match(/`+/gu) ?? []) longest = Math.max(longest, run.length);
  return longest;
}
