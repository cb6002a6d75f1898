export interface GlobalFlagRow {
  /** In the notation of commander. */
  readonly flags: string;
  readonly description: string;
}

/** Flags that stand before or after every command. */
export const GLOBAL_FLAGS: readonly GlobalFlagRow[] = [
  { flags: '--repo <url>', description: 'war room: URL or path (WARROOM_REPO)' },
  { flags: '--config <file>', description: 'configuration file (WARROOM_CONFIG)' },
  { flags: '--json', description: 'print data as JSON on stdout' },
  { flags: '--no-color', description: 'print no colours (NO_COLOR)' },
  { flags: '-v, --verbose', description: 'say more: git commands, and where errors come from' },
];

/** Whether a flag takes the next word with it. */
export function takesValue(flag: string): boolean {
  return GLOBAL_FLAGS.some(({ flags }) => flags.startsWith(`${flag} <`));
}

/** Whether the program itself knows a flag, with or without `=value`. */
export function isGlobalFlag(arg: string): boolean {
  const [name = ''] = arg.split('=');
  return GLOBAL_FLAGS.some(({ flags }) => flags.split(/[ ,]+/u).includes(name));
}
