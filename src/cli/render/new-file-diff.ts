import { cleanText } from '../../report/untrusted.ts';
import type { Style } from '../context.ts';

/** A file that does not exist yet as a diff against nothing, in the unified form; text is cleaned for a terminal. */
export function renderNewFile(path: string, text: string, style: Style): readonly string[] {
  const lines = cleanText(text).replace(/\n$/u, '').split('\n');
  return [
    style.bold('--- /dev/null'),
    style.bold(`+++ b/${cleanText(path)}`),
    style.accent(`@@ -0,0 +1,${lines.length} @@`),
    ...lines.map((line) => style.good(`+${line}`)),
  ];
}
