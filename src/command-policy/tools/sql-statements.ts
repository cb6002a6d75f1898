/**
 * SQL is a language in which a read can call a function that writes, so no statement is judged: it must be one of these
 * forms, in which every word is a word of ours. Text of queries and passwords of connections are in none of the columns.
 */

/** Views of PostgreSQL 13 to 17 (documentation, chapters "Monitoring" and "System views") and their harmless columns. */
const VIEWS: Readonly<Record<string, string>> = {
  pg_stat_activity:
    'pid datid datname usename application_name client_addr client_port backend_start xact_start query_start state_change ' +
    'wait_event_type wait_event state backend_xid backend_xmin backend_type leader_pid',
  pg_stat_database:
    'datid datname numbackends xact_commit xact_rollback blks_read blks_hit tup_returned tup_fetched tup_inserted ' +
    'tup_updated tup_deleted conflicts temp_files temp_bytes deadlocks blk_read_time blk_write_time stats_reset ' +
    'sessions sessions_abandoned sessions_fatal sessions_killed checksum_failures',
  pg_stat_replication:
    'pid usename application_name client_addr client_port backend_start backend_xmin state sent_lsn write_lsn flush_lsn ' +
    'replay_lsn write_lag flush_lag replay_lag sync_priority sync_state reply_time',
  pg_stat_wal_receiver:
    'pid status receive_start_lsn received_tli written_lsn flushed_lsn last_msg_send_time last_msg_receipt_time ' +
    'latest_end_lsn latest_end_time slot_name sender_host sender_port',
  pg_replication_slots:
    'slot_name plugin slot_type datoid database temporary active active_pid xmin catalog_xmin restart_lsn ' +
    'confirmed_flush_lsn wal_status safe_wal_size',
  pg_stat_bgwriter:
    'checkpoints_timed checkpoints_req checkpoint_write_time checkpoint_sync_time buffers_checkpoint buffers_clean ' +
    'maxwritten_clean buffers_backend buffers_backend_fsync buffers_alloc stats_reset',
  pg_stat_archiver:
    'archived_count last_archived_wal last_archived_time failed_count last_failed_wal last_failed_time stats_reset',
  pg_stat_user_tables:
    'relid schemaname relname seq_scan seq_tup_read idx_scan idx_tup_fetch n_tup_ins n_tup_upd n_tup_del n_live_tup ' +
    'n_dead_tup last_vacuum last_autovacuum last_analyze last_autoanalyze vacuum_count autovacuum_count',
  pg_locks:
    'locktype database relation page tuple virtualxid transactionid classid objid virtualtransaction pid mode granted ' +
    'fastpath waitstart',
  pg_database: 'oid datname datdba encoding datallowconn datconnlimit datfrozenxid datminmxid',
};

/** Settings without a path, a command, a connection or a secret in them. */
const SETTINGS = new Set(
  (
    'server_version max_connections superuser_reserved_connections shared_buffers work_mem maintenance_work_mem ' +
    'effective_cache_size wal_level wal_buffers max_wal_size min_wal_size wal_keep_size checkpoint_timeout ' +
    'checkpoint_completion_target synchronous_commit fsync full_page_writes hot_standby max_wal_senders ' +
    'max_replication_slots max_slot_wal_keep_size max_standby_streaming_delay wal_receiver_timeout wal_sender_timeout ' +
    'autovacuum autovacuum_max_workers autovacuum_naptime autovacuum_freeze_max_age statement_timeout lock_timeout ' +
    'deadlock_timeout idle_in_transaction_session_timeout log_min_duration_statement max_worker_processes ' +
    'max_parallel_workers max_locks_per_transaction temp_file_limit tcp_keepalives_idle timezone ssl'
  ).split(' '),
);

const FIXED = new Set(['select 1', 'select version()', 'select now()', 'select pg_is_in_recovery()']);

