/** Lines that stand in evidence for what is not there; nothing else of the record is made up. */
const MARK =
  /^--- left out: [\d,]+ (?:line|lines|of [\d,]+ lines, [\d,]+ of [\d,]+ bytes; what is quoted was kept first) ---$/u;

/** Characters of the longest line for a gap, and of the longest that sums up, each with its line end. */
export const GAP_CHARACTERS = 48;
export const SUM_CHARACTERS = 160;

/** Stands where lines are left out. */
export function gapLine(lines: number): string {
  return `--- left out: ${figure(lines)} ${lines === 1 ? 'line' : 'lines'} ---`;
}

export interface LeftOut {
  readonly lines: number;
  readonly ofLines: number;
  readonly bytes: number;
  readonly ofBytes: number;
}

/**
 * Stands at the end of a record that is not whole. It tells no digest of the whole: with one, whoever knows the rest could
 * find out by trying what a secret in it was.
 */
export function sumLine({ lines, ofLines, bytes, ofBytes }: LeftOut): string {
  const share = `${figure(lines)} of ${figure(ofLines)} lines, ${figure(bytes)} of ${figure(ofBytes)} bytes`;
  return `--- left out: ${share}; what is quoted was kept first ---`;
}

export function isMark(line: string): boolean {
  return MARK.test(line);
}

/** The output as it was, as far as it is there. */
export function withoutMarks(text: string): string {
  return text
    .split('\n')
    .filter((line) => !isMark(line))
    .join('\n');
}

function figure(number: number): string {
  return number.toLocaleString('en-US');
}
