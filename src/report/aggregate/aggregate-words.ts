import type { Aggregate } from '../../schema/generated.ts';

/** `2 of 3`. */
export function doneText({ parts }: Pick<Aggregate, 'parts'>): string {
  return `${parts.filter(({ phase }) => phase !== 'pending').length} of ${parts.length}`;
}

/** `all at once`, or `one after the other until a root cause is found`. */
export function howAskedText({ mode, stopOn }: Aggregate['coordination']): string {
  const until = { 'root-cause': ' until a root cause is found', failure: ' until one fails', never: '' }[stopOn];
  return `${mode === 'sequential' ? 'one after the other' : 'all at once'}${until}`;
}
