import { CLOUD } from './cloud.ts';
import { CODE_HOSTING } from './code-hosting.ts';
import { DATA } from './data.ts';
import { DELIVERY } from './delivery.ts';
import { IDENTITY } from './identity.ts';
import { MESSAGING } from './messaging.ts';
import { MODELS } from './models.ts';
import { OBSERVABILITY } from './observability.ts';
import { PACKAGES } from './packages.ts';
import { PAYMENT } from './payment.ts';
import { SYSTEMS } from './systems.ts';
import type { TokenIssuer } from './token-format.ts';

/** Written from what issuers document; one file for each kind of issuer. */
export const ALL_FORMATS: readonly TokenIssuer[] = [
  ...CLOUD,
  ...CODE_HOSTING,
  ...DELIVERY,
  ...MESSAGING,
  ...PAYMENT,
  ...DATA,
  ...OBSERVABILITY,
  ...MODELS,
  ...IDENTITY,
  ...PACKAGES,
  ...SYSTEMS,
];
