import type { Brand } from '../lib/brand.ts';

/** Text without secrets. Only src/redaction makes one; whatever is published, logged or shown takes nothing else. */
export type RedactedText = Brand<string, 'RedactedText'>;
