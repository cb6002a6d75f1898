import { readJson } from './json-text.ts';
import type { Reading } from './reading.ts';
import { readYaml } from './yaml-text.ts';

/** Largest text in bytes, by the language it is written in. */
export interface TextLimits {
  readonly yaml: number;
  readonly json: number;
}

/** Reads YAML or JSON: as the name of the file says, else JSON when the text begins with a brace. */
export function readText(text: string, file: string, limits: TextLimits): Reading {
  return isJson(text, file) ? readJson(text, { maxBytes: limits.json }) : readYaml(text, { maxBytes: limits.yaml });
}

function isJson(text: string, file: string): boolean {
  if (/\.jsonl?$/iu.test(file)) return true;
  if (/\.ya?ml$/iu.test(file)) return false;
  return /^\s*\{/u.test(text);
}
