import type { Aggregate, AggregatePart } from '../../schema/generated.ts';

/** `2 of 3`. */
export function doneText({ parts }: Pick<Aggregate, 'parts'>): string {
  return `${parts.filter(({ phase }) => phase !== 'pending').length} of ${parts.length}`;
}

/** `all at once`, or `one after the other until a root cause is found`. */
export function howAskedText({ mode, stopOn }: Aggregate['coordination']): string {
  const until = { 'root-cause': ' until a root cause is found', failure: ' until one fails', never: '' }[stopOn];
  return `${mode === 'sequential' ? 'one after the other' : 'all at once'}${until}`;
}

/** The parts whose advice comes first: those that name a cause; without one, those that are worried. */
export function advisers({ parts }: Pick<Aggregate, 'parts'>): readonly (AggregatePart & { readonly doNow: string })[] {
  const advising = parts.flatMap((part) => (part.doNow === undefined ? [] : [{ ...part, doNow: part.doNow }]));
  const sure = advising.filter(({ outcome }) => outcome === 'root-cause');
  return sure.length > 0 ? sure : advising.filter(({ outcome }) => outcome === 'inconclusive');
}
