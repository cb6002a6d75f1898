import { readFile } from 'node:fs/promises';
import { SCAFFOLD_SCHEMAS, type ScaffoldFile } from './war-room-files.ts';

/** The `schemas/` folder of the package: as far from src/scaffold as from dist/scaffold. */
const SCHEMA_FOLDER = new URL('../../schemas/', import.meta.url);

/** The schemas of this version, for copying into a war room. */
export async function readSchemaFiles(): Promise<readonly ScaffoldFile[]> {
  return await Promise.all(
    SCAFFOLD_SCHEMAS.map(async (path) => ({ path, content: await readFile(new URL(path, SCHEMA_FOLDER), 'utf8') })),
  );
}
