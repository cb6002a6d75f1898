import type { ProcessorEvent } from '../domain/events.ts';
import type { BrokerAuditLine } from './start-cluster-broker.ts';

const MAX_PATH = 300;

/** An audit line for the log of the processor. Of what a caller wrote only characters that a real path has are kept. */
export function auditEvent(line: BrokerAuditLine): ProcessorEvent {
  const { run, method, status, bytes, ms, decision, reason } = line;
  const path = /^[A-Za-z0-9/._:-]*/u.exec(line.path)?.[0].slice(0, MAX_PATH) ?? '';
  return {
    type: 'cluster-request',
    run,
    method: /^[A-Z]{1,20}$/u.test(method) ? method : 'invalid',
    path,
    status,
    bytes,
    ms,
    decision,
    ...(reason === undefined ? {} : { reason }),
  };
}
