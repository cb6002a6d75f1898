import { join } from 'node:path';
import type { Ledger } from './admission/ledger.ts';
import type { ProcessorSettings } from './config/processor-settings.ts';
import type { ProcessorEvent } from './domain/events.ts';
import type { OpenAppendFile } from './lib/append-file.ts';
import { systemClock, type Clock } from './lib/clock.ts';
import type { AuditLog } from './zone/audit-log.ts';

/** The part of composition that opens what a processor writes down for later: its ledger and its audit log. */

interface JournalOptions {
  readonly emit: (event: ProcessorEvent) => void;
  /** Opens the files; those of the system when absent. */
  readonly openFile: OpenAppendFile | undefined;
}

/** What happens at every look matters to nobody later. */
const UNAUDITED = new Set<ProcessorEvent['type']>([
  'synced',
  'sync-failed',
  'progress',
  'claim-lost',
  'phase-ended',
  'pushed',
  'session-spent',
  'disk-full',
]);

export async function openAudit(settings: ProcessorSettings, { emit, openFile }: JournalOptions): Promise<AuditLog> {
  const { openAuditLog } = await import('./zone/audit-log.ts');
  return await openAuditLog({
    file: settings.audit.file,
    syslog: settings.audit.syslog,
    clock: systemClock,
    maxBytes: halfOfRetention(settings),
    openFile,
    onExport: (message) => {
      emit({ type: 'warning', code: 'audit-export', message });
    },
  });
}

/** Tells the world, and writes down what matters later. */
export function audited(audit: AuditLog, emit: JournalOptions['emit']): JournalOptions['emit'] {
  return (event) => {
    emit(event);
    const { type, ...fields } = event;
    if (!UNAUDITED.has(type)) audit.record({ event: type, ...fields });
  };
}

export async function openOwnLedger(
  settings: ProcessorSettings,
  { openFile, clock }: Pick<JournalOptions, 'openFile'> & { readonly clock: Clock },
): Promise<Ledger> {
  const { openLedger } = await import('./admission/ledger.ts');
  return await openLedger({
    file: join(settings.stateDir, 'ledger.jsonl'),
    clock,
    keepMs: settings.retention.days * 86_400_000,
    maxBytes: halfOfRetention(settings),
    openFile,
  });
}

function halfOfRetention({ retention }: ProcessorSettings): number {
  return (retention.megabytes * 1024 * 1024) / 2;
}
