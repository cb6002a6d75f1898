import type { RedactionRule } from './rule.ts';
import { assignmentRule } from './rules/assignments.ts';
import { encodedSecretRule } from './rules/encoded-secrets.ts';
import { authorizationRule, dockerAuthRule, headerRule, looseCredentialRule } from './rules/http-headers.ts';
import { jsonWebTokenRule } from './rules/json-web-tokens.ts';
import { encodedPrivateKeyRule, privateKeyRule } from './rules/private-keys.ts';
import { issuedTokenRule } from './rules/issued-tokens.ts';
import { phraseRule } from './rules/phrase-rule.ts';
import { prefixedValueRule } from './rules/prefixed-values.ts';
import { randomValueRule } from './rules/random-values.ts';
import { urlPasswordRule } from './rules/url-credentials.ts';
import { userFlagRule } from './rules/user-flags.ts';
import { jsonStructureRule } from './structure/json-secrets.ts';
import { yamlStructureRule } from './structure/yaml-secrets.ts';

/** Structure first, because it knows most; then from formats that can only be one thing to names that promise something. */
export const DEFAULT_RULES: readonly RedactionRule[] = [
  jsonStructureRule,
  yamlStructureRule,
  privateKeyRule,
  encodedPrivateKeyRule,
  jsonWebTokenRule,
  issuedTokenRule,
  urlPasswordRule,
  authorizationRule,
  looseCredentialRule,
  headerRule,
  dockerAuthRule,
  userFlagRule,
  phraseRule,
  assignmentRule,
  encodedSecretRule,
  prefixedValueRule,
  randomValueRule,
];
