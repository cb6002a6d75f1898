import type { ProcessorSettings } from '../config/processor-settings.ts';
import type { ProcessorEvent } from '../domain/events.ts';
import type { Presence } from '../schema/generated.ts';

const CODE = 'no-model';

/**
 * What a processor says when it lost the model that it was given. Where none was given there is nothing to
 * warn of: the line of the start names its engines.
 */
export function modelWarning(
  engine: ProcessorSettings['engine'],
  { why, lost }: { readonly why: string; readonly lost?: { readonly hint: string } },
): { readonly event: ProcessorEvent; readonly warnings: NonNullable<Presence['warnings']> } | undefined {
  if (engine === 'diagnostics' || lost === undefined) return undefined;
  const without = 'this processor judges by its playbooks alone';
  const hint = `${lost.hint}; it is tried again by itself`;
  const event: ProcessorEvent = { type: 'warning', code: CODE, message: `${without}: ${why}; ${hint}` };
  // Paths and versions stay in the zone: the war room only learns that there is no model, and who knows more.
  const message = `${without}: its model cannot be used, and is tried again; its log has the reason`;
  return { event, warnings: [{ code: CODE, message }] };
}