const ORDER = String.raw`[a-z_]+(?: asc| desc)?`;
const SELECT = new RegExp(
  String.raw`^select (?<columns>[a-z_]+(?:, [a-z_]+)*|(?:[a-z_]+, )*count\(\*\)) from (?:pg_catalog\.)?(?<view>[a-z_]+)` +
    String.raw`(?<where> where [a-z_]+ (?:(?:=|<>|<|>|<=|>=) (?:\d{1,12}|'[\w .:-]{0,60}')|is null|is not null)` +
    String.raw`(?: and [a-z_]+ (?:(?:=|<>|<|>|<=|>=) (?:\d{1,12}|'[\w .:-]{0,60}')|is null|is not null)){0,5})?` +
    String.raw`(?<group> group by [a-z_]+(?:, [a-z_]+){0,5})?(?<order> order by ${ORDER}(?:, ${ORDER}){0,3})?(?: limit \d{1,4})?$`,
  'u',
);
const WORDS_OF_SQL = new Set(['where', 'and', 'is', 'not', 'null', 'group', 'order', 'by', 'asc', 'desc']);

/** What may stand behind `psql -c`, for a reason. */
export const POSTGRES_FORMS =
  "select COLUMNS from VIEW [where COLUMN = 'x'] [group by …] [order by …] [limit 50], show SETTING, select version()";

/** Whether a statement for PostgreSQL is one of the forms. */
export function isPostgresRead(statement: string): boolean {
  const text = normalized(statement);
  if (text === undefined) return false;
  if (FIXED.has(text)) return true;
  const setting = /^show (?<setting>[a-z_]+)$/u.exec(text)?.groups?.['setting'];
  if (setting !== undefined) return SETTINGS.has(setting);
  const groups = SELECT.exec(text)?.groups;
  if (groups === undefined) return false;
  const { columns = '', view = '', where = '', group = '', order = '' } = groups;
  const known = new Set(VIEWS[view]?.split(' ') ?? []);
  const named = `${columns.replace('count(*)', '')} ${(where + group + order).replace(/'[^']*'/gu, '')}`.match(
    /[a-z_]+/gu,
  );
  return known.size > 0 && (named ?? []).every((word) => known.has(word) || WORDS_OF_SQL.has(word));
}

const STATUS_WORD = String.raw`'[a-z_]{2,60}%?'`;
const MYSQL = [
  /^select (?:1|version\(\)|now\(\))$/u,
  /^show (?:databases|processlist|replica status|slave status|master status|binary log status|engines|open tables)$/u,
  new RegExp(`^show (?:global |session )?status(?: like ${STATUS_WORD})?$`, 'u'),
];
const MYSQL_VARIABLE = new RegExp(`^show (?:global |session )?variables like (?<name>${STATUS_WORD})$`, 'u');

/** What may stand behind `mysql -e`, for a reason. */
export const MYSQL_FORMS =
  "show global status [like 'threads%'], show variables like 'max_connections', show processlist, show replica status, show databases, select version()";

/** Whether a statement for MySQL or MariaDB is one of the forms. */
export function isMysqlRead(statement: string): boolean {
  const text = normalized(statement);
  if (text === undefined) return false;
  const variable = MYSQL_VARIABLE.exec(text)?.groups?.['name'];
  if (variable !== undefined) return !/pass|auth|key|secret|token|init|user/u.test(variable);
  return MYSQL.some((form) => form.test(text));
}

/**
 * One line, one blank between words, small letters, no semicolon at the end. Undefined for what holds anything but the
 * characters of the forms: comments, quotes of other kinds, escapes and further statements are not among them.
 */
function normalized(statement: string): string | undefined {
  if (statement.length > 500 || !/^[\w\s,.*()<>='%;:-]+$/u.test(statement) || statement.includes('--'))
    return undefined;
  return statement.trim().replace(/\s*;$/u, '').replace(/\s+/gu, ' ').replace(/ ?, ?/gu, ', ').toLowerCase();
}
