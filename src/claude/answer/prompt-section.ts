import { cutBytes } from './cut-bytes.ts';
import type { Fence } from './fence.ts';

/** A part of a prompt: our own words, then text of others in one block. */
export interface PromptSection {
  /** Our own words, without line breaks. */
  readonly heading: string;
  /** Our own words below the heading. */
  readonly intro?: string;
  /** What the block holds, in one of our own words. */
  readonly name: string;
  readonly body: SectionBody;
  /** Most bytes of the body. */
  readonly maxBytes: number;
  /** Who gets room first when there is not enough for everyone; 1 is first. */
  readonly priority: number;
  /** Where the rest can be read when the body is cut. */
  readonly rest?: string;
}

export type SectionBody =
  | { readonly kind: 'text'; readonly text: string }
  /** One line each; cut between lines only. `noun` is plural. */
  | { readonly kind: 'lines'; readonly lines: readonly string[]; readonly noun: string };

export interface FittedSections {
  /** In the order in which they were given. */
  readonly texts: readonly string[];
  /** What was cut, in words; the prompt says the same at the place. */
  readonly cuts: readonly string[];
}

/** Longest note about a cut, in bytes. */
const NOTE_BYTES = 260;
const MAX_REST_CHARACTERS = 120;

interface Fitted {
  readonly body: string;
  readonly note: string;
}

/**
 * Writes sections into at most `maxBytes`, their separating blank lines included. Room is given by priority, then by
 * order; what does not fit is cut and a note outside the block says so. The same input gives the same text.
 */
export function fitSections(sections: readonly PromptSection[], maxBytes: number, fence: Fence): FittedSections {
  let left = maxBytes;
  for (const section of sections) {
    left -= Buffer.byteLength(render(section, { body: '', note: '' }, fence)) + NOTE_BYTES + 4;
  }
  if (left < 0) throw new Error(`${maxBytes} bytes have no room for ${sections.length} sections`);
  const fitted = new Map<PromptSection, Fitted>();
  for (const section of [...sections].sort((a, b) => a.priority - b.priority)) {
    const fit = fitBody(section, Math.min(section.maxBytes, left), fence);
    left -= Buffer.byteLength(fit.body);
    fitted.set(section, fit);
  }
  const parts = sections.map((section) => ({ section, fit: fitted.get(section) ?? { body: '', note: '' } }));
  return {
    texts: parts.map(({ section, fit }) => render(section, fit, fence)),
    cuts: parts.filter(({ fit }) => fit.note !== '').map(({ section, fit }) => `${section.heading}: ${fit.note}`),
  };
}

function render(section: PromptSection, { body, note }: Fitted, fence: Fence): string {
  return [
    `## ${section.heading}`,
    ...(section.intro === undefined ? [] : [section.intro]),
    fence.block(section.name, body),
    ...(note === '' ? [] : [`(${note})`]),
  ].join('\n');
}

function fitBody(section: PromptSection, maxBytes: number, fence: Fence): Fitted {
  const { body } = section;
  const rest = section.rest === undefined ? '' : `; ${section.rest.slice(0, MAX_REST_CHARACTERS)}`;
  if (body.kind === 'text') {
    const text = fence.clean(body.text);
    const shown = cutBytes(text, maxBytes);
    if (shown === text) return { body: text, note: '' };
    return {
      body: shown,
      note: `cut: ${Buffer.byteLength(shown)} of ${Buffer.byteLength(text)} bytes are shown${rest}`,
    };
  }
  const shown: string[] = [];
  let used = 0;
  for (const line of body.lines.map((each) => fence.clean(each).replaceAll('\n', ' '))) {
    used += Buffer.byteLength(line) + 1;
    if (used > maxBytes) break;
    shown.push(line);
  }
  const note =
    shown.length === body.lines.length
      ? ''
      : `cut: ${shown.length} of ${body.lines.length} ${body.noun} are shown${rest}`;
  return { body: shown.join('\n'), note };
}
