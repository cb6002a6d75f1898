import type { AgentCommandRecord } from '../claude/commands/agent-commands.ts';
import type { PlaybookCommand } from '../playbook/run-step.ts';
import type { AuditLine, ReportCommand } from '../schema/generated.ts';

/** A command that was wanted, by the playbook or by the investigator; all text is redacted. */
export type AuditEntry = Omit<AuditLine, 'apiVersion' | 'kind' | 'seq' | 'prev' | 'id' | 'attempt' | 'bytes'>;

export function auditEntries(
  playbook: readonly PlaybookCommand[],
  agent: readonly AgentCommandRecord[],
): readonly AuditEntry[] {
  return [...playbook.map(ofPlaybook), ...agent.map(ofAgent)];
}

function ofPlaybook({ at, argv, step, decision, status, exit, ms, evidence }: PlaybookCommand): AuditEntry {
  return {
    source: 'playbook',
    step,
    argv: [...argv],
    decision,
    reason: `step ${step} of the playbook`,
    startedAt: at.toISOString(),
    ms: Math.round(ms),
    ...(exit === undefined ? {} : { exit }),
    status,
    ...(evidence === undefined ? {} : { evidence }),
  };
}

function ofAgent(record: AgentCommandRecord): AuditEntry {
  const { toolUseId, command, argv, decision, reason, startedAt, ms, exit, status, evidence } = record;
  return {
    source: 'agent',
    toolUseId,
    command,
    argv: [...argv].slice(0, 200),
    decision,
    reason,
    startedAt: startedAt.toISOString(),
    ms: Math.round(ms),
    ...(exit === undefined ? {} : { exit }),
    status,
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** The same command as a line of the report; a denied one shows what was wanted. */
export function reportCommand(entry: AuditEntry): ReportCommand {
  const { argv, command, startedAt, source, decision, reason, status, exit, ms, evidence } = entry;
  return {
    at: startedAt,
    argv: argv.length === 0 && command !== undefined ? [command.slice(0, 4000)] : argv,
    source,
    decision,
    reason: reason.slice(0, 300),
    status,
    ...(exit === undefined ? {} : { exit }),
    ms,
    ...(evidence === undefined ? {} : { evidence }),
  };
}
