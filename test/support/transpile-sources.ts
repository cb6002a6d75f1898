import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import typescript from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Writes folders of `src` as JavaScript into `folder`, so that a process of its own can run them without a build, and
 * returns the path of the written `src`. Types are not checked.
 */
export async function transpileSources(folder: string, parts: readonly string[]): Promise<string> {
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const part of parts) {
    for (const file of await readdir(join(ROOT, 'src', part), { recursive: true })) {
      if (!file.endsWith('.ts')) continue;
      const source = await readFile(join(ROOT, 'src', part, file), 'utf8');
      const { outputText } = typescript.transpileModule(source, {
        compilerOptions: {
          module: typescript.ModuleKind.ESNext,
          target: typescript.ScriptTarget.ES2023,
          rewriteRelativeImportExtensions: true,
          verbatimModuleSyntax: true,
        },
      });
      const target = join(folder, 'src', part, file.replace(/\.ts$/u, '.js'));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, outputText);
    }
  }
  return join(folder, 'src');
}
