/** What a pause file says, in the war room and in the zone. Anybody may have written it by hand, so all of it is optional. */
export interface PauseNote {
  readonly reason?: string;
  readonly by?: string;
  readonly at?: Date;
}

export function formatPause(pause: { readonly reason: string; readonly by: string; readonly at: Date }): string {
  return `reason: ${oneLine(pause.reason)}\nby: ${oneLine(pause.by)}\nat: ${pause.at.toISOString()}\n`;
}

/** Reads a pause file; without a field `reason` its first line is the reason. The text is taken as it is: clean it first. */
export function parsePause(text: string): PauseNote {
  const field = (name: string): string | undefined => new RegExp(`^${name}: *(.+)$`, 'mu').exec(text)?.[1]?.trim();
  const firstLine = text.split('\n').find((line) => line.trim() !== '');
  const reason = field('reason') ?? firstLine?.trim();
  const by = field('by');
  const at = new Date(field('at') ?? '');
  return {
    ...(reason === undefined ? {} : { reason: reason.slice(0, 500) }),
    ...(by === undefined ? {} : { by: by.slice(0, 254) }),
    ...(Number.isNaN(at.getTime()) ? {} : { at }),
  };
}

/** `too many alerts (alice@example.com)`; what is not known is left out. */
export function describePause({ reason, by }: PauseNote): string {
  return [reason ?? 'no reason was given', ...(by === undefined ? [] : [`(${by})`])].join(' ');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}
