const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Whether a write failed because there is no room, or no more for this user. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && FULL.has(error.code);
}
