import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { schemaOf, type Kind, type Kinds } from './kinds.ts';

/** Our schemas are checked against the meta-schema by a test; doing it here would double the time to the first answer. */
const TRUSTED = { meta: false, validateSchema: false } as const;

const validators = new Map<Kind, ValidateFunction>();

/** Whether `value` follows the schema of `kind`. */
export function followsSchema<Name extends Kind>(kind: Name, value: unknown): value is Kinds[Name] {
  return validatorOf(kind)(value);
}

/** Every way in which `value` does not follow the schema of `kind`. */
export function schemaErrors(kind: Kind, value: unknown): readonly ErrorObject[] {
  const validate = validatorOf(kind);
  return validate(value) ? [] : (validate.errors ?? []);
}

/** The compiled schema of a kind. Compiling takes 10 to 40 ms, so it happens on first use and once. */
function validatorOf(kind: Kind): ValidateFunction {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  const compiled = createAjv().compile(schemaOf(kind));
  validators.set(kind, compiled);
  return compiled;
}

function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    // `oneOf` lists required fields whose properties stand one level up.
    strictRequired: false,
    // The value of a playbook condition is a text, a number, a boolean or a list of them.
    allowUnionTypes: true,
    allErrors: true,
    discriminator: true,
    verbose: true,
    ...TRUSTED,
  });
  const isRfc3339 = formats
    .default(new Ajv2020(TRUSTED), ['date-time'])
    .compile({ type: 'string', format: 'date-time' });
  // RFC 3339 allows leap seconds and the format allows offsets without colon; neither becomes a Date.
  ajv.addFormat('date-time', {
    type: 'string',
    validate: (text: string) => isRfc3339(text) && !Number.isNaN(Date.parse(text)),
  });
  return ajv;
}
