import { parseAllDocuments, stringify } from 'yaml';
import { WarroomError } from '../domain/errors.ts';
import { isRecord } from './record.ts';

/** An object of Kubernetes or of kustomize, as a file has it. */
export type YamlObject = Readonly<Record<string, unknown>>;

/** YAML 1.1, as kubectl and kustomize read it: `0444` is octal there, and `on` is true. */
const VERSION = '1.1';

/**
 * The objects of a file of manifests, in order. For files of this package and of administrators, which may use what YAML
 * has; what others wrote goes through `readYaml`. Throws `invalid-file`.
 */
export function readYamlObjects(text: string, file: string): readonly YamlObject[] {
  const values = readYamlValues(text, file).filter((value) => value !== null);
  if (values.every(isRecord)) return values;
  throw unreadable(file, 'it holds something that is no object');
}

/** The values of a file, whatever they are. */
export function readYamlValues(text: string, file: string): readonly unknown[] {
  const documents = parseAllDocuments(text, { version: VERSION, logLevel: 'silent' });
  if (!Array.isArray(documents)) return [];
  const [error] = documents.flatMap(({ errors }) => errors);
  if (error !== undefined) throw unreadable(file, error.message.split('\n')[0] ?? '');
  return documents.map((document) => document.toJS({ maxAliasCount: 0 }) as unknown);
}

/** Objects as one text that kubectl and kustomize read. */
export function formatYamlObjects(objects: readonly YamlObject[]): string {
  const options = { version: VERSION, lineWidth: 0, blockQuote: 'literal', aliasDuplicateObjects: false } as const;
  return objects.map((object) => stringify(object, options)).join('---\n');
}

function unreadable(file: string, why: string): WarroomError {
  return new WarroomError('invalid-file', `cannot read the manifest ${file}`, { why });
}
