import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Lets Node 20 import TypeScript, for benchmarks and for threads that tests start. */
export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return await nextLoad(url, context);
  // Not before it is needed: every test file starts with this hook, few of them have use for it.
  const { transformSync } = await import('rolldown/utils');
  const fileName = fileURLToPath(url);
  const { code, errors } = transformSync(fileName, await readFile(fileName, 'utf8'), {
    typescript: { onlyRemoveTypeImports: true },
  });
  if (errors.length > 0) throw new Error(`cannot read ${fileName}: ${String(errors[0]?.message)}`);
  return { format: 'module', source: code, shortCircuit: true };
}
